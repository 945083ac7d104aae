// The one inner loop of every matrix product: a tile of accumulators held in registers.
#ifndef TRIMOD_CODEGEN_CPU_CONTRACTION_H
#define TRIMOD_CODEGEN_CPU_CONTRACTION_H

#include "codegen/cpu/KernelBuilder.h"

namespace trimod {

/// c[r][j] = initial[r][j] + sum over k of a(k, r) * b(k, j), for `rows` scalars a and `vectors`
/// vectors b.
///
/// Every element is one chain of fused multiply-adds over k ascending, so its bits depend neither
/// on the tile's shape nor on the lane width. Keep rows * vectors + vectors + 1 within the
/// registers: at most 12 accumulators on x86-64-v3, 24 on v4; more spill and lose half the speed.
struct Contraction {
  int64_t rows;
  int64_t vectors;
  int64_t lanes;
  /// Number of terms.
  mlir::Value extent;
  /// The scalar of row `row` at k.
  llvm::function_ref<mlir::Value(mlir::Value k, int64_t row)> a;
  /// Vector `vector` at k.
  llvm::function_ref<mlir::Value(mlir::Value k, int64_t vector)> b;
  /// The start of an element; zero if not given.
  llvm::function_ref<mlir::Value(int64_t row, int64_t vector)> initial = {};
  /// Gets the `vectors` accumulators of a row, one row after the other.
  llvm::function_ref<void(int64_t row, llvm::ArrayRef<mlir::Value> accumulators)> epilogue;
};

void buildContraction(KernelBuilder &b, const Contraction &contraction);

} // namespace trimod

#endif
