//===- Matchers.h - what the recognisers share ------------------*- C++ -*-===//
//
// Small questions about values, asked by every recogniser. None of them creates
// IR; all of them look through tensor.cast, which only says more or less about
// the same sizes, and through commuted operands where the operation commutes.
//
//===----------------------------------------------------------------------===//

#ifndef TRIMOD_PASSES_MATCHERS_H
#define TRIMOD_PASSES_MATCHERS_H

#include "dialect/Shapes.h"
#include "dialect/TriMod.h"
#include "mlir/IR/PatternMatch.h"

#include <string>

namespace trimod {

/// The value behind any number of tensor.casts.
mlir::Value skipCasts(mlir::Value value);

/// The value behind tensor.casts, as far as its shape stays static.
mlir::Value skipCastsToDynamic(mlir::Value value);

inline bool isSame(mlir::Value a, mlir::Value b) { return skipCasts(a) == skipCasts(b); }

/// The op of kind `OpTy` that computes `value`, or null.
template <typename OpTy>
OpTy definedBy(mlir::Value value) {
  return skipCasts(value).getDefiningOp<OpTy>();
}

/// Every element of `value` is the number `expected`: a constant, or a fill, splat or
/// broadcast of one.
bool isSplat(mlir::Value value, double expected);

/// The same for integers.
bool isIntSplat(mlir::Value value, int64_t expected);

/// The other operand of a commutative `OpTy` one of whose operands satisfies `predicate`.
template <typename OpTy>
mlir::Value otherOperand(mlir::Value value, llvm::function_ref<bool(mlir::Value)> predicate) {
  auto op = definedBy<OpTy>(value);
  if (!op)
    return {};
  if (predicate(op.getLhs()))
    return op.getRhs();
  if (predicate(op.getRhs()))
    return op.getLhs();
  return {};
}

/// The x of a - x, when every element of a is `minuend`.
mlir::Value matchDifferenceFrom(double minuend, mlir::Value value);

/// The x of -x, written as arith.negf, 0 - x or -1 * x.
mlir::Value matchNegation(mlir::Value value);

/// The x of 1 / (1 + exp(-x)).
mlir::Value matchSigmoid(mlir::Value value);

/// The scalar (a tensor of rank 0) of which `value` is a broadcast.
mlir::Value matchScalarBroadcast(mlir::Value value);

/// The input of a linalg.reduce over dimension 0 that starts at `neutral` and combines with one
/// `OpTy`.
template <typename OpTy>
mlir::Value matchReduction(mlir::Value value, double neutral) {
  auto reduce = definedBy<mlir::linalg::ReduceOp>(value);
  if (!reduce || reduce.getInputs().size() != 1 ||
      reduce.getDimensions() != llvm::ArrayRef<int64_t>{0} ||
      !isSplat(reduce.getInits()[0], neutral))
    return {};
  mlir::Block &body = reduce.getCombiner().front();
  auto combine = body.getTerminator()->getOperand(0).getDefiningOp<OpTy>();
  if (!combine || !llvm::hasNItems(body, 2) || combine->getOperand(0) == combine->getOperand(1))
    return {};
  return reduce.getInputs()[0];
}

/// What computes a value, for a message: "arith.mulf", or "a block argument".
std::string describe(mlir::Value value);

/// Reports that `op` is almost what `pass` looks for, and why it is not. `pass` must be a literal:
/// the remark engine keeps the pointer.
mlir::LogicalResult reportNearMiss(mlir::PatternRewriter &rewriter, mlir::Operation *op,
                                   llvm::StringLiteral pass, llvm::StringRef reason);

/// Reports what `pass` made of `op`.
void reportFusion(mlir::Operation *op, llvm::StringLiteral pass, llvm::StringRef what);

/// Applies the patterns once to every op that is below `root` at the start. The greedy driver
/// would visit an op again whenever something near it changed, and repeat its remarks.
void applyPatternsOnce(mlir::Operation *root, mlir::RewritePatternSet &&patterns);

} // namespace trimod

#endif // TRIMOD_PASSES_MATCHERS_H
