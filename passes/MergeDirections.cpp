//===- MergeDirections.cpp - two GRUs over one sequence are one -----------===//

#include "passes/Matchers.h"
#include "passes/Passes.h"
#include "passes/Patterns.h"

#include "mlir/Transforms/RegionUtils.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;

namespace trimod {

#define GEN_PASS_DEF_MERGEDIRECTIONS
#include "passes/Passes.h.inc"

namespace {

constexpr llvm::StringLiteral passName = "trimod-merge-directions";

bool areOpposite(GruOp a, GruOp b) {
  return a.getDirection() != b.getDirection() && a.getDirection() != Direction::Bidirectional &&
         b.getDirection() != Direction::Bidirectional;
}

/// The concatenations that take `value`, directly or through casts.
void findConcats(Value value, llvm::SetVector<tensor::ConcatOp> &concats) {
  for (Operation *user : value.getUsers()) {
    if (auto concat = dyn_cast<tensor::ConcatOp>(user))
      concats.insert(concat);
    else if (auto cast = dyn_cast<tensor::CastOp>(user))
      findConcats(cast, concats);
  }
}

/// GRUs in the other direction whose results are concatenated with those of `gru`.
llvm::SmallPtrSet<Operation *, 2> findConcatenated(GruOp gru) {
  llvm::SetVector<tensor::ConcatOp> concats;
  for (Value result : gru.getResults())
    findConcats(result, concats);
  llvm::SmallPtrSet<Operation *, 2> found;
  for (tensor::ConcatOp concat : concats)
    for (Value input : concat.getInputs())
      if (auto other = definedBy<GruOp>(input); other && areOpposite(gru, other))
        found.insert(other);
  return found;
}

SmallVector<Value> concatRanges(ValueRange first, ValueRange second) {
  SmallVector<Value> both(first);
  llvm::append_range(both, second);
  return both;
}

struct MergeDirectionsPattern : OpRewritePattern<GruOp> {
  using OpRewritePattern::OpRewritePattern;

  /// Looks for a partner behind `gru` only, so that each pair is looked at once.
  LogicalResult matchAndRewrite(GruOp gru, PatternRewriter &rewriter) const override {
    if (gru.getDirection() == Direction::Bidirectional)
      return rewriter.notifyMatchFailure(gru, "already bidirectional");
    std::string reason;
    for (GruOp partner : findPartners(gru)) {
      std::string obstacle = findObstacle(gru, partner);
      if (obstacle.empty() && failed(moveOperationDependencies(rewriter, partner, gru)))
        obstacle = "the second direction is computed from the first";
      if (obstacle.empty()) {
        merge(gru, partner, rewriter);
        return success();
      }
      if (reason.empty())
        reason = obstacle;
    }
    if (reason.empty() && isConcatenatedOverOtherSequence(gru))
      reason = "the GRU that this one is concatenated with runs over another sequence";
    if (reason.empty())
      return rewriter.notifyMatchFailure(gru, "no GRU in the other direction over this sequence");
    return reportNearMiss(rewriter, gru, passName, reason);
  }

private:
  /// GRUs over the same sequence in the other direction; first those whose results are
  /// concatenated with this one's, then in their order in the block.
  static SmallVector<GruOp> findPartners(GruOp gru) {
    SmallVector<GruOp> partners;
    for (Operation *user : gru.getX().getUsers())
      if (auto other = dyn_cast<GruOp>(user);
          other && other.getX() == gru.getX() && areOpposite(gru, other) &&
          other->getBlock() == gru->getBlock() && gru->isBeforeInBlock(other))
        partners.push_back(other);
    auto concatenated = findConcatenated(gru);
    llvm::sort(partners, [&](GruOp a, GruOp b) {
      bool aFirst = concatenated.contains(a), bFirst = concatenated.contains(b);
      return aFirst != bFirst ? aFirst : a->isBeforeInBlock(b);
    });
    return partners;
  }

  static bool isConcatenatedOverOtherSequence(GruOp gru) {
    return llvm::any_of(findConcatenated(gru), [&](Operation *op) {
      return cast<GruOp>(op).getX() != gru.getX() && op->getBlock() == gru->getBlock() &&
             gru->isBeforeInBlock(op);
    });
  }

  /// Why the two are not one bidirectional GRU; empty if they are.
  static std::string findObstacle(GruOp gru, GruOp partner) {
    auto nameForm = [](GruOp op) { return op.getLinearBeforeReset() ? "true" : "false"; };
    auto differ = [](const Twine &what, const Twine &one, const Twine &other) {
      return (what + " is " + one + " in one direction and " + other + " in the other").str();
    };
    if (partner.getOffsets() != gru.getOffsets())
      return "the two directions have different offsets";
    if (partner.getHiddenSize() != gru.getHiddenSize())
      return differ("the hidden size", Twine(gru.getHiddenSize()), Twine(partner.getHiddenSize()));
    if (partner.getLinearBeforeReset() != gru.getLinearBeforeReset())
      return differ("linear_before_reset", nameForm(gru), nameForm(partner));
    if (partner.getInit().size() != gru.getInit().size())
      return "only one direction has an initial state; give the other one zeros";
    return {};
  }

  static void merge(GruOp gru, GruOp partner, PatternRewriter &rewriter) {
    bool gruIsForward = gru.getDirection() == Direction::Forward;
    GruOp forward = gruIsForward ? gru : partner;
    GruOp reverse = gruIsForward ? partner : gru;
    rewriter.setInsertionPoint(gru);
    Location loc = rewriter.getFusedLoc({forward.getLoc(), reverse.getLoc()});
    auto merged =
        GruOp::create(rewriter, loc, gru.getX(), concatRanges(forward.getWIh(), reverse.getWIh()),
                      concatRanges(forward.getWHh(), reverse.getWHh()),
                      concatRanges(forward.getBIh(), reverse.getBIh()),
                      concatRanges(forward.getBHh(), reverse.getBHh()),
                      concatRanges(forward.getInit(), reverse.getInit()), gru.getOffsets(),
                      DirectionAttr::get(rewriter.getContext(), Direction::Bidirectional),
                      gru.getLinearBeforeResetAttr());
    reportFusion(gru, passName, "two directions over one sequence are one bidirectional GRU");
    replaceHalves(forward.getStates(), reverse.getStates(), merged.getStates(), rewriter);
    replaceHalves(forward.getLast(), reverse.getLast(), merged.getLast(), rewriter);
    rewriter.eraseOp(forward);
    rewriter.eraseOp(reverse);
  }

  /// Replaces the two halves of `merged`: where they are concatenated, by all of it.
  static void replaceHalves(Value first, Value second, Value merged, PatternRewriter &rewriter) {
    llvm::SetVector<tensor::ConcatOp> concats;
    findConcats(first, concats);
    for (tensor::ConcatOp concat : concats)
      replaceInConcat(concat, first, second, merged, rewriter);
    rewriter.setInsertionPointAfter(merged.getDefiningOp());
    replaceBySlice(first, merged, 0, rewriter);
    replaceBySlice(second, merged, 1, rewriter);
  }

  static void replaceInConcat(tensor::ConcatOp concat, Value first, Value second, Value merged,
                              PatternRewriter &rewriter) {
    if (static_cast<int64_t>(concat.getDim()) != concat.getResultType().getRank() - 1)
      return;
    SmallVector<Value> inputs;
    for (Value input : concat.getInputs()) {
      if (isSame(input, second) && !inputs.empty() && isSame(inputs.back(), first))
        inputs.back() = merged;
      else
        inputs.push_back(input);
    }
    if (inputs.size() == concat.getInputs().size())
      return;
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(concat);
    Value joined = inputs.front();
    if (inputs.size() > 1)
      joined = tensor::ConcatOp::create(rewriter, concat.getLoc(), concat.getDim(), inputs);
    if (joined.getType() != concat.getType())
      joined = tensor::CastOp::create(rewriter, concat.getLoc(), concat.getType(), joined);
    rewriter.replaceOp(concat, joined);
  }

  /// Replaces what uses of `half` are left by columns [index * H, (index + 1) * H) of `merged`.
  static void replaceBySlice(Value half, Value merged, int64_t index, PatternRewriter &rewriter) {
    for (Operation *user : llvm::make_early_inc_range(half.getUsers()))
      if (isa<tensor::CastOp>(user) && user->use_empty())
        rewriter.eraseOp(user);
    if (half.use_empty())
      return;
    Location loc = merged.getLoc();
    int64_t rank = tensorType(merged).getRank();
    int64_t hidden = tensorType(merged).getDimSize(rank - 1) / 2;
    SmallVector<OpFoldResult> offsets(rank, rewriter.getIndexAttr(0));
    SmallVector<OpFoldResult> strides(rank, rewriter.getIndexAttr(1));
    SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(rewriter, loc, merged);
    offsets.back() = rewriter.getIndexAttr(index * hidden);
    sizes.back() = rewriter.getIndexAttr(hidden);
    Value slice = tensor::ExtractSliceOp::create(rewriter, loc, tensorType(half), merged, offsets,
                                                 sizes, strides);
    rewriter.replaceAllUsesWith(half, slice);
  }
};

struct MergeDirections : impl::MergeDirectionsBase<MergeDirections> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateMergeDirectionsPatterns(patterns);
    applyPatternsOnce(getOperation(), std::move(patterns));
  }
};

} // namespace

void populateMergeDirectionsPatterns(RewritePatternSet &patterns) {
  patterns.add<MergeDirectionsPattern>(patterns.getContext());
}

} // namespace trimod
