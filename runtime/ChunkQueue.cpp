#include "runtime/ChunkQueue.h"

namespace trimod {

// Waits until no more than `chunks` are taken and not written. False after a failure.
bool ChunkQueue::waitUntilAhead(std::size_t chunks) {
  std::unique_lock<std::mutex> lock(writing);
  wasWritten.wait(lock, [&] { return failure || taken - written <= chunks; });
  return !failure;
}

bool ChunkQueue::take(PostChunk &chunk, std::size_t &number) {
  std::lock_guard<std::mutex> lock(reading);
  if (!waitUntilAhead(finished.size() - 1))
    return false;
  if (source.wouldWait() && !waitUntilAhead(0))
    return false;
  if (!source.next(chunk))
    return false;
  number = taken++;
  return true;
}

void ChunkQueue::give(std::size_t number, ChunkResult result) {
  std::lock_guard<std::mutex> lock(writing);
  finished[number % finished.size()] = std::move(result);
  auto next = [this]() -> std::optional<ChunkResult> & {
    return finished[written % finished.size()];
  };
  for (; !failure && next(); ++written) {
    failure = write(*next());
    next().reset();
  }
  wasWritten.notify_one();
}

} // namespace trimod
