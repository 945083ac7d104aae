#include "passes/Matchers.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Rewrite/FrozenRewritePatternSet.h"
#include "mlir/Rewrite/PatternApplicator.h"

#include "llvm/ADT/DenseSet.h"

using namespace mlir;

namespace trimod {

Value skipCasts(Value value) {
  while (auto cast = value.getDefiningOp<tensor::CastOp>())
    value = cast.getSource();
  return value;
}

Value skipCastsToDynamic(Value value) {
  for (auto cast = value.getDefiningOp<tensor::CastOp>(); cast;
       cast = value.getDefiningOp<tensor::CastOp>()) {
    auto source = dyn_cast<RankedTensorType>(cast.getSource().getType());
    if (!source || !source.hasStaticShape())
      break;
    value = cast.getSource();
  }
  return value;
}

/// The one value that all elements of `value` repeat, as far as ops that only repeat go.
static Value repeatedValue(Value value) {
  while (true) {
    value = skipCasts(value);
    if (auto fill = value.getDefiningOp<linalg::FillOp>())
      value = fill.getInputs()[0];
    else if (auto splat = value.getDefiningOp<tensor::SplatOp>())
      value = splat.getInput();
    else if (auto broadcast = value.getDefiningOp<linalg::BroadcastOp>())
      value = broadcast.getInput();
    else if (auto elements = value.getDefiningOp<tensor::FromElementsOp>();
             elements && elements.getElements().size() == 1)
      value = elements.getElements()[0];
    else
      return value;
  }
}

bool isSplat(Value value, double expected) {
  Attribute constant;
  if (!matchPattern(repeatedValue(value), m_Constant(&constant)))
    return false;
  if (auto number = dyn_cast<FloatAttr>(constant))
    return number.getValueAsDouble() == expected;
  auto dense = dyn_cast<DenseFPElementsAttr>(constant);
  return dense && dense.isSplat() &&
         dense.getSplatValue<FloatAttr>().getValueAsDouble() == expected;
}

bool isIntSplat(Value value, int64_t expected) {
  Attribute constant;
  if (!matchPattern(repeatedValue(value), m_Constant(&constant)))
    return false;
  if (auto number = dyn_cast<IntegerAttr>(constant))
    return number.getValue().getSExtValue() == expected;
  auto dense = dyn_cast<DenseIntElementsAttr>(constant);
  return dense && dense.isSplat() && dense.getSplatValue<APInt>().getSExtValue() == expected;
}

Value matchDifferenceFrom(double minuend, Value value) {
  auto difference = definedBy<arith::SubFOp>(value);
  return difference && isSplat(difference.getLhs(), minuend) ? difference.getRhs() : Value();
}

Value matchNegation(Value value) {
  if (auto negation = definedBy<arith::NegFOp>(value))
    return negation.getOperand();
  if (Value negated = matchDifferenceFrom(0.0, value))
    return negated;
  return otherOperand<arith::MulFOp>(value, [](Value factor) { return isSplat(factor, -1.0); });
}

Value matchSigmoid(Value value) {
  auto quotient = definedBy<arith::DivFOp>(value);
  if (!quotient || !isSplat(quotient.getLhs(), 1.0))
    return {};
  Value exponential = otherOperand<arith::AddFOp>(
      quotient.getRhs(), [](Value addend) { return isSplat(addend, 1.0); });
  auto exp = exponential ? definedBy<math::ExpOp>(exponential) : nullptr;
  return exp ? matchNegation(exp.getOperand()) : Value();
}

Value matchScalarBroadcast(Value value) {
  auto isScalar = [](Value v) {
    auto type = dyn_cast<RankedTensorType>(v.getType());
    return type && type.getRank() == 0;
  };
  Value scalar;
  if (auto broadcast = definedBy<linalg::BroadcastOp>(value))
    return isScalar(broadcast.getInput()) ? broadcast.getInput() : Value();
  if (auto splat = definedBy<tensor::SplatOp>(value))
    scalar = splat.getInput();
  else if (auto fill = definedBy<linalg::FillOp>(value))
    scalar = fill.getInputs()[0];
  auto extract = scalar ? scalar.getDefiningOp<tensor::ExtractOp>() : nullptr;
  return extract && isScalar(extract.getTensor()) ? extract.getTensor() : Value();
}

std::string describe(Value value) {
  Operation *op = skipCasts(value).getDefiningOp();
  return op ? op->getName().getStringRef().str() : "a block argument";
}

static remark::RemarkOpts fusionRemark(StringLiteral pass) {
  return remark::RemarkOpts::name(pass).category("trimod-fusion");
}

LogicalResult reportNearMiss(PatternRewriter &rewriter, Operation *op, StringLiteral pass,
                             StringRef reason) {
  remark::missed(op->getLoc(), fusionRemark(pass)) << reason;
  return rewriter.notifyMatchFailure(op, reason);
}

void reportFusion(Operation *op, StringLiteral pass, StringRef what) {
  remark::passed(op->getLoc(), fusionRemark(pass)) << what;
}

namespace {
struct ErasedOps : RewriterBase::Listener {
  void notifyOperationErased(Operation *op) override { erased.insert(op); }
  llvm::DenseSet<Operation *> erased;
};
} // namespace

void applyPatternsOnce(Operation *root, RewritePatternSet &&patterns) {
  FrozenRewritePatternSet frozen(std::move(patterns));
  PatternApplicator applicator(frozen);
  applicator.applyDefaultCostModel();

  SmallVector<Operation *> ops;
  root->walk([&](Operation *op) {
    if (op != root)
      ops.push_back(op);
  });
  ErasedOps listener;
  PatternRewriter rewriter(root->getContext());
  rewriter.setListener(&listener);
  for (Operation *op : ops) {
    if (listener.erased.contains(op))
      continue;
    rewriter.setInsertionPoint(op);
    (void)applicator.matchAndRewrite(op, rewriter);
  }
}

} // namespace trimod
