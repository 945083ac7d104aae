#include "runtime/PostSource.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trimod {
namespace {

// What a chunk may hold, about; one post more or less does not matter.
constexpr std::size_t kMaxChunkBytes = std::size_t(1) << 18;

std::size_t countBytes(const PostRecord &record) {
  return record.json.size() + record.post.tokens.size() * sizeof(Token);
}

} // namespace

Result<int> openForReading(const std::string &path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return Error{path + ": cannot open: " + std::strerror(errno)};
  struct stat status;
  if (::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
    ::close(descriptor);
    return Error{path + ": expected a file, found a folder"};
  }
  return descriptor;
}

PostSource::~PostSource() {
  for (const Input &input : inputs)
    if (input.descriptor != STDIN_FILENO)
      ::close(input.descriptor);
}

MaybeError PostSource::open(const std::vector<std::string> &paths) {
  if (paths.empty())
    inputs.push_back({STDIN_FILENO, "standard input"});
  for (const std::string &path : paths) {
    if (path == "-") {
      inputs.push_back({STDIN_FILENO, "standard input"});
      continue;
    }
    Result<int> descriptor = openForReading(path);
    if (!descriptor)
      return descriptor.error();
    inputs.push_back({*descriptor, path});
  }
  openNextReader();
  return std::nullopt;
}

// Nothing is read after an input that failed.
void PostSource::openNextReader() {
  reader.reset();
  if (failure || nextInput == inputs.size())
    return;
  const Input &input = inputs[nextInput++];
  reader.emplace(LineReader(input.descriptor, input.name), format);
}

std::string PostSource::describe(const char *several) const {
  return inputs.size() == 1 ? inputs.front().name : several;
}

bool PostSource::readRecord(PostRecord &record) {
  if (reader->read(record))
    return true;
  failure = reader->readError();
  return false;
}

bool PostSource::next(PostChunk &chunk) {
  chunk.records.clear();
  std::size_t bytes = 0;
  while (reader && chunk.records.empty()) {
    chunk.source = inputs.size() > 1 ? std::string_view(inputs[nextInput - 1].name) : "";
    bool isAtEnd = false, isFull = false;
    while (!isAtEnd && !isFull) {
      PostRecord record;
      isAtEnd = !readRecord(record);
      if (isAtEnd)
        break;
      bytes += countBytes(record);
      chunk.records.push_back(std::move(record));
      isFull = chunk.records.size() == chunkSize || bytes >= kMaxChunkBytes || wouldWait();
    }
    if (isAtEnd)
      openNextReader();
  }
  chunk.isLastAtHand = wouldWait();
  return !chunk.records.empty();
}

} // namespace trimod
