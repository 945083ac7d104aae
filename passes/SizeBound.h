//===- SizeBound.h - upper bounds of sizes at function entry ----*- C++ -*-===//

#ifndef TRIMOD_PASSES_SIZEBOUND_H
#define TRIMOD_PASSES_SIZEBOUND_H

#include "dialect/TriMod.h"

namespace trimod {

/// Upper bounds, computed at the beginning of a function, of index values that
/// are computed anywhere in it. Sizes are not negative, so that a - b and a / b are
/// at most a, and min(a, b) at most whichever of the two can be bounded. A sum that
/// a loop carries is at most its initial value and the number of steps times the
/// largest addend.
class SizeBound {
public:
  /// Bounds are created at `builder`, which stands in the entry block of `function`
  /// before everything that they are for.
  SizeBound(mlir::func::FuncOp function, mlir::OpBuilder &builder)
      : function(function), builder(builder) {}

  /// A value at least as large as `size`, or null: then getObstacle() is what has no
  /// bound.
  mlir::Value compute(mlir::Value size);

  mlir::Value getObstacle() const { return obstacle; }

private:
  mlir::Value computeUncached(mlir::Value size);
  mlir::Value boundOfResult(mlir::Operation *op);
  mlir::Value boundOfSum(mlir::scf::ForOp loop, mlir::Value result);
  mlir::Value boundOfDim(mlir::Value buffer, int64_t dimension, mlir::Location loc);
  static bool isTestForNegative(mlir::Value condition);
  template <typename Op>
  mlir::Value boundOfBoth(Op op);
  template <typename Op>
  mlir::Value boundOfEither(Op op);
  mlir::Value fail(mlir::Value value) {
    if (!obstacle)
      obstacle = value;
    return {};
  }

  mlir::func::FuncOp function;
  mlir::OpBuilder &builder;
  llvm::DenseMap<mlir::Value, mlir::Value> known;
  mlir::Value obstacle;
};

} // namespace trimod

#endif // TRIMOD_PASSES_SIZEBOUND_H
