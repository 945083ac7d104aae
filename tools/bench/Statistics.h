//===- Statistics.h - what is said of repeated timings ----------*- C++ -*-===//
#ifndef TRIMOD_TOOLS_BENCH_STATISTICS_H
#define TRIMOD_TOOLS_BENCH_STATISTICS_H

#include <vector>

namespace trimod::bench {

/// Of sorted values, the one that a share `p` (0 to 1) of them does not exceed, linear between two;
/// 0 of none.
double percentile(const std::vector<double> &sorted, double p);

/// A median, and the range of eight samples in ten.
struct Summary {
  double median = 0, low = 0, high = 0;
};

Summary summarize(std::vector<double> samples);

/// What was timed, always beside a bound timed at the same moment: a slow machine slows both.
struct Measurement {
  Summary seconds;
  /// Seconds of the bound over seconds of the measured; 1 is the machine's limit. (Of what has no
  /// bound, a number that is proportional to it.)
  Summary share;
};

/// Pairs of samples: seconds of what is measured, and of its bound for the same work.
class PairedSamples {
public:
  void add(double seconds, double boundSeconds);
  Measurement summarize() const;

private:
  std::vector<double> seconds, shares;
};

} // namespace trimod::bench

#endif // TRIMOD_TOOLS_BENCH_STATISTICS_H
