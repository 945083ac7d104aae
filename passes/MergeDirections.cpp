//===- MergeDirections.cpp - two recurrences over one sequence are one ----===//

#include "dialect/Recurrence.h"
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

//===----------------------------------------------------------------------===//
// What the results were used for
//===----------------------------------------------------------------------===//

/// The concatenations that take `value`, directly or through casts.
void findConcats(Value value, llvm::SetVector<tensor::ConcatOp> &concats) {
  for (Operation *user : value.getUsers()) {
    if (auto concat = dyn_cast<tensor::ConcatOp>(user))
      concats.insert(concat);
    else if (auto cast = dyn_cast<tensor::CastOp>(user))
      findConcats(cast, concats);
  }
}

void replaceInConcat(tensor::ConcatOp concat, Value first, Value second, Value merged,
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
void replaceBySlice(Value half, Value merged, int64_t index, PatternRewriter &rewriter) {
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

/// Replaces the two halves of `merged`: where they are concatenated, by all of it.
void replaceHalves(Value first, Value second, Value merged, PatternRewriter &rewriter) {
  llvm::SetVector<tensor::ConcatOp> concats;
  findConcats(first, concats);
  for (tensor::ConcatOp concat : concats)
    replaceInConcat(concat, first, second, merged, rewriter);
  rewriter.setInsertionPointAfter(merged.getDefiningOp());
  replaceBySlice(first, merged, 0, rewriter);
  replaceBySlice(second, merged, 1, rewriter);
}

//===----------------------------------------------------------------------===//
// The pattern and the pass
//===----------------------------------------------------------------------===//

SmallVector<Value> concatRanges(ValueRange first, ValueRange second) {
  SmallVector<Value> both(first);
  llvm::append_range(both, second);
  return both;
}

std::string differ(const Twine &what, const Twine &one, const Twine &other) {
  return (what + " is " + one + " in one direction and " + other + " in the other").str();
}

/// Why the forms of the two cells are not one; empty if they are.
std::string findFormObstacle(GruOp layer, GruOp partner) {
  auto nameForm = [](GruOp op) { return op.getLinearBeforeReset() ? "true" : "false"; };
  return partner.getLinearBeforeReset() == layer.getLinearBeforeReset()
             ? std::string()
             : differ("linear_before_reset", nameForm(layer), nameForm(partner));
}
std::string findFormObstacle(LstmOp, LstmOp) { return {}; }

template <typename Cell>
struct MergeDirectionsPattern : OpRewritePattern<typename Cell::Layer> {
  using Layer = typename Cell::Layer;
  using OpRewritePattern<Layer>::OpRewritePattern;

  /// Looks for a partner behind `layer` only, so that each pair is looked at once.
  LogicalResult matchAndRewrite(Layer layer, PatternRewriter &rewriter) const override {
    if (layer.getDirection() == Direction::Bidirectional)
      return rewriter.notifyMatchFailure(layer, "already bidirectional");
    std::string reason;
    for (Layer partner : findPartners(layer)) {
      std::string obstacle = findObstacle(layer, partner);
      if (obstacle.empty() && failed(moveOperationDependencies(rewriter, partner, layer)))
        obstacle = "the second direction is computed from the first";
      if (obstacle.empty()) {
        merge(layer, partner, rewriter);
        return success();
      }
      if (reason.empty())
        reason = obstacle;
    }
    if (reason.empty() && isConcatenatedOverOtherSequence(layer))
      reason =
          ("the " + Cell::name + " that this one is concatenated with runs over another sequence")
              .str();
    if (reason.empty())
      return rewriter.notifyMatchFailure(layer, "none in the other direction over this sequence");
    return reportNearMiss(rewriter, layer, passName, reason);
  }

private:
  static bool areOpposite(Layer a, Layer b) {
    return a.getDirection() != b.getDirection() && a.getDirection() != Direction::Bidirectional &&
           b.getDirection() != Direction::Bidirectional;
  }

  /// Layers in the other direction whose results are concatenated with those of `layer`.
  static llvm::SmallPtrSet<Operation *, 2> findConcatenated(Layer layer) {
    llvm::SetVector<tensor::ConcatOp> concats;
    for (Value result : layer->getResults())
      findConcats(result, concats);
    llvm::SmallPtrSet<Operation *, 2> found;
    for (tensor::ConcatOp concat : concats)
      for (Value input : concat.getInputs())
        if (auto other = definedBy<Layer>(input); other && areOpposite(layer, other))
          found.insert(other);
    return found;
  }

  /// Layers over the same sequence in the other direction; first those whose results are
  /// concatenated with this one's, then in their order in the block.
  static SmallVector<Layer> findPartners(Layer layer) {
    SmallVector<Layer> partners;
    for (Operation *user : layer.getX().getUsers())
      if (auto other = dyn_cast<Layer>(user);
          other && other.getX() == layer.getX() && areOpposite(layer, other) &&
          other->getBlock() == layer->getBlock() && layer->isBeforeInBlock(other))
        partners.push_back(other);
    auto concatenated = findConcatenated(layer);
    llvm::sort(partners, [&](Layer a, Layer b) {
      bool aFirst = concatenated.contains(a), bFirst = concatenated.contains(b);
      return aFirst != bFirst ? aFirst : a->isBeforeInBlock(b);
    });
    return partners;
  }

  static bool isConcatenatedOverOtherSequence(Layer layer) {
    return llvm::any_of(findConcatenated(layer), [&](Operation *op) {
      return cast<Layer>(op).getX() != layer.getX() && op->getBlock() == layer->getBlock() &&
             layer->isBeforeInBlock(op);
    });
  }

  /// Why the two are not one bidirectional layer; empty if they are.
  static std::string findObstacle(Layer layer, Layer partner) {
    if (partner.getOffsets() != layer.getOffsets())
      return "the two directions have different offsets";
    if (partner.getHiddenSize() != layer.getHiddenSize())
      return differ("the hidden size", Twine(layer.getHiddenSize()),
                    Twine(partner.getHiddenSize()));
    if (std::string form = findFormObstacle(layer, partner); !form.empty())
      return form;
    if (partner.getInit().size() != layer.getInit().size())
      return "only one direction has an initial state; give the other one zeros";
    return {};
  }

  static void merge(Layer layer, Layer partner, PatternRewriter &rewriter) {
    bool isForward = layer.getDirection() == Direction::Forward;
    Layer forward = isForward ? layer : partner;
    Layer reverse = isForward ? partner : layer;
    rewriter.setInsertionPoint(layer);
    auto merged = createRecurrence<Layer>(
        rewriter, layer, layer.getX(), concatRanges(forward.getWIh(), reverse.getWIh()),
        concatRanges(forward.getWHh(), reverse.getWHh()),
        concatRanges(forward.getBIh(), reverse.getBIh()),
        concatRanges(forward.getBHh(), reverse.getBHh()),
        concatRanges(forward.getInit(), reverse.getInit()), layer.getOffsets(),
        DirectionAttr::get(rewriter.getContext(), Direction::Bidirectional));
    merged->setLoc(rewriter.getFusedLoc({forward.getLoc(), reverse.getLoc()}));
    reportFusion(layer, passName,
                 ("two directions over one sequence are one bidirectional " + Cell::name).str());
    for (auto [first, second, both] :
         llvm::zip_equal(forward->getResults(), reverse->getResults(), merged->getResults()))
      replaceHalves(first, second, both, rewriter);
    rewriter.eraseOp(forward);
    rewriter.eraseOp(reverse);
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
  patterns.add<MergeDirectionsPattern<GruCell>, MergeDirectionsPattern<LstmCell>>(
      patterns.getContext());
}

} // namespace trimod
