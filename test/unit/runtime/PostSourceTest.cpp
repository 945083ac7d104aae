#include "runtime/PostSource.h"

#include "Pipe.h"

#include <thread>

using namespace trimod;
using namespace trimod::test;

namespace {

std::string pathOf(const Pipe &pipe) { return "/dev/fd/" + std::to_string(pipe.ends[0]); }

// The lines of each chunk.
std::vector<std::vector<std::size_t>> readAll(PostSource &source) {
  std::vector<std::vector<std::size_t>> chunks;
  for (PostChunk chunk; source.next(chunk);) {
    chunks.emplace_back();
    for (const PostRecord &record : chunk.records)
      chunks.back().push_back(record.post.line);
  }
  return chunks;
}

using Lines = std::vector<std::vector<std::size_t>>;

TEST(PostSource, ChunksHaveOneInputAndABoundedSize) {
  Pipe first, second, third;
  first.write("{}\n\n{}\n{}\n");
  third.write("{}\n" + std::string(1 << 15, 'x') + "\n{}\n");
  for (Pipe *pipe : {&first, &second, &third})
    pipe->closeWriter();
  PostSource source(PostFormat::JsonLines, 2);
  ASSERT_FALSE(source.open({pathOf(first), pathOf(second), pathOf(third)}));
  EXPECT_EQ(readAll(source), (Lines{{1, 3}, {4}, {1, 2}, {3}}));
  EXPECT_FALSE(source.readError());
  EXPECT_EQ(source.describe("all"), "all");
}

TEST(PostSource, LongPostsMakeShortChunks) {
  Pipe pipe;
  PostSource source(PostFormat::JsonLines, 100);
  ASSERT_FALSE(source.open({pathOf(pipe)}));
  std::thread writer([&] {
    for (int i = 0; i < 3; ++i)
      pipe.write(std::string(200000, 'x') + "\n");
    pipe.closeWriter();
  });
  PostChunk chunk;
  std::size_t records = 0;
  while (source.next(chunk)) {
    EXPECT_LE(chunk.records.size(), 2u);
    records += chunk.records.size();
  }
  writer.join();
  EXPECT_EQ(records, 3u);
}

TEST(PostSource, AChunkEndsWhereInputMustBeWaitedFor) {
  Pipe pipe, later;
  later.closeWriter();
  PostSource source(PostFormat::JsonLines, 100);
  ASSERT_FALSE(source.open({pathOf(pipe), pathOf(later)}));
  EXPECT_TRUE(source.wouldWait());
  pipe.write("{}\n{}\n");
  EXPECT_FALSE(source.wouldWait());
  PostChunk chunk;
  ASSERT_TRUE(source.next(chunk));
  EXPECT_EQ(chunk.records.size(), 2u);
  EXPECT_EQ(chunk.source, pathOf(pipe));
  EXPECT_TRUE(chunk.isLastAtHand);
  pipe.write("{}\n");
  pipe.closeWriter();
  ASSERT_TRUE(source.next(chunk));
  EXPECT_EQ(chunk.records.size(), 1u);
  EXPECT_FALSE(chunk.isLastAtHand) << "an end is not waited for";
  EXPECT_FALSE(source.next(chunk));
}

TEST(PostSource, TheNextInputMayHaveToBeWaitedFor) {
  Pipe first, second;
  first.write("{}\n");
  first.closeWriter();
  PostSource source(PostFormat::JsonLines, 100);
  ASSERT_FALSE(source.open({pathOf(first), pathOf(second)}));
  PostChunk chunk;
  ASSERT_TRUE(source.next(chunk));
  EXPECT_TRUE(chunk.isLastAtHand);
}

TEST(PostSource, NothingIsReadAfterAFailure) {
  Pipe next;
  next.write("{}\n");
  next.closeWriter();
  PostSource source(PostFormat::JsonLines, 100);
  // Reading a process's own memory at address 0 fails.
  ASSERT_FALSE(source.open({"/proc/self/mem", pathOf(next)}));
  EXPECT_EQ(readAll(source), Lines());
  ASSERT_TRUE(source.readError());
  EXPECT_EQ(source.readError()->message, "/proc/self/mem: cannot read: Input/output error");
  PostChunk chunk;
  EXPECT_FALSE(source.next(chunk));
}

TEST(PostSource, NamesWhatItCannotOpen) {
  PostSource source(PostFormat::JsonLines, 1);
  MaybeError error = source.open({"/nowhere/posts"});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "/nowhere/posts: cannot open: No such file or directory");
  PostSource folder(PostFormat::JsonLines, 1);
  error = folder.open({"/"});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "/: expected a file, found a folder");
}

} // namespace
