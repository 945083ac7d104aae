//===- FuseConvEpilogue.cpp - bias and activation of a convolution ---------===//

#include "passes/Matchers.h"
#include "passes/Passes.h"
#include "passes/Patterns.h"

using namespace mlir;
using namespace trimod;

namespace trimod {
#define GEN_PASS_DEF_FUSECONVEPILOGUE
#include "passes/Passes.h.inc"
} // namespace trimod

static constexpr StringLiteral kPass = "trimod-fuse-conv-epilogue";

/// The vector that `value` repeats for every row, or null.
static Value matchRepeatedRow(Value value) {
  auto broadcast = definedBy<linalg::BroadcastOp>(value);
  bool isRow = broadcast && broadcast.getDimensions() == ArrayRef<int64_t>{0} &&
               cast<ShapedType>(broadcast.getInput().getType()).getRank() == 1;
  return isRow ? broadcast.getInput() : Value();
}

namespace {

/// What follows a convolution, f(conv) or conv + b.
struct Epilogue {
  Conv1dOp conv;
  Value bias;
  Activation activation = Activation::None;
};

Epilogue matchBias(arith::AddFOp op) {
  for (auto [sum, addend] : {std::pair(op.getLhs(), op.getRhs()), {op.getRhs(), op.getLhs()}})
    if (auto conv = definedBy<Conv1dOp>(sum))
      if (Value bias = matchRepeatedRow(addend))
        return {conv, bias};
  return {};
}

Epilogue matchRelu(arith::MaximumFOp op) {
  Value x = otherOperand<arith::MaximumFOp>(op, [](Value v) { return isSplat(v, 0.0); });
  return {x ? definedBy<Conv1dOp>(x) : Conv1dOp(), {}, Activation::Relu};
}

Epilogue matchTanh(math::TanhOp op) {
  return {definedBy<Conv1dOp>(op.getOperand()), {}, Activation::Tanh};
}

template <typename Op, Epilogue (*match)(Op)>
struct FuseEpilogue : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    Epilogue epilogue = match(op);
    Conv1dOp conv = epilogue.conv;
    if (!conv)
      return rewriter.notifyMatchFailure(op, "is no bias or activation of a convolution");
    if (conv.getActivation() != Activation::None)
      return reportNearMiss(rewriter, op, kPass, "the convolution has an activation already");
    if (epilogue.bias && conv.getB())
      return reportNearMiss(rewriter, op, kPass, "the convolution has a bias already");
    if (!isOnlyUse(conv, op))
      return reportNearMiss(rewriter, op, kPass, "the convolution's result is used elsewhere too");
    Value bias = epilogue.bias ? epilogue.bias : conv.getB();
    auto fused = Conv1dOp::create(rewriter, conv.getLoc(), conv.getX(), conv.getW(), bias,
                                  conv.getOffsets(), epilogue.activation);
    reportFusion(fused, kPass, epilogue.bias ? "fused a bias" : "fused an activation");
    if (fused.getType() == op.getType())
      rewriter.replaceOp(op, fused);
    else
      rewriter.replaceOpWithNewOp<tensor::CastOp>(op, op.getType(), fused);
    return success();
  }

private:
  /// Whether nothing but `user` reads `conv`, through casts or not.
  static bool isOnlyUse(Conv1dOp conv, Operation *user) {
    Operation *op = conv;
    while (op->hasOneUse() && op != user)
      op = *op->user_begin();
    return op == user;
  }
};

struct FuseConvEpilogue : trimod::impl::FuseConvEpilogueBase<FuseConvEpilogue> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateFuseConvEpiloguePatterns(patterns);
    applyPatternsOnce(getOperation(), std::move(patterns));
  }
};

} // namespace

void trimod::populateFuseConvEpiloguePatterns(RewritePatternSet &patterns) {
  patterns.add<FuseEpilogue<arith::AddFOp, matchBias>, FuseEpilogue<arith::MaximumFOp, matchRelu>,
               FuseEpilogue<math::TanhOp, matchTanh>>(patterns.getContext());
}
