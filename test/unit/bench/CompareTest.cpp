// What counts as a change between two runs, and what a report's JSON must have.
#include "tools/bench/Compare.h"
#include "gtest/gtest.h"

#include "llvm/Support/FormatVariadic.h"
#include <random>

using namespace trimod::bench;

namespace {

/// Shares as noisy runs give them: around `share`, now and then far below.
Summary noisyRun(double share, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> jitter(1, 0.04);
  std::uniform_real_distribution<double> chance(0, 1);
  std::vector<double> samples;
  for (int i = 0; i < 40; ++i)
    samples.push_back(share * jitter(random) * (chance(random) < 0.15 ? 0.6 : 1));
  return summarize(samples);
}

Change changeOf(Summary before, Summary after) { return Comparison{"k", before, after}.change(); }

Report makeReport() {
  Report report;
  report.version = "1";
  report.cpu = "znver3";
  report.level = "x86-64-v3";
  KernelResult kernel;
  kernel.name = "gemm";
  kernel.time = {{2e-3, 1e-3, 3e-3}, {0.9, 0.8, 0.95}};
  kernel.fmaShare = {0.9, 0.8, 0.95};
  report.kernels = {kernel};
  report.model.emplace();
  report.model->runs.push_back({"model-bulk", "post", {{1, 1, 1}, {0.5, 0.4, 0.6}}, {1, 1, 1}});
  return report;
}

std::string write(const Report &report) { return llvm::formatv("{0}", toJson(report)); }

std::string errorOf(llvm::StringRef text) {
  llvm::Expected<ComparableReport> report = parseReport(text);
  return report ? "" : llvm::toString(report.takeError());
}

} // namespace

TEST(Compare, NoiseIsNoChange) {
  for (unsigned seed = 0; seed < 200; ++seed)
    EXPECT_EQ(changeOf(noisyRun(0.85, 2 * seed), noisyRun(0.85, 2 * seed + 1)), Change::Same)
        << seed;
}

TEST(Compare, ARegressionIsFoundInNoise) {
  for (unsigned seed = 0; seed < 200; ++seed)
    EXPECT_EQ(changeOf(noisyRun(0.85, 2 * seed), noisyRun(0.40, 2 * seed + 1)), Change::Slower)
        << seed;
}

TEST(Compare, RangesThatMeetAreNoChange) {
  EXPECT_EQ(changeOf({0.9, 0.8, 0.95}, {0.7, 0.6, 0.8}), Change::Same);
  EXPECT_EQ(changeOf({0.9, 0.8, 0.95}, {0.7, 0.6, 0.79}), Change::Slower);
  EXPECT_EQ(changeOf({0.7, 0.6, 0.79}, {0.9, 0.8, 0.95}), Change::Faster);
}

TEST(Compare, AVerySmallChangeIsNone) {
  EXPECT_EQ(changeOf({0.9, 0.899, 0.901}, {0.88, 0.879, 0.881}), Change::Same);
  EXPECT_EQ(changeOf({0.9, 0.899, 0.901}, {0.84, 0.839, 0.841}), Change::Slower);
}

TEST(Compare, AReportSurvivesItsJson) {
  llvm::Expected<ComparableReport> read = parseReport(write(makeReport()));
  ASSERT_TRUE(bool(read)) << llvm::toString(read.takeError());
  EXPECT_EQ(read->cpu, "znver3");
  ASSERT_EQ(read->entries.size(), 2u);
  EXPECT_EQ(read->entries[0].name, "gemm");
  EXPECT_EQ(read->entries[0].share.low, 0.8);
  EXPECT_EQ(read->entries[1].name, "model-bulk");
  EXPECT_EQ(read->entries[1].share.high, 0.6);
}

TEST(Compare, WhatOneRunLacksIsLeftOut) {
  Report before = makeReport(), after = makeReport();
  before.model.reset();
  after.kernels[0].time.share = {0.5, 0.4, 0.6};
  llvm::Expected<std::vector<Comparison>> found =
      compare(makeComparable(before), makeComparable(after));
  ASSERT_TRUE(bool(found));
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().change(), Change::Slower);
}

TEST(Compare, OtherMachinesAndOtherThingsAreRefused) {
  ComparableReport run = makeComparable(makeReport()), other = run;
  other.level = "x86-64-v4";
  EXPECT_EQ(llvm::toString(compare(other, run).takeError()),
            "expected a run of instruction level 'x86-64-v3', as this one, got 'x86-64-v4'");
  other = run;
  other.cpu = "znver4";
  EXPECT_EQ(llvm::toString(compare(other, run).takeError()),
            "expected a run of processor 'znver3', as this one, got 'znver4'");
  other = run;
  other.entries.clear();
  EXPECT_EQ(llvm::toString(compare(other, run).takeError()), "nothing was measured in both runs");
}

TEST(Compare, BrokenReportsAreRefusedWithTheirPlace) {
  EXPECT_EQ(errorOf("["), "[1:1, byte=1]: Unexpected EOF");
  EXPECT_EQ(errorOf("{}"), "missing value at report.format");
  EXPECT_EQ(errorOf(R"({"format": 2})"), "expected 1, the only format so far at report.format");
  EXPECT_EQ(errorOf(R"({"format": 1, "cpu": "a", "level": "b", "kernels": [{"name": "k"}]})"),
            "missing value at report.kernels[0].share");
}
