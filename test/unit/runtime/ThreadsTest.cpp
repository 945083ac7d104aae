#include "runtime/Threads.h"

#include <gtest/gtest.h>

#include <atomic>

using namespace trimod;

namespace {

TEST(Threads, QuotasAreWorthWholeProcessors) {
  EXPECT_EQ(processorsOfQuota("max 100000\n"), 0u);
  EXPECT_EQ(processorsOfQuota("200000 100000\n"), 2u);
  EXPECT_EQ(processorsOfQuota("150000 100000\n"), 2u);
  EXPECT_EQ(processorsOfQuota("5000 100000\n"), 1u);
  EXPECT_EQ(processorsOfQuota("4294967295 1"), 4294967295u);
  for (const char *damaged : {"", "100000", "100000 ", "100000 0", "100000,1", "-1 100000"})
    EXPECT_EQ(processorsOfQuota(damaged), 0u) << damaged;
}

TEST(Threads, ThereIsAProcessor) { EXPECT_GE(countProcessors(), 1u); }

TEST(Threads, AGroupWaitsForWorkThatWorkStarted) {
  std::atomic<int> done{0};
  ThreadGroup group;
  group.join();
  std::function<void(int)> work = [&](int generations) {
    for (int i = 0; generations && i < 2; ++i)
      EXPECT_TRUE(group.start([&, generations] { work(generations - 1); }));
    ++done;
  };
  work(4);
  group.join();
  EXPECT_EQ(done, 31);
}

} // namespace
