// Captions of posts whose own format has no place for them.
#ifndef TRIMOD_RUNTIME_CAPTIONS_H
#define TRIMOD_RUNTIME_CAPTIONS_H

#include "runtime/LineReader.h"
#include "runtime/Post.h"

#include <unordered_map>

namespace trimod {

class Captions {
public:
  // Reads lines of an id, a tab, and a caption. A line that is none is left out, and a complaint
  // that names it is appended. Of several captions of one post the first counts.
  static Result<Captions> read(LineReader lines, std::vector<std::string> &complaints);

  // Gives the post its caption if it has none of its own.
  void addTo(Post &post) const;

private:
  std::unordered_map<std::string, std::string> captionOf; // by the id as a JSON string
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_CAPTIONS_H
