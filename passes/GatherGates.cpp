//===- GatherGates.cpp - gates that a recurrence fetches itself ------------===//

#include "passes/Matchers.h"
#include "passes/Passes.h"
#include "passes/Schedule.h"

using namespace mlir;
using namespace trimod;

namespace trimod {
#define GEN_PASS_DEF_GATHERGATES
#include "passes/Passes.h.inc"
} // namespace trimod

namespace {

/// recurrence(embedding(ids, table)) -> recurrence(table rows(ids)).
template <typename Op>
struct TakeRows : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    auto embedding = op.getGates().template getDefiningOp<EmbeddingOp>();
    if (!embedding || op.getRows())
      return rewriter.notifyMatchFailure(op, "the gates are not rows of a table");
    if (!getElementTypeOrSelf(embedding.getTable().getType()).isF32())
      return reportScheduleMiss(op, "trimod-gather-gates", "the table of gates is not f32");
    rewriter.modifyOpInPlace(op, [&] {
      op.getGatesMutable().assign(embedding.getTable());
      op.getRowsMutable().assign(embedding.getIds());
    });
    return success();
  }
};

struct GatherGates : trimod::impl::GatherGatesBase<GatherGates> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<TakeRows<PackedGruOp>, TakeRows<PackedLstmOp>>(&getContext());
    applyPatternsOnce(getOperation(), std::move(patterns));
  }
};

} // namespace
