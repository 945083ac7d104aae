// Sequences of a ragged batch, longest first, so that those which still run at a step are the first
// ones.
#ifndef TRIMOD_CODEGEN_CPU_SEQUENCEORDER_H
#define TRIMOD_CODEGEN_CPU_SEQUENCEORDER_H

#include "codegen/cpu/KernelBuilder.h"

namespace trimod {

/// Emits a counting sort of the N segments of `offsets` [N + 1] and reads of its result. The
/// scratch `indices` holds, one after the other: the current rows of a group [groupSize], the order
/// [N], and for each length l the number of sequences at least that long [at most T + 1 for T
/// rows].
class SequenceOrder {
public:
  using Value = mlir::Value;

  /// Sequences that advance together.
  static constexpr int64_t groupSize = 64;
  /// Size of the scratch beyond N + T.
  static constexpr int64_t extraIndices = groupSize + 2;

  SequenceOrder(KernelBuilder &b, Value offsets, Value indices);

  /// Emits the sort. Equal lengths keep their order.
  void sort();

  Value getCount() const { return count; }
  /// Length of the sequence at `position` of the order.
  Value getLengthAt(Value position);
  /// Number of sequences longer than t, for a t below the greatest length.
  Value getActive(Value t);
  Value getSequence(Value position);

  /// The row where member `i` of the current group stands.
  Value getRow(Value i);
  void setRow(Value i, Value row);

private:
  Value lengthOf(Value sequence);
  Value countAt(Value length);
  Value greatestLength();

  KernelBuilder &b;
  Value offsets, indices, count, firstCount;
};

} // namespace trimod

#endif
