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

UnpackedPanels trimod::unpackPanels(TensorBuilder &t, Value w, Value b, int64_t columns) {
  RankedTensorType type = tensorType(w);
  int64_t panels = type.getDimSize(0), inner = type.getDimSize(1), width = type.getDimSize(2);
  OpFoldResult zero = t.index(0), count = t.index(columns);
  Value byColumn = t.reshape(t.transpose(w, {0, 2, 1}), {panels * width, inner}, {{0, 1}, {2}});
  return {t.slice(byColumn, 0, zero, count), b ? t.slice(b, 0, zero, count) : Value()};
}

namespace {

struct DecomposePackedLinear : DecomposePattern<PackedLinearOp> {
  using DecomposePattern::DecomposePattern;

  SmallVector<Value> decompose(PackedLinearOp op, TensorBuilder &t) const override {
    UnpackedPanels panels = unpackPanels(t, op.getW(), op.getB(), op.getColumns());
    Value product =
        LinearOp::create(t.getBuilder(), t.getLoc(), op.getX(), panels.w, panels.b).getResult();
    return {op.getStart() ? t.add(op.getStart(), product) : product};
  }
};

struct Decompose : trimod::impl::DecomposeBase<Decompose> {
  using DecomposeBase::DecomposeBase;

  void runOnOperation() override {
    llvm::StringSet<> kept;
    kept.insert(keep.begin(), keep.end());
    RewritePatternSet patterns(&getContext());
    populateDecomposeAttentionPatterns(patterns, kept);
    populateDecomposeConvPatterns(patterns, kept);
    populateDecomposeCRFPatterns(patterns, kept);
    populateDecomposeLinearPatterns(patterns, kept);
    populateDecomposeRecurrencePatterns(patterns, kept);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace

void trimod::populateDecomposeLinearPatterns(RewritePatternSet &patterns,
                                             const llvm::StringSet<> &keep) {
  patterns.add<DecomposePackedLinear>(patterns.getContext(), keep);
}
