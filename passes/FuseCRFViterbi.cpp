//===- FuseCRFViterbi.cpp - recognise Viterbi decoding --------------------===//
//
// With L labels, the end of the sequence is label L: the transitions are
// [transitions | end] and the carried scores start as [start | 0]. A forward scan
// multiplies by the transitions in (max, +) and stacks which label gave each
// maximum; a reverse scan follows these back pointers from the end.
//
//===----------------------------------------------------------------------===//

#include "passes/Matchers.h"
#include "passes/Passes.h"
#include "passes/Patterns.h"

#include <limits>

using namespace mlir;

namespace trimod {

#define GEN_PASS_DEF_FUSECRFVITERBI
#include "passes/Passes.h.inc"

namespace {

constexpr llvm::StringLiteral passName = "trimod-fuse-crf-viterbi";

/// Looks through a cast between i32 and index.
Value skipIndexCasts(Value value) {
  if (auto cast = value.getDefiningOp<arith::IndexCastOp>())
    return cast.getIn();
  if (auto cast = value.getDefiningOp<arith::IndexCastUIOp>())
    return cast.getIn();
  return value;
}

/// A linalg.generic read as best[j] = max_i scores[i] + transitions[i, j] and
/// argument[j] = the lowest i that gives it.
class MaxPlusProduct {
public:
  explicit MaxPlusProduct(linalg::GenericOp generic) : generic(generic) {}

  LogicalResult match() {
    return success(succeeded(matchLoops()) && succeeded(matchInitialValues()) &&
                   succeeded(matchBody()));
  }
  StringRef getReason() const { return reason; }
  Value getScores() { return generic.getInputs()[0]; }
  Value getTransitions() { return generic.getInputs()[1]; }

private:
  LogicalResult fail(const Twine &why) {
    reason = why.str();
    return failure();
  }

  LogicalResult matchLoops() {
    if (generic.getInputs().size() != 2 || generic.getOutputs().size() != 2 ||
        generic.getNumLoops() != 2 || generic.getNumReductionLoops() != 1)
      return fail("the step is not a product of a vector and a matrix that gives a maximum and "
                  "its argument");
    auto iterators = generic.getIteratorTypesArray();
    from = iterators[0] == utils::IteratorType::reduction ? 0 : 1;
    MLIRContext *context = generic.getContext();
    AffineExpr i = getAffineDimExpr(from, context), j = getAffineDimExpr(1 - from, context);
    AffineMap vector = AffineMap::get(2, 0, i), result = AffineMap::get(2, 0, j);
    AffineMap matrix = AffineMap::get(2, 0, {i, j}, context);
    if (generic.getIndexingMapsArray() != SmallVector<AffineMap>{vector, matrix, result, result})
      return fail("the step does not maximise over the label before: transitions are [from, to] "
                  "and the maximum runs over their rows");
    return success();
  }

  LogicalResult matchInitialValues() {
    if (!isSplat(generic.getOutputs()[0], -std::numeric_limits<double>::infinity()))
      return fail("the maximum does not start at minus infinity");
    if (!isIntSplat(generic.getOutputs()[1], 0))
      return fail("the argument of the maximum does not start at label 0");
    return success();
  }

  LogicalResult matchBody() {
    Operation *yield = generic.getRegion().front().getTerminator();
    auto best = yield->getOperand(0).getDefiningOp<arith::SelectOp>();
    auto argument = yield->getOperand(1).getDefiningOp<arith::SelectOp>();
    if (!best || !argument || best.getCondition() != argument.getCondition())
      return fail("the step does not choose its maximum and its argument by one comparison");
    auto compare = best.getCondition().getDefiningOp<arith::CmpFOp>();
    if (!compare)
      return fail("the step does not choose its maximum by arith.cmpf");
    Value sum = best.getTrueValue();
    if (failed(matchComparison(compare, sum)))
      return failure();
    if (!isSumOfScoreAndTransition(sum))
      return fail("the step does not maximise the sum of a score and a transition");
    auto index = skipIndexCasts(argument.getTrueValue()).getDefiningOp<linalg::IndexOp>();
    if (best.getFalseValue() != blockArgument(2) || argument.getFalseValue() != blockArgument(3) ||
        !index || index.getDim() != from)
      return fail("the step does not record the label that gave the maximum");
    return success();
  }

  /// sum > best so far, so that the lowest label wins a tie and NaN never wins.
  LogicalResult matchComparison(arith::CmpFOp compare, Value sum) {
    Value lhs = compare.getLhs(), rhs = compare.getRhs();
    arith::CmpFPredicate expected = arith::CmpFPredicate::OGT;
    if (lhs == blockArgument(2)) {
      std::swap(lhs, rhs);
      expected = arith::CmpFPredicate::OLT;
    }
    if (lhs != sum || rhs != blockArgument(2))
      return fail("the step does not compare each sum with the best so far");
    if (compare.getPredicate() != expected)
      return fail("the step compares by " + arith::stringifyCmpFPredicate(compare.getPredicate()) +
                  ", expected " + arith::stringifyCmpFPredicate(expected) +
                  " (the lowest label wins a tie)");
    return success();
  }

  bool isSumOfScoreAndTransition(Value sum) {
    auto isScore = [&](Value value) { return value == blockArgument(0); };
    return otherOperand<arith::AddFOp>(sum, isScore) == blockArgument(1);
  }

  Value blockArgument(unsigned index) { return generic.getRegion().front().getArgument(index); }

  linalg::GenericOp generic;
  std::string reason;
  /// The loop over the label before.
  unsigned from = 0;
};

/// Two scans, read as Viterbi decoding.
class Viterbi {
public:
  Viterbi(ScanOp forward, ScanOp backward) : forward(forward), backward(backward) {}

  LogicalResult match() {
    return success(succeeded(matchInterface()) && succeeded(matchStep()) &&
                   succeeded(matchTransitions()) && succeeded(matchInitialScores()) &&
                   succeeded(matchFinalScores()) && succeeded(matchBackTrace()));
  }
  StringRef getReason() const { return reason; }
  int64_t getNumLabels() const { return labels; }
  void rewrite(PatternRewriter &rewriter);

private:
  LogicalResult fail(const Twine &why) {
    reason = why.str();
    return failure();
  }

  LogicalResult matchInterface() {
    if (forward.getReverse() || forward.getInputs().size() != 1 ||
        forward.getInitial().size() != 1 || forward.getStacked().size() != 1)
      return fail("the scan that makes the back pointers does not have one input, one carried "
                  "vector of scores and one stack, from first to last");
    if (!backward.getInputs()[0].hasOneUse() || !forward.getStacked()[0].hasOneUse())
      return fail("the back pointers are also used outside the back trace");
    auto emissions = dyn_cast<RankedTensorType>(forward.getInputs()[0].getType());
    auto scores = dyn_cast<RankedTensorType>(forward.getInitial()[0].getType());
    if (!emissions || !scores || emissions.getRank() != 2 || scores.getRank() != 1 ||
        emissions.isDynamicDim(1) || !scores.hasStaticShape())
      return fail("the number of labels is not static; specialise the parameters first");
    if (!emissions.getElementType().isF32() || !scores.getElementType().isF32())
      return fail("emissions and scores are not of f32");
    labels = emissions.getDimSize(1);
    if (scores.getDimSize(0) != labels + 1)
      return fail("the carried vector has " + Twine(scores.getDimSize(0)) + " scores, expected " +
                  Twine(labels + 1) + ": one a label and one for the end");
    return success();
  }

  /// carried, pointers = maxPlus(carried[0 .. labels] + emission, [transitions | end])
  LogicalResult matchStep() {
    Block &body = forward.getBody().front();
    auto results = forward.getYield().getValues();
    auto generic = definedBy<linalg::GenericOp>(results[0]);
    if (!generic || generic->getNumResults() != 2 || !isSame(results[0], generic->getResult(0)) ||
        !isSame(results[1], generic->getResult(1)))
      return fail("the forward step does not yield a maximum and its argument");
    MaxPlusProduct product(generic);
    if (failed(product.match()))
      return fail(product.getReason());
    extendedTransitions = product.getTransitions();
    Value carried = otherOperand<arith::AddFOp>(
        product.getScores(), [&](Value addend) { return isSame(addend, body.getArgument(0)); });
    auto slice = carried ? definedBy<tensor::ExtractSliceOp>(carried) : nullptr;
    if (!slice || !isSame(slice.getSource(), body.getArgument(1)) || !isRange(slice, 0, labels))
      return fail("the forward step does not add the emissions to the carried scores of the "
                  "labels");
    return success();
  }

  /// `slice` is elements [offset, offset + size) of a vector.
  static bool isRange(tensor::ExtractSliceOp slice, int64_t offset, int64_t size) {
    return slice.getSourceType().getRank() == 1 && slice.getStaticOffset(0) == offset &&
           slice.getStaticSize(0) == size && slice.getStaticStride(0) == 1;
  }

  /// [transitions | end]
  LogicalResult matchTransitions() {
    constexpr llvm::StringLiteral why =
        "the transitions are not [transitions | end]: a concatenation along the columns with the "
        "end scores as the last one, computed outside the scan";
    auto concat = definedBy<tensor::ConcatOp>(extendedTransitions);
    if (!concat || forward.getBody().isAncestor(concat->getParentRegion()) ||
        concat.getDim() != 1 || concat.getInputs().size() != 2)
      return fail(why);
    transitions = skipCastsToDynamic(concat.getInputs()[0]);
    auto column = definedBy<tensor::ExpandShapeOp>(concat.getInputs()[1]);
    if (!column || column.getSrcType().getRank() != 1 ||
        tensorType(transitions).getDimSize(1) != labels)
      return fail(why);
    end = skipCastsToDynamic(column.getSrc());
    return success();
  }

  /// [start | 0]
  LogicalResult matchInitialScores() {
    auto concat = definedBy<tensor::ConcatOp>(forward.getInitial()[0]);
    if (!concat || concat.getInputs().size() != 2 || !isSplat(concat.getInputs()[1], 0.0))
      return fail("the initial scores are not [start | 0]");
    start = skipCastsToDynamic(concat.getInputs()[0]);
    if (tensorType(start).getDimSize(0) != labels)
      return fail("the initial scores are not [start | 0]");
    return success();
  }

  /// The only final score that the fused op gives is that of the end.
  LogicalResult matchFinalScores() {
    for (Operation *user : forward.getFinals()[0].getUsers()) {
      auto slice = dyn_cast<tensor::ExtractSliceOp>(user);
      if (slice && isRange(slice, labels, 1) && slice.getType().getRank() == 0)
        continue;
      auto extract = dyn_cast<tensor::ExtractOp>(user);
      if (extract && isConstantIntValue(extract.getIndices()[0], labels))
        continue;
      return fail("the final scores are used, by " + user->getName().getStringRef() +
                  ", for more than the score of the end");
    }
    return success();
  }

  /// label = pointers[label behind], from the end on.
  LogicalResult matchBackTrace() {
    Block &body = backward.getBody().front();
    if (!isIntSplat(backward.getInitial()[0], labels))
      return fail("the back trace does not start at the end, label " + Twine(labels));
    Value label = backward.getYield().getOperand(0);
    auto elements = label.getDefiningOp<tensor::FromElementsOp>();
    auto pointer =
        elements ? elements.getElements()[0].getDefiningOp<tensor::ExtractOp>() : nullptr;
    if (!pointer || !isSame(pointer.getTensor(), body.getArgument(0)) ||
        pointer.getIndices().size() != 1)
      return fail("the back trace does not read a back pointer");
    auto behind = skipIndexCasts(pointer.getIndices()[0]).getDefiningOp<tensor::ExtractOp>();
    if (!behind || behind.getTensor() != body.getArgument(1))
      return fail("the back trace does not follow the pointer of the label behind");
    for (Value value : backward.getYield().getValues())
      if (value != label)
        return fail("the back trace stacks a value other than the label");
    if (!backward.getFinals()[0].use_empty())
      return fail("the first label is used apart from the sequence; take it from the labels");
    return success();
  }

  ScanOp forward;
  ScanOp backward;
  std::string reason;
  int64_t labels = 0;
  Value extendedTransitions;
  Value start;
  Value transitions;
  Value end;
};

void Viterbi::rewrite(PatternRewriter &rewriter) {
  Location loc = forward.getLoc();
  rewriter.setInsertionPoint(forward);
  auto viterbi = CrfViterbiOp::create(rewriter, loc, forward.getInputs()[0], start, transitions,
                                      end, /*offsets=*/Value());
  for (Operation *user : llvm::make_early_inc_range(forward.getFinals()[0].getUsers())) {
    Value score = viterbi.getScore();
    rewriter.setInsertionPoint(user);
    if (isa<tensor::ExtractOp>(user))
      score = tensor::ExtractOp::create(rewriter, user->getLoc(), score, ValueRange());
    rewriter.replaceOp(user, score);
  }
  rewriter.setInsertionPoint(backward);
  for (Value stacked : backward.getStacked()) {
    Value decoded = viterbi.getLabels();
    if (decoded.getType() != stacked.getType())
      decoded = tensor::CastOp::create(rewriter, loc, stacked.getType(), decoded);
    rewriter.replaceAllUsesWith(stacked, decoded);
  }
  Value pointers = backward.getInputs()[0];
  rewriter.eraseOp(backward);
  while (auto cast = pointers.getDefiningOp<tensor::CastOp>()) {
    pointers = cast.getSource();
    rewriter.eraseOp(cast);
  }
  rewriter.eraseOp(forward);
}

/// Anchored at the back trace: it is the rarer of the two scans.
struct FuseCRFViterbiPattern : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ScanOp backward, PatternRewriter &rewriter) const override {
    if (!backward.getReverse() || backward.getInputs().size() != 1 ||
        backward.getInitial().size() != 1)
      return rewriter.notifyMatchFailure(backward, "not a back trace");
    Value pointers = backward.getInputs()[0];
    auto type = dyn_cast<RankedTensorType>(pointers.getType());
    auto forward = definedBy<ScanOp>(pointers);
    if (!forward || !type || type.getRank() != 2 || !type.getElementType().isInteger(32))
      return rewriter.notifyMatchFailure(backward, "not over the back pointers of a scan");
    Viterbi viterbi(forward, backward);
    if (failed(viterbi.match()))
      return reportNearMiss(rewriter, forward, passName, viterbi.getReason());
    reportFusion(forward, passName,
                 "the two scans are Viterbi decoding over " +
                     std::to_string(viterbi.getNumLabels()) + " labels");
    viterbi.rewrite(rewriter);
    return success();
  }
};

struct FuseCRFViterbi : impl::FuseCRFViterbiBase<FuseCRFViterbi> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateFuseCRFViterbiPatterns(patterns);
    applyPatternsOnce(getOperation(), std::move(patterns));
  }
};

} // namespace

void populateFuseCRFViterbiPatterns(RewritePatternSet &patterns) {
  patterns.add<FuseCRFViterbiPattern>(patterns.getContext());
}

} // namespace trimod
