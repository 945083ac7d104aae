//===- ShapeRefiner.cpp - types of shapes, and the steps of the walk -------===//

#include "passes/ShapeRefiner.h"
#include "dialect/Shapes.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace trimod;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

FailureOr<Type> trimod::mergeTypes(Type a, Type b) {
  if (a == b)
    return a;
  auto raggedA = dyn_cast<RaggedType>(a), raggedB = dyn_cast<RaggedType>(b);
  if (raggedA && raggedB) {
    FailureOr<Type> item = mergeTypes(raggedA.getItem(), raggedB.getItem());
    if (failed(item) || !hasOwnLength(*item))
      return failure();
    return Type(RaggedType::get(*item));
  }
  auto tensorA = dyn_cast<RankedTensorType>(a), tensorB = dyn_cast<RankedTensorType>(b);
  if (!tensorA || !tensorB || tensorA.getRank() != tensorB.getRank() ||
      tensorA.getElementType() != tensorB.getElementType())
    return failure();
  SmallVector<int64_t> shape(tensorA.getShape());
  for (auto [size, other] : llvm::zip(shape, tensorB.getShape())) {
    if (sizesDiffer(size, other))
      return failure();
    if (ShapedType::isDynamic(size))
      size = other;
  }
  return Type(RankedTensorType::get(shape, tensorA.getElementType(), tensorA.getEncoding()));
}

Type trimod::joinTypes(Type a, Type b) {
  if (a == b)
    return a;
  if (auto ragged = dyn_cast<RaggedType>(a))
    return RaggedType::get(joinTypes(ragged.getItem(), cast<RaggedType>(b).getItem()));
  auto tensorA = cast<RankedTensorType>(a), tensorB = cast<RankedTensorType>(b);
  SmallVector<int64_t> shape(tensorA.getShape());
  for (auto [size, other] : llvm::zip(shape, tensorB.getShape()))
    if (size != other)
      size = ShapedType::kDynamic;
  return RankedTensorType::get(shape, tensorA.getElementType(), tensorA.getEncoding());
}

Value trimod::castTo(OpBuilder &builder, Location loc, Value value, Type type) {
  if (value.getType() == type)
    return value;
  auto ragged = dyn_cast<RaggedType>(type);
  if (!ragged)
    return tensor::CastOp::create(builder, loc, type, value);
  auto parts = UnpackOp::create(
      builder, loc,
      TypeRange{cast<RaggedType>(value.getType()).getItem(), getOffsetsType(builder.getContext())},
      value);
  Value values = castTo(builder, loc, parts.getValues(), ragged.getItem());
  return PackOp::create(builder, loc, ragged, values, parts.getOffsets());
}

//===----------------------------------------------------------------------===//
// The walk's steps
//===----------------------------------------------------------------------===//

bool ShapeRefiner::adapts(Operation *op) {
  if (isa<tensor::CastOp, tensor::ConcatOp, tensor::DimOp, tensor::ExtractOp,
          tensor::ExtractSliceOp, tensor::InsertSliceOp, tensor::ExpandShapeOp,
          tensor::CollapseShapeOp, tensor::PadOp, ScanOp, MapOp, YieldOp, PackOp, UnpackOp>(op))
    return true;
  if (auto structured = dyn_cast<linalg::LinalgOp>(op))
    return structured.hasPureTensorSemantics();
  return op->hasTrait<OpTrait::Elementwise>() ||
         (isa<InferTypeOpInterface>(op) && op->getNumRegions() == 0);
}

void ShapeRefiner::setType(Value value, Type type) {
  Type old = value.getType();
  if (old == type)
    return;
  changed = true;
  value.setType(type);
  rewriter.setInsertionPointAfterValue(value);
  Value asBefore;
  for (OpOperand &use : llvm::make_early_inc_range(value.getUses())) {
    if (adapts(use.getOwner()))
      continue;
    if (!asBefore)
      asBefore = castTo(rewriter, value.getLoc(), value, old);
    if (use.getOwner() != asBefore.getDefiningOp())
      use.set(asBefore);
  }
}

void ShapeRefiner::replace(Operation *op, Value by) {
  Value old = op->getResult(0);
  Type refined = by.getType();
  changed = true;
  if (refined == old.getType()) {
    rewriter.replaceOp(op, by);
    return;
  }
  rewriter.setInsertionPoint(op);
  Value asBefore;
  for (OpOperand &use : llvm::make_early_inc_range(old.getUses())) {
    if (!asBefore && !adapts(use.getOwner()))
      asBefore = castTo(rewriter, op->getLoc(), by, old.getType());
    use.set(adapts(use.getOwner()) ? by : asBefore);
  }
  rewriter.eraseOp(op);
}

// Casts of operands are no change: what they say reaches the results in the same walk, and one
// that says less (an initial value that a scan may not assume) comes and goes with each walk.
void ShapeRefiner::castOperand(OpOperand &operand, Type type) {
  if (operand.get().getType() == type)
    return;
  rewriter.setInsertionPoint(operand.getOwner());
  operand.set(castTo(rewriter, operand.getOwner()->getLoc(), operand.get(), type));
}

LogicalResult ShapeRefiner::refineOp(Operation *op) {
  // Sizes that became constants: first, so that the rules see them.
  rewriter.setInsertionPoint(op);
  SmallVector<Value> folded;
  if (op->getNumRegions() == 0 && op->getNumResults() > 0 && !isa<tensor::CastOp>(op) &&
      succeeded(rewriter.tryFold(op, folded)) && folded.size() == op->getNumResults()) {
    changed = true;
    rewriter.replaceOp(op, folded);
    return success();
  }
  return applyRule(op);
}

LogicalResult ShapeRefiner::applyRule(Operation *op) {
  auto refineRegions = [&] {
    for (Region &region : op->getRegions())
      if (failed(refine(region)))
        return failure();
    return success();
  };
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](ScanOp scan) { return refineScan(scan); })
      .Case([&](MapOp map) { return refineMap(map); })
      .Case([&](PackOp pack) { return refinePack(pack); })
      .Case([&](UnpackOp unpack) { return refineUnpack(unpack); })
      .Case([&](tensor::CastOp cast) { return refineCast(cast); })
      .Case([&](tensor::ConcatOp concat) { return refineConcat(concat); })
      .Case([&](tensor::ExtractSliceOp slice) { return refineExtractSlice(slice); })
      .Case([&](tensor::InsertSliceOp slice) { return refineInsertSlice(slice); })
      .Case([&](tensor::ExpandShapeOp expand) { return refineExpandShape(expand); })
      .Case([&](tensor::CollapseShapeOp collapse) { return refineCollapseShape(collapse); })
      .Case([&](tensor::PadOp pad) { return refinePad(pad); })
      .Case([&](tensor::EmptyOp empty) { return refineEmpty(empty); })
      .Case([&](tensor::SplatOp splat) { return refineSplat(splat); })
      .Case([&](linalg::LinalgOp structured) { return refineLinalg(structured); })
      .Default([&](Operation *other) -> LogicalResult {
        if (other->hasTrait<OpTrait::Elementwise>())
          return refineElementwise(other);
        auto inferred = dyn_cast<InferTypeOpInterface>(other);
        if (inferred && other->getNumRegions() == 0)
          return refineInferred(inferred);
        return refineRegions();
      });
}
