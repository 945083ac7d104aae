//===- Statistics.cpp - what is said of repeated timings -------------------===//

#include "tools/bench/Statistics.h"

#include <algorithm>
#include <cmath>

using namespace trimod::bench;

double trimod::bench::percentile(const std::vector<double> &sorted, double p) {
  if (sorted.empty())
    return 0;
  const double position = p * double(sorted.size() - 1);
  const size_t below = size_t(std::floor(position));
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - double(below)) * (sorted[above] - sorted[below]);
}

Summary trimod::bench::summarize(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  return {percentile(samples, 0.5), percentile(samples, 0.1), percentile(samples, 0.9)};
}

void PairedSamples::add(double taken, double boundSeconds) {
  seconds.push_back(taken);
  shares.push_back(boundSeconds / taken);
}

Measurement PairedSamples::summarize() const {
  return {trimod::bench::summarize(seconds), trimod::bench::summarize(shares)};
}
