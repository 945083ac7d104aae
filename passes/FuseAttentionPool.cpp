//===- FuseAttentionPool.cpp - recognise attention pooling ----------------===//
//
// A map over queries whose body pools the query and its contexts:
//   gamma_i = exp(u . tanh(W f_i + b)),  result = sum gamma_i f_i / sum gamma_i.
//
//===----------------------------------------------------------------------===//

#include "passes/Matchers.h"
#include "passes/Passes.h"
#include "passes/Patterns.h"

#include <limits>

using namespace mlir;

namespace trimod {

#define GEN_PASS_DEF_FUSEATTENTIONPOOL
#include "passes/Passes.h.inc"

namespace {

constexpr llvm::StringLiteral passName = "trimod-fuse-attention-pool";

/// The body of a map, read as attention pooling. Every step names what the next one reads.
class AttentionPooling {
public:
  explicit AttentionPooling(MapOp map) : map(map) {}

  LogicalResult match() {
    return success(succeeded(matchInterface()) && succeeded(matchNormalisation()) &&
                   succeeded(matchWeights()) && succeeded(matchScore()) &&
                   succeeded(matchProjection()) && succeeded(matchFeatures()));
  }
  StringRef getReason() const { return reason; }
  size_t getNumContexts() const { return contexts.size(); }

  AttentionPoolOp build(OpBuilder &builder) {
    Value offset = bias ? bias : makeZeroBias(builder);
    return AttentionPoolOp::create(builder, map.getLoc(), map.getInputs()[0], contexts,
                                   projection.getW(), offset, direction,
                                   /*query_offsets=*/Value(), /*context_offsets=*/ValueRange{});
  }

private:
  LogicalResult fail(const Twine &why) {
    reason = why.str();
    return failure();
  }

  bool isInside(Value value) { return map.getBody().isAncestor(value.getParentRegion()); }

  LogicalResult matchInterface() {
    if (size_t count = map.getInputs().size(); count != 1)
      return fail("the map runs over " + Twine(count) +
                  " sequences; attention pooling runs over the queries alone");
    if (unsigned count = map.getNumResults(); count != 1)
      return fail("the map gives " + Twine(count) +
                  " results; attention pooling gives the pooled features alone");
    return success();
  }

  /// (sum gamma f) / (sum gamma), or sum (gamma / sum gamma) f.
  LogicalResult matchNormalisation() {
    Value result = skipCasts(map.getYield().getOperand(0));
    auto quotient = result.getDefiningOp<arith::DivFOp>();
    Value weightedSum = quotient ? quotient.getLhs() : result;
    auto product = definedBy<linalg::VecmatOp>(weightedSum);
    if (!product || !isSplat(product.getOutputs()[0], 0.0))
      return fail("the result is not a weighted sum of features (linalg.vecmat on zeros): it is "
                  "made by " +
                  describe(weightedSum));
    features = skipCasts(product.getInputs()[1]);
    weights = skipCasts(product.getInputs()[0]);
    if (quotient) {
      if (!isSumOf(quotient.getRhs(), weights))
        return fail("the weighted sum is not divided by the sum of the same weights");
      return success();
    }
    auto normalised = weights.getDefiningOp<arith::DivFOp>();
    if (!normalised || !isSumOf(normalised.getRhs(), normalised.getLhs()))
      return fail("the weights are not divided by their sum");
    weights = skipCasts(normalised.getLhs());
    return success();
  }

  /// `value` repeats the sum of all `terms`.
  static bool isSumOf(Value value, Value terms) {
    Value scalar = matchScalarBroadcast(value);
    Value summed = scalar ? matchReduction<arith::AddFOp>(scalar, 0.0) : Value();
    return summed && isSame(summed, terms);
  }

  /// exp(score), or exp(score - max score).
  LogicalResult matchWeights() {
    auto exponential = weights.getDefiningOp<math::ExpOp>();
    if (!exponential)
      return fail("weights: expected math.exp of a score, got " + describe(weights));
    score = skipCasts(exponential.getOperand());
    auto difference = score.getDefiningOp<arith::SubFOp>();
    if (!difference)
      return success();
    score = skipCasts(difference.getLhs());
    if (!isMaximumOf(difference.getRhs(), score))
      return fail("what is subtracted from the scores is not their maximum (linalg.reduce with "
                  "arith.maximumf or arith.maxnumf from minus infinity)");
    return success();
  }

  static bool isMaximumOf(Value value, Value terms) {
    constexpr double lowest = -std::numeric_limits<double>::infinity();
    Value scalar = matchScalarBroadcast(value);
    if (!scalar)
      return false;
    Value reduced = matchReduction<arith::MaximumFOp>(scalar, lowest);
    if (!reduced)
      reduced = matchReduction<arith::MaxNumFOp>(scalar, lowest);
    return reduced && isSame(reduced, terms);
  }

  /// u . tanh(projected)
  LogicalResult matchScore() {
    auto product = score.getDefiningOp<linalg::MatvecOp>();
    if (!product || !isSplat(product.getOutputs()[0], 0.0))
      return fail("score: expected a product with a vector u (linalg.matvec on zeros), got " +
                  describe(score));
    direction = product.getInputs()[1];
    if (isInside(direction))
      return fail("the vector u of the score is computed for each query; move it out");
    if (!tensorType(direction).getElementType().isF32())
      return fail("the vector u of the score is not of f32; widen it in front of the map");
    auto tanh = definedBy<math::TanhOp>(product.getInputs()[0]);
    if (!tanh)
      return fail("activation of the score: expected math.tanh, got " +
                  describe(product.getInputs()[0]));
    projected = skipCasts(tanh.getOperand());
    return success();
  }

  /// W f + b: trimod.linear with a bias, without one, or with one added to all rows.
  LogicalResult matchProjection() {
    projection = projected.getDefiningOp<LinearOp>();
    if (projection) {
      bias = projection.getB();
    } else if (auto sum = projected.getDefiningOp<arith::AddFOp>()) {
      matchAddedBias(sum.getLhs(), sum.getRhs());
      matchAddedBias(sum.getRhs(), sum.getLhs());
    }
    if (!projection)
      return fail("score: expected trimod.linear under the tanh, got " + describe(projected));
    if (isInside(projection.getW()) || (bias && isInside(bias)))
      return fail("the matrix or the bias of the score is computed for each query; move it out");
    if (!isSame(projection.getX(), features))
      return fail("the features that are scored are not those that are summed");
    return success();
  }

  void matchAddedBias(Value linear, Value added) {
    auto broadcast = definedBy<linalg::BroadcastOp>(added);
    auto product = definedBy<LinearOp>(linear);
    if (!product || product.getB() || !broadcast ||
        broadcast.getDimensions() != ArrayRef<int64_t>{0} ||
        tensorType(broadcast.getInput()).getRank() != 1)
      return;
    projection = product;
    bias = broadcast.getInput();
  }

  /// The query as one row, and contexts from outside the map, in any order.
  LogicalResult matchFeatures() {
    SmallVector<Value> parts{features};
    if (auto concat = features.getDefiningOp<tensor::ConcatOp>()) {
      if (concat.getDim() != 0)
        return fail("the features are concatenated along their columns, not their rows");
      parts.assign(concat.getInputs().begin(), concat.getInputs().end());
    }
    bool hasQuery = false;
    for (Value part : parts) {
      if (isQueryRow(part)) {
        if (hasQuery)
          return fail("the query occurs twice among the features");
        hasQuery = true;
      } else if (isInside(part)) {
        return fail("a context is computed for each query, by " + describe(part) + "; move it out");
      } else {
        contexts.push_back(part);
      }
    }
    if (!hasQuery)
      return fail("the query is not among the features");
    return success();
  }

  bool isQueryRow(Value value) {
    auto expand = definedBy<tensor::ExpandShapeOp>(value);
    return expand && isSame(expand.getSrc(), map.getBody().getArgument(0)) &&
           expand.getResultType().getRank() == 2 && expand.getResultType().getDimSize(0) == 1;
  }

  Value makeZeroBias(OpBuilder &builder) {
    auto type =
        RankedTensorType::get({tensorType(projection.getW()).getDimSize(0)}, builder.getF32Type());
    return arith::ConstantOp::create(builder, map.getLoc(), DenseElementsAttr::get(type, 0.0f));
  }

  MapOp map;
  std::string reason;

  Value weights;
  Value features;
  Value score;
  /// u
  Value direction;
  Value projected;
  LinearOp projection;
  Value bias;
  SmallVector<Value> contexts;
};

struct FuseAttentionPoolPattern : OpRewritePattern<MapOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MapOp map, PatternRewriter &rewriter) const override {
    if (!isCandidate(map))
      return rewriter.notifyMatchFailure(map, "no exponential and weighted sum in the body");
    AttentionPooling pooling(map);
    if (failed(pooling.match()))
      return reportNearMiss(rewriter, map, passName, pooling.getReason());

    Value result = pooling.build(rewriter).getResult();
    reportFusion(map, passName,
                 "the map is attention pooling over the query and " +
                     std::to_string(pooling.getNumContexts()) +
                     (pooling.getNumContexts() == 1 ? " context" : " contexts"));
    if (result.getType() != map.getResult(0).getType())
      result = tensor::CastOp::create(rewriter, map.getLoc(), map.getResult(0).getType(), result);
    rewriter.replaceOp(map, result);
    return success();
  }

private:
  /// A softmax of some kind and a sum over rows: the user probably meant attention.
  static bool isCandidate(MapOp map) {
    bool hasExp = false, hasSum = false;
    for (Operation &op : map.getBody().front()) {
      hasExp |= isa<math::ExpOp>(op);
      hasSum |= isa<linalg::VecmatOp, linalg::ReduceOp>(op);
    }
    return hasExp && hasSum;
  }
};

struct FuseAttentionPool : impl::FuseAttentionPoolBase<FuseAttentionPool> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateFuseAttentionPoolPatterns(patterns);
    applyPatternsOnce(getOperation(), std::move(patterns));
  }
};

} // namespace

void populateFuseAttentionPoolPatterns(RewritePatternSet &patterns) {
  patterns.add<FuseAttentionPoolPattern>(patterns.getContext());
}

} // namespace trimod
