//===- Sampling.cpp - clocks, and work repeated until it can be timed ------===//

#include "tools/bench/Sampling.h"

#include <cmath>
#include <ctime>

using namespace trimod::bench;

static double readClock(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

double trimod::bench::wallTime() { return readClock(CLOCK_MONOTONIC); }
double trimod::bench::threadTime() { return readClock(CLOCK_THREAD_CPUTIME_ID); }
double trimod::bench::processTime() { return readClock(CLOCK_PROCESS_CPUTIME_ID); }

TimedWork::TimedWork(std::function<void()> repeated, double seconds) : work(std::move(repeated)) {
  work();
  for (;;) {
    const double taken = sample() * double(repetitions);
    if (taken >= seconds)
      return;
    // At most ten times more: the first runs are slow.
    const double factor = taken > 0 ? std::ceil(1.1 * seconds / taken) : 10;
    repetitions *= uint64_t(std::fmin(std::fmax(factor, 2), 10));
  }
}

double TimedWork::sample() const {
  const double start = threadTime();
  for (uint64_t i = 0; i < repetitions; ++i)
    work();
  return (threadTime() - start) / double(repetitions);
}
