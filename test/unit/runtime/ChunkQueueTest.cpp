#include "runtime/ChunkQueue.h"

#include "Pipe.h"

#include <atomic>
#include <thread>

using namespace trimod;
using namespace trimod::test;

namespace {

class ChunkQueueTest : public testing::Test {
protected:
  // Chunks of one post.
  void SetUp() override { ASSERT_FALSE(source.open({"/dev/fd/" + std::to_string(pipe.ends[0])})); }

  static ChunkResult resultOf(const PostChunk &chunk) {
    ChunkResult result;
    result.posts = chunk.records.front().post.line;
    return result;
  }

  // Lines whose results were written, in that order.
  MaybeError write(const ChunkResult &result) {
    EXPECT_FALSE(isWriting.exchange(true)) << "one at a time";
    written.push_back(result.posts);
    isWriting = false;
    return written.size() == failsAt ? MaybeError(Error{"full"}) : std::nullopt;
  }

  Pipe pipe;
  PostSource source{PostFormat::JsonLines, 1};
  std::vector<std::size_t> written;
  std::atomic<bool> isWriting{false};
  std::size_t failsAt = 0;
};

TEST_F(ChunkQueueTest, KeepsTheOrderAndTheBound) {
  constexpr std::size_t kPosts = 300, kWorkers = 4, kAhead = 6;
  for (std::size_t i = 0; i < kPosts; ++i)
    pipe.write("{}\n");
  pipe.closeWriter();
  ChunkQueue queue(source, kAhead, [&](const ChunkResult &result) { return write(result); });
  std::atomic<std::size_t> given{0};
  std::vector<std::thread> workers;
  for (std::size_t worker = 0; worker < kWorkers; ++worker)
    workers.emplace_back([&] {
      PostChunk chunk;
      for (std::size_t number; queue.take(chunk, number);) {
        EXPECT_LT(number, given + kAhead);
        if (number % 16 == 0) // the others get ahead
          std::this_thread::sleep_for(std::chrono::milliseconds(2));
        ++given;
        queue.give(number, resultOf(chunk));
      }
    });
  for (std::thread &worker : workers)
    worker.join();
  ASSERT_EQ(written.size(), kPosts);
  for (std::size_t i = 0; i < kPosts; ++i)
    EXPECT_EQ(written[i], i + 1);
  EXPECT_FALSE(queue.writeError());
}

TEST_F(ChunkQueueTest, WaitsForInputOnlyWhenAllIsWritten) {
  ChunkQueue queue(source, 4, [&](const ChunkResult &result) { return write(result); });
  pipe.write("{}\n");
  PostChunk chunk;
  std::size_t number;
  ASSERT_TRUE(queue.take(chunk, number));
  EXPECT_TRUE(chunk.isLastAtHand);
  std::thread other([&] {
    PostChunk next;
    std::size_t nextNumber;
    EXPECT_FALSE(queue.take(next, nextNumber));
  });
  // What failed to be written ends the other worker, though its input stays open.
  failsAt = 1;
  queue.give(number, resultOf(chunk));
  other.join();
  ASSERT_TRUE(queue.writeError());
  EXPECT_EQ(queue.writeError()->message, "full");
}

TEST_F(ChunkQueueTest, NothingIsWrittenAfterAFailure) {
  pipe.write("{}\n{}\n{}\n{}\n");
  pipe.closeWriter();
  failsAt = 2;
  ChunkQueue queue(source, 4, [&](const ChunkResult &result) { return write(result); });
  PostChunk chunks[4];
  for (std::size_t i = 0, number; i < 4; ++i) {
    ASSERT_TRUE(queue.take(chunks[i], number));
    EXPECT_EQ(number, i);
  }
  for (std::size_t number : {3, 1, 0, 2})
    queue.give(number, resultOf(chunks[number]));
  EXPECT_EQ(written, (std::vector<std::size_t>{1, 2}));
  std::size_t number;
  EXPECT_FALSE(queue.take(chunks[0], number));
  EXPECT_TRUE(queue.writeError());
}

} // namespace
