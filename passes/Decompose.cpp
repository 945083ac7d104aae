//===- Decompose.cpp - fused ops in terms of primitives --------------------===//

#include "passes/Decompose.h"

#include "dialect/Shapes.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Passes.h"

namespace trimod {
#define GEN_PASS_DEF_DECOMPOSE
#include "passes/Passes.h.inc"
} // namespace trimod

using namespace mlir;
using namespace trimod;

namespace {

struct DecomposePackedLinear : DecomposePattern<PackedLinearOp> {
  using DecomposePattern::DecomposePattern;

  SmallVector<Value> decompose(PackedLinearOp op, TensorBuilder &t) const override {
    RankedTensorType type = tensorType(op.getW());
    int64_t panels = type.getDimSize(0), inner = type.getDimSize(1), width = type.getDimSize(2);
    OpFoldResult zero = t.index(0), columns = t.index(op.getColumns());
    Value byColumn =
        t.reshape(t.transpose(op.getW(), {0, 2, 1}), {panels * width, inner}, {{0, 1}, {2}});
    Value w = t.slice(byColumn, 0, zero, columns);
    Value b = op.getB() ? t.slice(op.getB(), 0, zero, columns) : Value();
    return {LinearOp::create(t.getBuilder(), t.getLoc(), op.getX(), w, b).getResult()};
  }
};

struct Decompose : trimod::impl::DecomposeBase<Decompose> {
  using DecomposeBase::DecomposeBase;

  void runOnOperation() override {
    llvm::StringSet<> kept;
    kept.insert(keep.begin(), keep.end());
    RewritePatternSet patterns(&getContext());
    populateDecomposeAttentionPatterns(patterns, kept);
    populateDecomposeCRFPatterns(patterns, kept);
    populateDecomposeGRUPatterns(patterns, kept);
    populateDecomposeLinearPatterns(patterns, kept);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace

void trimod::populateDecomposeLinearPatterns(RewritePatternSet &patterns,
                                             const llvm::StringSet<> &keep) {
  patterns.add<DecomposePackedLinear>(patterns.getContext(), keep);
}
