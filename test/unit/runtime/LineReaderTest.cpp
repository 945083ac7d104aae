#include "runtime/LineReader.h"

#include "Pipe.h"

#include <thread>

using namespace trimod;
using namespace trimod::test;

namespace {

using Status = LineReader::Status;

TEST(LineReader, GivesLinesWithoutTheirEnds) {
  LineReader reader("a\r\n\nlast");
  std::string_view line;
  ASSERT_EQ(reader.next(line), Status::Line);
  EXPECT_EQ(line, "a");
  ASSERT_EQ(reader.next(line), Status::Line);
  EXPECT_EQ(line, "");
  ASSERT_EQ(reader.next(line), Status::Line);
  EXPECT_EQ(line, "last");
  EXPECT_EQ(reader.lineNumber(), 3u);
  EXPECT_EQ(reader.next(line), Status::End);
  EXPECT_EQ(reader.next(line), Status::End);
}

TEST(LineReader, JoinsWhatArrivesInPieces) {
  Pipe pipe;
  std::string big(300000, 'x');
  std::thread writer([&] {
    pipe.write("one\ntw");
    pipe.write("o\n" + big);
    pipe.write("\nend\n");
    pipe.closeWriter();
  });
  LineReader reader(pipe.ends[0], "pipe");
  std::vector<std::string> lines;
  for (std::string_view line; reader.next(line) == Status::Line;)
    lines.emplace_back(line);
  writer.join();
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", big, "end"}));
}

TEST(LineReader, KnowsWhenItWouldWait) {
  Pipe pipe;
  LineReader reader(pipe.ends[0], "pipe");
  EXPECT_TRUE(reader.wouldWait());
  pipe.write("a\nb\npart");
  EXPECT_FALSE(reader.wouldWait());
  std::string_view line;
  ASSERT_EQ(reader.next(line), Status::Line);
  EXPECT_FALSE(reader.wouldWait());
  ASSERT_EQ(reader.next(line), Status::Line);
  EXPECT_TRUE(reader.wouldWait());
  pipe.closeWriter();
  EXPECT_FALSE(reader.wouldWait());
}

TEST(LineReader, SkipsLinesThatAreTooLong) {
  std::string text = std::string(LineReader::kMaxLineBytes + 1, 'x') + "\nnext\n";
  Pipe pipe;
  std::thread writer([&] {
    pipe.write(text);
    pipe.closeWriter();
  });
  LineReader reader(pipe.ends[0], "pipe");
  std::string_view line;
  EXPECT_EQ(reader.next(line), Status::TooLong);
  EXPECT_EQ(reader.lineNumber(), 1u);
  EXPECT_EQ(reader.next(line), Status::Line);
  EXPECT_EQ(line, "next");
  EXPECT_EQ(reader.next(line), Status::End);
  writer.join();
}

TEST(LineReader, NamesWhatCannotBeRead) {
  LineReader reader(-1, "nothing");
  std::string_view line;
  EXPECT_EQ(reader.next(line), Status::Failed);
  EXPECT_EQ(reader.error().message, "nothing: cannot read: Bad file descriptor");
}

} // namespace
