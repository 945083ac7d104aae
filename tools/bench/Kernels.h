//===- Kernels.h - the kernels that are measured, at the model's shapes -*- C++ -*-===//
#ifndef TRIMOD_TOOLS_BENCH_KERNELS_H
#define TRIMOD_TOOLS_BENCH_KERNELS_H

#include "trimod/runtime.h"
#include <cstdint>
#include <string>
#include <vector>

namespace trimod::bench {

/// A tensor that a kernel takes, makes or gives.
struct KernelValue {
  std::string name;
  trimod_dtype type;
  std::vector<int64_t> shape;
  /// Weights have known sizes in compiled models, all else a leading dimension that varies.
  bool isWeight = false;
  /// Of ids (i32), the number of rows; of offsets (index), the number of items in each segment.
  int64_t bound = 0;
  /// Of a table whose rows are selected, how many are; -1 if it is read whole.
  int64_t rowsRead = -1;

  /// What a call has to read or write of it.
  uint64_t bytesTouched() const;
};

/// One op of the scheduled phase: "%RESULTS = TEXT : types of OPERANDS".
struct KernelOp {
  std::string results, text;
  std::vector<std::string> operands;
};

/// A program of one kernel, or of a few that belong together.
struct Kernel {
  std::string name, description;
  std::vector<KernelValue> inputs, locals, outputs;
  std::vector<KernelOp> ops;
  /// What one call does so often: steps of a recurrence, tokens, rows.
  int64_t units;
  std::string unit;
  /// Additions, multiplications and comparisons of the definition in one call: without padding, and
  /// without what is done once for each unit of a state (gates, exponentials).
  double operations;
  /// How often the weights must be read: once, but for a recurrence, whose steps wait for each
  /// other.
  int64_t passesOverWeights = 1;

  /// Distinct bytes that a call touches, and the bytes that it has to move.
  uint64_t footprint() const;
  uint64_t bytes() const;

  /// The module of the scheduled phase.
  std::string writeModule() const;
};

/// All kernels, packed for vectors of `lanes` numbers.
std::vector<Kernel> listKernels(int64_t lanes);

} // namespace trimod::bench

#endif // TRIMOD_TOOLS_BENCH_KERNELS_H
