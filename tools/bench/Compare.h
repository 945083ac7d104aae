//===- Compare.h - two runs held against each other -------------*- C++ -*-===//
#ifndef TRIMOD_TOOLS_BENCH_COMPARE_H
#define TRIMOD_TOOLS_BENCH_COMPARE_H

#include "tools/bench/Report.h"

namespace trimod::bench {

enum class Change { Same, Faster, Slower };

/// What became of one measurement. Shares of the bound are compared, so that a machine that was
/// slow as a whole changes nothing.
struct Comparison {
  std::string name;
  Summary before, after;

  /// after / before.
  double ratio() const { return after.median / before.median; }
  /// A change is one of more than kSmallestChange that leaves the two runs' ranges of samples
  /// apart: noise widens the ranges.
  Change change() const;
};

inline constexpr double kSmallestChange = 0.05;

/// Of what both runs measured, in the order of `after`. Error: the runs are of different
/// instruction levels or processors, or have nothing in common.
llvm::Expected<std::vector<Comparison>> compare(const ComparableReport &before,
                                                const ComparableReport &after);

} // namespace trimod::bench

#endif // TRIMOD_TOOLS_BENCH_COMPARE_H
