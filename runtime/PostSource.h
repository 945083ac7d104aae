// The posts of all inputs of a run, one input after the other, in chunks for one worker each.
#ifndef TRIMOD_RUNTIME_POSTSOURCE_H
#define TRIMOD_RUNTIME_POSTSOURCE_H

#include "runtime/PostReader.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trimod {

struct PostChunk {
  std::vector<PostRecord> records; // read, but not parsed
  std::string_view source;         // names the input in messages; empty if there is only one
  bool isLastAtHand = false;       // the next post would have to be waited for
};

class PostSource {
public:
  // Of files, to be opened. A chunk has at most `chunkSize` posts, and fewer if they are long.
  PostSource(PostFormat format, std::size_t chunkSize) : format(format), chunkSize(chunkSize) {}
  // Of text in memory, which must outlive the source; there is nothing to open.
  PostSource(std::string_view text, PostFormat format, std::size_t chunkSize)
      : PostSource(format, chunkSize) {
    reader.emplace(LineReader(text), format);
  }
  PostSource(const PostSource &) = delete;
  // Closes what open() opened.
  ~PostSource();

  // Opens all files, so that one that cannot be read is known before anything is tagged. None, and
  // "-", stand for standard input.
  MaybeError open(const std::vector<std::string> &paths);

  // The next chunk. It ends where the next post would have to be waited for, so that whoever feeds
  // posts slowly has each result before giving the next post. False at the end, and after an input
  // could not be read: then readError() says why.
  bool next(PostChunk &chunk);

  // next() would block.
  bool wouldWait() const { return reader && reader->wouldWait(); }

  const MaybeError &readError() const { return failure; }

  // What a message about all inputs may call them; `several` if there is not just one.
  std::string describe(const char *several) const;

private:
  struct Input {
    int descriptor;
    std::string name;
  };

  bool readRecord(PostRecord &record);
  void openNextReader();

  PostFormat format;
  std::size_t chunkSize;
  std::vector<Input> inputs;
  std::size_t nextInput = 0;
  std::optional<PostReader> reader; // of the input before that one; none at the end
  MaybeError failure;
};

// Opens a file of text. Errors name it; a folder is one.
Result<int> openForReading(const std::string &path);

} // namespace trimod

#endif // TRIMOD_RUNTIME_POSTSOURCE_H
