//===- Sampling.h - clocks, and work repeated until it can be timed -*- C++ -*-===//
#ifndef TRIMOD_TOOLS_BENCH_SAMPLING_H
#define TRIMOD_TOOLS_BENCH_SAMPLING_H

#include <cstdint>
#include <functional>

namespace trimod::bench {

/// Seconds of a clock on the wall, of the CPU on this thread, and of the CPU on all threads.
double wallTime();
double threadTime();
double processTime();

/// How long and how often to measure.
struct SamplingOptions {
  /// Samples of each kernel, taken in turns so that they are spread over the whole run.
  unsigned samples = 40;
  /// Seconds that one sample of a kernel takes, at least; its bounds take a third of it each.
  double sampleSeconds = 3e-3;
};

/// Work repeated so often that it takes a time that clocks can tell.
class TimedWork {
public:
  /// Finds out how often `work` must run to take `seconds`. It has run before it is timed, so that
  /// its data is where it will be.
  TimedWork(std::function<void()> work, double seconds);

  /// CPU seconds of this thread for one run of `work`.
  double sample() const;

  uint64_t getRepetitions() const { return repetitions; }

private:
  std::function<void()> work;
  uint64_t repetitions = 1;
};

} // namespace trimod::bench

#endif // TRIMOD_TOOLS_BENCH_SAMPLING_H
