// Lines of a file descriptor, with the knowledge whether the next one would have to be waited for.
#ifndef TRIMOD_RUNTIME_LINEREADER_H
#define TRIMOD_RUNTIME_LINEREADER_H

#include "runtime/Error.h"

#include <string>
#include <string_view>

namespace trimod {

class LineReader {
public:
  // A longer line is skipped and reported as such: it must not fill the memory.
  static constexpr std::size_t kMaxLineBytes = std::size_t(8) << 20;

  // Does not own the descriptor. `name` is for messages.
  LineReader(int descriptor, std::string name);
  // Reads text in memory; it must outlive the reader.
  explicit LineReader(std::string_view text);

  // What to say of such a line.
  static Error tooLong();

  enum class Status { Line, TooLong, End, Failed };

  // Gives the next line without its end (\n or \r\n); it stays valid until the next call. A last
  // line needs no end. After Failed, error() says why.
  Status next(std::string_view &line);

  // Of the line that next() gave last, from 1.
  std::size_t lineNumber() const { return number; }

  // No complete line is buffered, and the descriptor has nothing to read now. Ends of files never
  // wait.
  bool wouldWait() const;

  const Error &error() const { return failure; }
  const std::string &name() const { return sourceName; }

private:
  std::size_t findLineEnd() const;
  bool fill();

  int descriptor;
  std::string sourceName;
  std::string buffer;
  std::size_t begin = 0;   // of the unread part of the buffer
  std::size_t scanned = 0; // no line end between begin and here
  std::size_t number = 0;
  bool isAtEnd = false;
  Error failure;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_LINEREADER_H
