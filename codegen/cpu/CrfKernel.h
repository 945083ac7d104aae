// What the kernels of a linear-chain CRF share: how they get the chain and the sequences, and how
// they go over labels.
#ifndef TRIMOD_CODEGEN_CPU_CRFKERNEL_H
#define TRIMOD_CODEGEN_CPU_CRFKERNEL_H

#include "codegen/cpu/KernelBuilder.h"
#include "codegen/cpu/Kernels.h"

namespace trimod {

/// Types of the first arguments of every such kernel: emissions, start, transitions, end, offsets
/// (Kernels.h).
llvm::SmallVector<mlir::Type> getCrfInputTypes(mlir::MLIRContext *context, int64_t labels);

/// Scores of all labels stand in one vector, or a few ("chunks").
struct CrfKernel {
  static constexpr int64_t lanes = labelLanes;

  CrfKernel(KernelBuilder &b, int64_t labels, mlir::ValueRange arguments)
      : b(b), labels(labels), emissions(arguments[0]), start(arguments[1]),
        transitions(arguments[2]), end(arguments[3]), offsets(arguments[4]) {}

  /// The rows of each sequence, from `first` to before `last`, or that it has none.
  void forSequences(
      llvm::function_ref<void(mlir::Value segment)> empty,
      llvm::function_ref<void(mlir::Value segment, mlir::Value first, mlir::Value last)> body) {
    using mlir::Value;
    b.loop(b.index(0), b.sub(b.dim(offsets, 0), b.index(1)), 1, [&](Value segment) {
      Value first = b.load(offsets, segment), last = b.load(offsets, b.add(segment, 1));
      Value isEmpty = b.compare(mlir::arith::CmpIPredicate::eq, first, last);
      b.ifElse(isEmpty, [&] { empty(segment); }, [&] { body(segment, first, last); });
    });
  }

  /// `count` labels from `column` on, which are `lanes` in all chunks but perhaps the last.
  void forChunks(llvm::function_ref<void(int64_t column, int64_t count)> body) {
    b.prefixChunks(labels, lanes, body);
  }

  mlir::Value scalar(double value) { return b.constantLike(b.getF32Type(), value); }

  /// `value` with `other` in the lanes from `count` on.
  mlir::Value keepPrefix(mlir::Value value, int64_t count, double other);
  /// The largest of all lanes, as a finite number; a NaN is passed over.
  mlir::Value finiteMax(llvm::ArrayRef<mlir::Value> chunks);

  // Scores of a token are kept less the largest of them, and the largest ones are added up in f64:
  // in a post of 10,000 tokens an f32 score that counts from its start has lost the digits that
  // tell labels apart.

  /// From the first token of a sequence to its last. `scores` [padded L] gets the scores of the
  /// labels; `advance` makes from those of the row before what the labels of `row` have without
  /// their emissions. Returns the total (f64) of what was taken out.
  mlir::Value
  goForward(mlir::Value scores, mlir::Value first, mlir::Value last,
            llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value row)> advance);
  mlir::Value startTotal(mlir::Value score);
  mlir::Value addToTotal(mlir::Value total, mlir::Value score);
  /// total + score in f32.
  mlir::Value finishTotal(mlir::Value total, mlir::Value score);

  KernelBuilder &b;
  int64_t labels;
  mlir::Value emissions, start, transitions, end, offsets;

private:
  mlir::Value addEmissions(llvm::ArrayRef<mlir::Value> before, mlir::Value row, mlir::Value scores);
};

} // namespace trimod

#endif // TRIMOD_CODEGEN_CPU_CRFKERNEL_H
