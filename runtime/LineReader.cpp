#include "runtime/LineReader.h"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <unistd.h>

namespace trimod {
namespace {

constexpr std::size_t kChunkBytes = std::size_t(1) << 16;

} // namespace

LineReader::LineReader(int descriptor, std::string name)
    : descriptor(descriptor), sourceName(std::move(name)) {}

LineReader::LineReader(std::string_view text) : descriptor(-1), buffer(text), isAtEnd(true) {}

Error LineReader::tooLong() {
  return Error{"expected a line of at most " + std::to_string(kMaxLineBytes >> 20) +
               " MiB, found a longer one"};
}

std::size_t LineReader::findLineEnd() const { return buffer.find('\n', scanned); }

// Reads one more chunk. False if there is none.
bool LineReader::fill() {
  if (isAtEnd)
    return false;
  scanned = buffer.size() - begin;
  buffer.erase(0, begin);
  begin = 0;
  std::size_t size = buffer.size();
  buffer.resize(size + kChunkBytes);
  ssize_t count;
  do
    count = ::read(descriptor, buffer.data() + size, kChunkBytes);
  while (count < 0 && errno == EINTR);
  if (count < 0)
    failure = Error{sourceName + ": cannot read: " + std::strerror(errno)};
  buffer.resize(size + (count > 0 ? static_cast<std::size_t>(count) : 0));
  isAtEnd = count <= 0;
  return count > 0;
}

LineReader::Status LineReader::next(std::string_view &line) {
  bool isTooLong = false;
  std::size_t end;
  while ((end = findLineEnd()) == std::string::npos) {
    if (buffer.size() - begin > kMaxLineBytes) {
      isTooLong = true;
      begin = buffer.size();
    }
    scanned = buffer.size();
    if (!fill())
      break;
  }
  if (!failure.message.empty())
    return Status::Failed;
  bool isLast = end == std::string::npos;
  if (isLast) {
    if (begin == buffer.size() && !isTooLong)
      return Status::End;
    end = buffer.size();
  }
  line = std::string_view(buffer).substr(begin, end - begin);
  if (!line.empty() && line.back() == '\r')
    line.remove_suffix(1);
  begin = isLast ? end : end + 1;
  scanned = begin;
  ++number;
  return isTooLong || line.size() > kMaxLineBytes ? Status::TooLong : Status::Line;
}

bool LineReader::wouldWait() const {
  if (isAtEnd || findLineEnd() != std::string::npos)
    return false;
  pollfd request = {descriptor, POLLIN, 0};
  return ::poll(&request, 1, 0) == 0;
}

} // namespace trimod
