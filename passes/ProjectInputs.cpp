//===- ProjectInputs.cpp - a recurrence's input products, all at once ------===//

#include "dialect/Recurrence.h"
#include "passes/Matchers.h"
#include "passes/Passes.h"
#include "passes/Patterns.h"

using namespace mlir;
using namespace trimod;

namespace trimod {
#define GEN_PASS_DEF_PROJECTINPUTS
#include "passes/Passes.h.inc"
} // namespace trimod

namespace {

/// gru(x) -> gru_recurrence(linear(x, W_ih, b_ih)), the directions' weights one below the other;
/// the same for every cell.
template <typename Cell>
struct ProjectLayer : OpRewritePattern<typename Cell::Layer> {
  using Layer = typename Cell::Layer;
  using OpRewritePattern<Layer>::OpRewritePattern;

  LogicalResult matchAndRewrite(Layer op, PatternRewriter &rewriter) const override {
    Value w = stack(op.getLoc(), op.getWIh(), rewriter);
    Value b = stack(op.getLoc(), op.getBIh(), rewriter);
    auto gates = LinearOp::create(rewriter, op.getLoc(), op.getX(), w, b);
    rewriter.replaceOp(op, createRecurrence<typename Cell::Recurrence>(
                               rewriter, op, gates.getResult(), op.getWHh(), op.getBHh(),
                               op.getInit(), op.getOffsets(), op.getDirectionAttr()));
    return success();
  }

private:
  static Value stack(Location loc, ValueRange parts, PatternRewriter &rewriter) {
    if (parts.size() == 1)
      return parts.front();
    return tensor::ConcatOp::create(rewriter, loc, /*dim=*/0, parts);
  }
};

struct ProjectInputs : trimod::impl::ProjectInputsBase<ProjectInputs> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateProjectInputsPatterns(patterns);
    applyPatternsOnce(getOperation(), std::move(patterns));
  }
};

} // namespace

void trimod::populateProjectInputsPatterns(RewritePatternSet &patterns) {
  patterns.add<ProjectLayer<GruCell>, ProjectLayer<LstmCell>>(patterns.getContext());
}
