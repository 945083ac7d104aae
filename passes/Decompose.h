//===- Decompose.h - fused ops in terms of primitives -----------*- C++ -*-===//

#ifndef TRIMOD_PASSES_DECOMPOSE_H
#define TRIMOD_PASSES_DECOMPOSE_H

#include "passes/TensorBuilder.h"

#include "llvm/ADT/StringSet.h"

namespace trimod {

/// A pattern for ops whose names are not among those to keep.
template <typename Op>
class DecomposePattern : public mlir::OpRewritePattern<Op> {
public:
  DecomposePattern(mlir::MLIRContext *context, const llvm::StringSet<> &keep)
      : mlir::OpRewritePattern<Op>(context), keep(keep) {}

  llvm::LogicalResult matchAndRewrite(Op op, mlir::PatternRewriter &rewriter) const final {
    if (keep.contains(op->getName().getStringRef()))
      return rewriter.notifyMatchFailure(op, "is kept: it has a kernel");
    TensorBuilder builder(rewriter, op.getLoc());
    rewriter.replaceOp(op, decompose(op, builder));
    return mlir::success();
  }

protected:
  /// The op's results in terms of other ops.
  virtual llvm::SmallVector<mlir::Value> decompose(Op op, TensorBuilder &t) const = 0;

private:
  const llvm::StringSet<> &keep;
};

// Each refers to `keep` for as long as the patterns live.
void populateDecomposeAttentionPatterns(mlir::RewritePatternSet &patterns,
                                        const llvm::StringSet<> &keep);
/// conv1d, packed_conv1d and max_over_time.
void populateDecomposeConvPatterns(mlir::RewritePatternSet &patterns,
                                   const llvm::StringSet<> &keep);
void populateDecomposeCRFPatterns(mlir::RewritePatternSet &patterns, const llvm::StringSet<> &keep);
/// The rows [columns, K] of weights packed in panels [P, K, V], and the bias [columns] of one
/// packed with them; no bias gives none.
struct UnpackedPanels {
  mlir::Value w, b;
};
UnpackedPanels unpackPanels(TensorBuilder &t, mlir::Value w, mlir::Value b, int64_t columns);

/// packed_linear -> linear.
void populateDecomposeLinearPatterns(mlir::RewritePatternSet &patterns,
                                     const llvm::StringSet<> &keep);
void populateDecomposeRecurrencePatterns(mlir::RewritePatternSet &patterns,
                                         const llvm::StringSet<> &keep);

} // namespace trimod

#endif // TRIMOD_PASSES_DECOMPOSE_H
