// Posts from JSON Lines or CoNLL.
//
// JSON Lines: one object a line. Blank lines are skipped, unknown keys ignored, null counts as
// absent.
//   id        a string or an integer; leaves as it came
//   text      the raw text, or
//   tokens    an array of strings, taken as given (then text is not used)
//   caption   a string: a caption of the post's image
//   objects   an array of strings: what can be seen in it
//   image     noted as not used until there is a captioner
// A post may have kMaxPostTokens tokens, a line LineReader::kMaxLineBytes bytes.
// CoNLL: one token a line, in the first column; columns are divided by tabs, or by spaces in a line
// without tabs. If there are more columns, the last is the gold tag. A blank line ends a post,
// "IMGID:x" gives its id, "-DOCSTART-" lines are skipped.
#ifndef TRIMOD_RUNTIME_POSTREADER_H
#define TRIMOD_RUNTIME_POSTREADER_H

#include "runtime/LineReader.h"
#include "runtime/Post.h"

namespace trimod {

enum class PostFormat { JsonLines, Conll };

// "jsonl" or "conll".
Result<PostFormat> parsePostFormat(std::string_view name);

// One post, or what was wrong with it: then only `id` and `line` of the post are meaningful.
struct PostRecord {
  Post post;
  MaybeError error;
  std::string json; // its line, as long as that is not parsed
};

// Fills a post from one line of JSON. Sets the id also if it fails later.
MaybeError parsePost(std::string_view line, Post &post);

// The second step of reading, which needs no reader and so may run on another thread.
void parse(PostRecord &record);

class PostReader {
public:
  PostReader(LineReader lines, PostFormat format);

  // The next post. False at the end, and after the file could not be read: then readError() says
  // why.
  bool next(PostRecord &record);

  // The first step of that alone: the line of a post, for parse(). CoNLL needs no second step.
  bool read(PostRecord &record);

  // Nothing is at hand, so that reading on could block.
  bool wouldWait() const { return lines.wouldWait(); }

  const MaybeError &readError() const { return failure; }
  const std::string &name() const { return lines.name(); }

private:
  bool nextLine(std::string_view &line, MaybeError &lineError);
  bool readJson(PostRecord &record);
  bool readConll(PostRecord &record);
  // True if the line ends the post that is being read.
  bool readConllLine(std::string_view line, PostRecord &record);

  LineReader lines;
  PostFormat format;
  MaybeError failure;
  std::string nextId;                // of an "IMGID:" line that ended the post before
  std::size_t firstUntaggedLine = 0; // of the post that is being read
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_POSTREADER_H
