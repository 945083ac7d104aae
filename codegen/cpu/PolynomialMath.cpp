// trimod-polynomial-math: math ops of the generic lowering as the kernels' own functions.
#include "codegen/cpu/Activations.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace trimod {
namespace {

using ActivationBuilder = Value (*)(KernelBuilder &, Value);

template <typename MathOp>
struct ReplaceMathOp : OpRewritePattern<MathOp> {
  ReplaceMathOp(MLIRContext *context, ActivationBuilder build)
      : OpRewritePattern<MathOp>(context), build(build) {}

  LogicalResult matchAndRewrite(MathOp op, PatternRewriter &rewriter) const override {
    Type type = op.getType();
    if (!getElementTypeOrSelf(type).isF32() || isa<TensorType>(type))
      return rewriter.notifyMatchFailure(op, "not an f32 scalar or vector");
    KernelBuilder builder(op.getLoc(), rewriter);
    rewriter.replaceOp(op, build(builder, op.getOperand()));
    return success();
  }

private:
  ActivationBuilder build;
};

struct PolynomialMathPass : PassWrapper<PolynomialMathPass, OperationPass<>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PolynomialMathPass)

  StringRef getArgument() const override { return "trimod-polynomial-math"; }
  StringRef getDescription() const override {
    return "replace f32 math.exp, math.log and math.tanh by polynomials of stated error";
  }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<arith::ArithDialect, math::MathDialect, vector::VectorDialect>();
  }
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateActivationPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace

void populateActivationPatterns(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<ReplaceMathOp<math::ExpOp>>(context, buildExp);
  patterns.add<ReplaceMathOp<math::LogOp>>(context, buildLog);
  patterns.add<ReplaceMathOp<math::TanhOp>>(context, buildTanh);
}

std::unique_ptr<Pass> createPolynomialMathPass() { return std::make_unique<PolynomialMathPass>(); }

} // namespace trimod
