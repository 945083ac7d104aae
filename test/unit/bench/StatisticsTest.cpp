#include "tools/bench/Statistics.h"
#include "gtest/gtest.h"

using namespace trimod::bench;

TEST(Statistics, PercentilesLieBetweenSamples) {
  const std::vector<double> sorted = {1, 2, 4, 8};
  EXPECT_EQ(percentile(sorted, 0), 1);
  EXPECT_EQ(percentile(sorted, 1), 8);
  EXPECT_EQ(percentile(sorted, 0.5), 3);
  EXPECT_DOUBLE_EQ(percentile(sorted, 0.9), 6.8);
  EXPECT_EQ(percentile({7}, 0.99), 7);
  EXPECT_EQ(percentile({}, 0.5), 0);
}

TEST(Statistics, SummaryLeavesOutliersOutside) {
  std::vector<double> samples = {1000};
  for (int i = 10; i > 0; --i)
    samples.push_back(i);
  const Summary summary = summarize(samples);
  EXPECT_EQ(summary.median, 6);
  EXPECT_EQ(summary.low, 2);
  EXPECT_EQ(summary.high, 10);
}

// A machine that is slow for a while slows both of a pair.
TEST(Statistics, SharesOfPairsDoNotFollowTheMachine) {
  PairedSamples samples;
  for (double slowness : {1.0, 1.5, 3.0, 1.0, 2.0})
    samples.add(4 * slowness, 3 * slowness);
  const Measurement measurement = samples.summarize();
  EXPECT_EQ(measurement.seconds.median, 6);
  EXPECT_DOUBLE_EQ(measurement.share.low, 0.75);
  EXPECT_DOUBLE_EQ(measurement.share.high, 0.75);
}
