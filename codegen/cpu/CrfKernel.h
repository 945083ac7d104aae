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

  KernelBuilder &b;
  int64_t labels;
  mlir::Value emissions, start, transitions, end, offsets;
};

} // namespace trimod

#endif // TRIMOD_CODEGEN_CPU_CRFKERNEL_H
