// A pipe, for tests of what reads from a descriptor.
#ifndef TRIMOD_TEST_UNIT_RUNTIME_PIPE_H
#define TRIMOD_TEST_UNIT_RUNTIME_PIPE_H

#include <gtest/gtest.h>

#include <string_view>
#include <unistd.h>

namespace trimod::test {

struct Pipe {
  Pipe() { EXPECT_EQ(::pipe(ends), 0); }
  ~Pipe() {
    ::close(ends[0]);
    closeWriter();
  }
  void write(std::string_view text) {
    while (!text.empty()) {
      ssize_t count = ::write(ends[1], text.data(), text.size());
      ASSERT_GT(count, 0);
      text.remove_prefix(std::size_t(count));
    }
  }
  void closeWriter() {
    if (ends[1] >= 0)
      ::close(ends[1]);
    ends[1] = -1;
  }
  int ends[2];
};

} // namespace trimod::test

#endif // TRIMOD_TEST_UNIT_RUNTIME_PIPE_H
