//===- RefineShapes.cpp - sizes of parameters become sizes of everything ---===//
//
// The pass, the walk, and the two ops with bodies: scan and map.
//
//===----------------------------------------------------------------------===//

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Passes.h"
#include "passes/ShapeRefiner.h"

using namespace mlir;
using namespace trimod;

namespace trimod {
#define GEN_PASS_DEF_REFINESHAPES
#include "passes/Passes.h.inc"
} // namespace trimod

LogicalResult ShapeRefiner::refine(Region &region) {
  for (Block &block : region)
    for (Operation &op : llvm::make_early_inc_range(block))
      if (failed(refineOp(&op)))
        return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Scan
//===----------------------------------------------------------------------===//

/// What the body sees of the rows of each input.
static SmallVector<Type> itemTypes(ValueRange inputs) {
  return llvm::map_to_vector(inputs, [](Value v) { return MapOp::itemType(v.getType()); });
}

/// Number of rows, from whichever value says it.
static int64_t knownRows(ValueRange values) {
  for (Value value : values)
    if (auto tensor = dyn_cast<RankedTensorType>(value.getType()))
      if (tensor.getRank() > 0 && !tensor.isDynamicDim(0))
        return tensor.getDimSize(0);
  return ShapedType::kDynamic;
}

/// What `rows` rows of type `row` are as one tensor.
static Type stackedType(Type row, int64_t rows) {
  auto tensor = cast<RankedTensorType>(row);
  SmallVector<int64_t> shape{rows};
  llvm::append_range(shape, tensor.getShape());
  return tensor.clone(shape);
}

/// Refines the body of `scan` under the assumption that the carried values have the
/// types `carried`, and returns the types that they have after one step.
FailureOr<SmallVector<Type>> ShapeRefiner::tryScanBody(ScanOp scan, ArrayRef<Type> items,
                                                       ArrayRef<Type> carried) {
  Block &body = scan.getBody().front();
  for (auto [i, type] : llvm::enumerate(llvm::concat<const Type>(items, carried)))
    setType(body.getArgument(i), type);
  if (failed(refine(scan.getBody())))
    return failure();
  ValueRange yielded = scan.getYield().getValues().take_front(carried.size());
  return SmallVector<Type>(yielded.getTypes());
}

/// Makes types around the body of `refined` agree with it and puts it in the place of
/// `original`.
void ShapeRefiner::adoptScan(ScanOp original, ScanOp refined, ArrayRef<Type> carried) {
  YieldOp yield = refined.getYield();
  unsigned inputs = refined.getInputs().size();
  int64_t rows = knownRows(refined.getInputs());
  SmallVector<Type> results(carried);
  for (auto [i, type] : llvm::enumerate(carried)) {
    castOperand(refined->getOpOperand(inputs + i), type);
    castOperand(yield->getOpOperand(i), type);
  }
  for (auto [old, row] :
       llvm::zip(original.getStacked(), yield.getValues().drop_front(carried.size()))) {
    int64_t length = cast<RankedTensorType>(old.getType()).getDimSize(0);
    results.push_back(stackedType(row.getType(), ShapedType::isDynamic(length) ? rows : length));
  }
  for (auto [old, fresh, type] : llvm::zip(original.getResults(), refined.getResults(), results)) {
    fresh.setType(old.getType());
    old.replaceAllUsesWith(fresh);
    setType(fresh, type);
  }
  original.erase();
}

LogicalResult ShapeRefiner::refineScan(ScanOp scan) {
  SmallVector<Type> items = itemTypes(scan.getInputs());
  SmallVector<Type> carried(scan.getInitial().getTypes());

  // A carried value may change its size from step to step. So the sizes of the
  // initial value are an assumption, and a step that does not keep them refutes it.
  // Bodies are refined in place, hence the clone to be thrown away.
  while (true) {
    rewriter.setInsertionPoint(scan);
    auto trial = cast<ScanOp>(rewriter.clone(*scan));
    bool changedBefore = changed;
    FailureOr<SmallVector<Type>> next = tryScanBody(trial, items, carried);
    if (failed(next))
      return failure();
    SmallVector<Type> kept;
    for (auto [before, after] : llvm::zip(carried, *next)) {
      FailureOr<Type> both = mergeTypes(before, after);
      bool saysMore = succeeded(both) && *both == after;
      kept.push_back(saysMore ? before : joinTypes(before, after));
    }
    if (kept == carried) {
      adoptScan(scan, trial, carried);
      return success();
    }
    trial.erase();
    changed = changedBefore;
    carried = kept;
  }
}

//===----------------------------------------------------------------------===//
// Map
//===----------------------------------------------------------------------===//

/// `type` as a value of its own length must be: with a dynamic leading dimension.
static Type withOwnLength(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return type;
  SmallVector<int64_t> shape(tensor.getShape());
  shape.front() = ShapedType::kDynamic;
  return RankedTensorType::get(shape, tensor.getElementType());
}

LogicalResult ShapeRefiner::refineMap(MapOp map) {
  Block &body = map.getBody().front();
  for (auto [argument, type] : llvm::zip(body.getArguments(), itemTypes(map.getInputs())))
    setType(argument, type);
  if (failed(refine(map.getBody())))
    return failure();

  YieldOp yield = map.getYield();
  int64_t rows = knownRows(map.getInputs());
  for (OpResult result : map.getResults()) {
    OpOperand &yielded = yield->getOpOperand(result.getResultNumber());
    // Items of one known length still are a ragged value: that is what users take.
    if (isa<RaggedType>(result.getType())) {
      castOperand(yielded, withOwnLength(yielded.get().getType()));
      setType(result, RaggedType::get(yielded.get().getType()));
      continue;
    }
    int64_t length = cast<RankedTensorType>(result.getType()).getDimSize(0);
    setType(result, MapOp::collectedType(yielded.get().getType(),
                                         ShapedType::isDynamic(length) ? rows : length));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

namespace {
struct RefineShapes : trimod::impl::RefineShapesBase<RefineShapes> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    ShapeRefiner refiner(&getContext());
    do {
      if (failed(refiner.refine(function.getBody())))
        return signalPassFailure();
    } while (refiner.takeChanged());
    removeLeftovers(function);
  }

  /// Folded index arithmetic leaves dead ops and repeated constants behind: a greedy
  /// run without patterns removes them.
  void removeLeftovers(func::FuncOp function) {
    GreedyRewriteConfig config;
    config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
    (void)applyPatternsGreedily(function, FrozenRewritePatternSet(), config);
  }
};
} // namespace
