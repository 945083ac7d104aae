//===- HoistAttentionContext.cpp - contexts once a post, not once a token --===//

#include "passes/Matchers.h"
#include "passes/Passes.h"
#include "passes/Patterns.h"
#include "passes/Schedule.h"

using namespace mlir;
using namespace trimod;

namespace trimod {
#define GEN_PASS_DEF_HOISTATTENTIONCONTEXT
#include "passes/Passes.h.inc"
} // namespace trimod

namespace {

struct SplitAttentionPool : OpRewritePattern<AttentionPoolOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionPoolOp op, PatternRewriter &rewriter) const override {
    if (op.getContexts().empty())
      return reportScheduleMiss(op, "trimod-hoist-attention-context",
                                "no context: nothing is shared by the queries");
    auto project = [&](Value rows) -> Value {
      return LinearOp::create(rewriter, op.getLoc(), rows, op.getW(), op.getB()).getResult();
    };
    SmallVector<Value> projected = llvm::map_to_vector(op.getContexts(), project);
    auto context = AttentionContextOp::create(rewriter, op.getLoc(), op.getContexts(), projected,
                                              op.getU(), op.getContextOffsets());
    Value queries = project(op.getQueries());
    rewriter.replaceOpWithNewOp<AttentionMergeOp>(op, op.getQueries(), queries, op.getU(),
                                                  context.getMax(), context.getWeight(),
                                                  context.getSum(), op.getQueryOffsets());
    return success();
  }
};

struct HoistAttentionContext : trimod::impl::HoistAttentionContextBase<HoistAttentionContext> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateHoistAttentionContextPatterns(patterns);
    applyPatternsOnce(getOperation(), std::move(patterns));
  }
};

} // namespace

void trimod::populateHoistAttentionContextPatterns(RewritePatternSet &patterns) {
  patterns.add<SplitAttentionPool>(patterns.getContext());
}
