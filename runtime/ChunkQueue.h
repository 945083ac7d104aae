// Hands chunks of posts to any number of workers, and what they make of them on in the order of the
// input.
//
// At most `maxAhead` chunks are between being taken and being written, so that a slow chunk fills
// no memory with the results of later ones. Input is waited for only when all results so far are
// written: whoever feeds posts slowly has them by then, and a failure to write is known before.
#ifndef TRIMOD_RUNTIME_CHUNKQUEUE_H
#define TRIMOD_RUNTIME_CHUNKQUEUE_H

#include "runtime/PostSource.h"
#include "runtime/PostWorker.h"

#include <condition_variable>
#include <functional>
#include <mutex>

namespace trimod {

class ChunkQueue {
public:
  using Write = std::function<MaybeError(const ChunkResult &)>;

  // `write` is called by one worker at a time, for one chunk after the other. An error ends the
  // run.
  ChunkQueue(PostSource &source, std::size_t maxAhead, Write write)
      : source(source), write(std::move(write)), finished(maxAhead) {}

  // The next chunk and its number; waits for room and for input. False if there is nothing more to
  // do.
  bool take(PostChunk &chunk, std::size_t &number);

  void give(std::size_t number, ChunkResult result);

  // Why writing failed. To be asked when all workers are done.
  const MaybeError &writeError() const { return failure; }

private:
  bool waitUntilAhead(std::size_t chunks);

  PostSource &source;
  Write write;

  std::mutex reading; // held by the worker that reads, or waits to read, the next chunk
  std::size_t taken = 0;

  std::mutex writing;
  std::condition_variable wasWritten;
  std::size_t written = 0;
  std::vector<std::optional<ChunkResult>> finished; // by number, modulo its size
  MaybeError failure;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_CHUNKQUEUE_H
