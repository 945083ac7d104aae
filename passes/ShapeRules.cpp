//===- ShapeRules.cpp - how each op's sizes follow from its operands -------===//

#include "dialect/Shapes.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "passes/ShapeRefiner.h"

using namespace mlir;
using namespace trimod;

/// Reports that `type`, seen at `what`, contradicts `expected`.
static LogicalResult contradiction(Operation *op, const Twine &what, Type expected, Type type) {
  return op->emitOpError() << "sizes contradict each other: " << what << " has type " << type
                           << ", but the other operands imply " << expected;
}

//===----------------------------------------------------------------------===//
// Casts, elementwise ops, ops that infer their types
//===----------------------------------------------------------------------===//

LogicalResult ShapeRefiner::refineCast(tensor::CastOp op) {
  Value source = op.getSource();
  FailureOr<Type> merged = mergeTypes(source.getType(), op.getType());
  if (failed(merged)) {
    // tensor.cast may change rank or encoding only through unranked types.
    if (!isa<RankedTensorType>(source.getType()) || !isa<RankedTensorType>(op.getType()))
      return success();
    return contradiction(op, "the source", op.getType(), source.getType());
  }
  if (*merged == op.getType() && *merged != source.getType())
    return success();
  if (source.getType() == op.getType()) {
    replace(op, source);
    return success();
  }
  // What needs the old type keeps this op: giving it another would only move the cast.
  Value better = source;
  for (OpOperand &use : llvm::make_early_inc_range(op->getUses())) {
    if (!adapts(use.getOwner()))
      continue;
    if (better.getType() != *merged) {
      rewriter.setInsertionPoint(op);
      better = castTo(rewriter, op.getLoc(), source, *merged);
    }
    use.set(better);
  }
  if (op->use_empty())
    rewriter.eraseOp(op);
  return success();
}

LogicalResult ShapeRefiner::refineElementwise(Operation *op) {
  auto shapeOf = [](Type type) -> Type {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor ? tensor.clone(IndexType::get(type.getContext())) : Type();
  };
  // Shapes alone: comparison and selection mix element types.
  Type shape;
  for (auto [i, type] : llvm::enumerate(llvm::concat<const Type>(
           SmallVector<Type>(op->getOperandTypes()), SmallVector<Type>(op->getResultTypes())))) {
    Type mine = shapeOf(type);
    if (!mine)
      continue;
    FailureOr<Type> merged = shape ? mergeTypes(shape, mine) : mine;
    if (failed(merged))
      return contradiction(op, "operand or result #" + Twine(i),
                           cast<RankedTensorType>(shape).clone(getElementTypeOrSelf(type)), type);
    shape = *merged;
  }
  if (!shape)
    return success();
  auto refined = [&](Type type) -> Type {
    return cast<RankedTensorType>(type).clone(cast<RankedTensorType>(shape).getShape());
  };
  for (OpOperand &operand : op->getOpOperands())
    if (isa<RankedTensorType>(operand.get().getType()))
      castOperand(operand, refined(operand.get().getType()));
  for (Value result : op->getResults())
    setType(result, refined(result.getType()));
  return success();
}

LogicalResult ShapeRefiner::refineInferred(InferTypeOpInterface op) {
  SmallVector<Type> inferred;
  if (failed(op.inferReturnTypes(op->getContext(), op->getLoc(), op->getOperands(),
                                 op->getAttrDictionary(), op->getPropertiesStorage(),
                                 op->getRegions(), inferred)))
    return failure();
  for (auto [result, type] : llvm::zip(op->getResults(), inferred)) {
    if (!isa<RankedTensorType, RaggedType>(type))
      continue;
    FailureOr<Type> merged = mergeTypes(result.getType(), type);
    if (failed(merged))
      return contradiction(op, "result #" + Twine(result.getResultNumber()), type,
                           result.getType());
    setType(result, *merged);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// linalg
//===----------------------------------------------------------------------===//

/// Size of each loop as far as an operand states it; fails if two operands disagree.
static FailureOr<SmallVector<int64_t>> staticLoops(linalg::LinalgOp op) {
  SmallVector<int64_t> loops(op.getNumLoops(), ShapedType::kDynamic);
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    if (!type)
      continue;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (auto [dimension, expression] : llvm::enumerate(map.getResults())) {
      auto loop = dyn_cast<AffineDimExpr>(expression);
      int64_t size = type.getDimSize(dimension);
      if (!loop || ShapedType::isDynamic(size))
        continue;
      int64_t &known = loops[loop.getPosition()];
      if (sizesDiffer(known, size))
        return op->emitOpError() << "sizes contradict each other: dimension " << dimension
                                 << " of operand #" << operand.getOperandNumber() << " is " << size
                                 << ", but another operand says " << known;
      known = size;
    }
  }
  return loops;
}

LogicalResult ShapeRefiner::refineLinalg(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics())
    return success();
  FailureOr<SmallVector<int64_t>> loops = staticLoops(op);
  if (failed(loops))
    return failure();
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    if (!type)
      continue;
    SmallVector<int64_t> shape(type.getShape());
    for (auto [size, expression] :
         llvm::zip(shape, op.getMatchingIndexingMap(&operand).getResults()))
      if (auto loop = dyn_cast<AffineDimExpr>(expression); loop && ShapedType::isDynamic(size))
        size = (*loops)[loop.getPosition()];
    castOperand(operand, type.clone(shape));
  }
  for (auto [result, init] : llvm::zip(op->getResults(), op.getDpsInits()))
    setType(result, init.getType());
  if (auto fill = dyn_cast<linalg::FillOp>(op.getOperation()))
    if (Value constant = foldFill(fill))
      replace(fill, constant);
  return success();
}

Value ShapeRefiner::foldFill(linalg::FillOp op) {
  Attribute element;
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type || !type.hasStaticShape() || !matchPattern(op.getInputs()[0], m_Constant(&element)) ||
      cast<TypedAttr>(element).getType() != type.getElementType())
    return {};
  rewriter.setInsertionPoint(op);
  return arith::ConstantOp::create(rewriter, op.getLoc(), SplatElementsAttr::get(type, element));
}

//===----------------------------------------------------------------------===//
// tensor
//===----------------------------------------------------------------------===//

/// Sizes as attributes where they are constants.
static SmallVector<OpFoldResult> foldSizes(ArrayRef<OpFoldResult> sizes) {
  SmallVector<OpFoldResult> folded(sizes);
  (void)foldDynamicIndexList(folded, /*onlyNonNegative=*/true);
  return folded;
}

static SmallVector<int64_t> staticSizes(ArrayRef<OpFoldResult> sizes) {
  return llvm::map_to_vector(sizes, [](OpFoldResult size) {
    return getConstantIntValue(size).value_or(ShapedType::kDynamic);
  });
}

LogicalResult ShapeRefiner::refineConcat(tensor::ConcatOp op) {
  int64_t dimension = op.getDim();
  // Every input tells the sizes of the dimensions that are not concatenated.
  Type common;
  auto withoutLength = [&](Type type) -> Type {
    SmallVector<int64_t> shape(cast<RankedTensorType>(type).getShape());
    shape[dimension] = ShapedType::kDynamic;
    return cast<RankedTensorType>(type).clone(shape);
  };
  auto values = llvm::to_vector(op.getInputs());
  values.push_back(op.getResult());
  for (auto [i, value] : llvm::enumerate(values)) {
    Type mine = withoutLength(value.getType());
    FailureOr<Type> merged = common ? mergeTypes(common, mine) : mine;
    if (failed(merged))
      return contradiction(op, "operand or result #" + Twine(i), common, value.getType());
    common = *merged;
  }
  for (OpOperand &operand : op->getOpOperands())
    castOperand(operand, *mergeTypes(common, operand.get().getType()));
  Type inferred = tensor::ConcatOp::inferResultType(dimension, op->getOperandTypes());
  FailureOr<Type> result = mergeTypes(inferred, op.getType());
  if (failed(result))
    return contradiction(op, "the result", inferred, op.getType());
  setType(op.getResult(), *result);
  return success();
}

LogicalResult ShapeRefiner::refineExtractSlice(tensor::ExtractSliceOp op) {
  SmallVector<OpFoldResult> offsets = foldSizes(op.getMixedOffsets());
  SmallVector<OpFoldResult> sizes = foldSizes(op.getMixedSizes());
  SmallVector<OpFoldResult> strides = foldSizes(op.getMixedStrides());
  llvm::SmallBitVector dropped = op.getDroppedDims();
  SmallVector<int64_t> shape;
  for (auto [dimension, size] : llvm::enumerate(staticSizes(sizes)))
    if (!dropped.test(dimension))
      shape.push_back(size);
  RankedTensorType type = op.getType().clone(shape);
  if (type == op.getType() && offsets == op.getMixedOffsets() && strides == op.getMixedStrides())
    return success();
  rewriter.setInsertionPoint(op);
  replace(op, tensor::ExtractSliceOp::create(rewriter, op.getLoc(), type, op.getSource(), offsets,
                                             sizes, strides));
  return success();
}

LogicalResult ShapeRefiner::refineInsertSlice(tensor::InsertSliceOp op) {
  SmallVector<OpFoldResult> offsets = foldSizes(op.getMixedOffsets());
  SmallVector<OpFoldResult> sizes = foldSizes(op.getMixedSizes());
  SmallVector<OpFoldResult> strides = foldSizes(op.getMixedStrides());
  bool sameDest = op.getDest().getType() == op.getType();
  if (sameDest && offsets == op.getMixedOffsets() && sizes == op.getMixedSizes() &&
      strides == op.getMixedStrides())
    return success();
  llvm::SmallBitVector dropped = op.getDroppedDims();
  SmallVector<int64_t> shape;
  for (auto [dimension, size] : llvm::enumerate(staticSizes(sizes)))
    if (!dropped.test(dimension))
      shape.push_back(size);
  RankedTensorType expected = op.getSourceType().clone(shape);
  if (failed(mergeTypes(expected, op.getSourceType())))
    return contradiction(op, "the source", expected, op.getSourceType());
  rewriter.setInsertionPoint(op);
  Value source = castTo(rewriter, op.getLoc(), op.getSource(), expected);
  replace(op, tensor::InsertSliceOp::create(rewriter, op.getLoc(), source, op.getDest(), offsets,
                                            sizes, strides));
  return success();
}

LogicalResult ShapeRefiner::refineExpandShape(tensor::ExpandShapeOp op) {
  SmallVector<OpFoldResult> sizes = foldSizes(op.getMixedOutputShape());
  SmallVector<int64_t> shape = staticSizes(sizes);
  for (auto [group, source] : llvm::zip(op.getReassociationIndices(), op.getSrcType().getShape())) {
    int64_t product = 1, unknown = 0, open = -1;
    for (int64_t dimension : group) {
      bool isOpen = ShapedType::isDynamic(shape[dimension]);
      unknown += isOpen;
      open = isOpen ? dimension : open;
      product *= isOpen ? 1 : shape[dimension];
    }
    if (ShapedType::isDynamic(source))
      continue;
    if (unknown == 1 && product > 0 && source % product == 0) {
      shape[open] = source / product;
      sizes[open] = rewriter.getIndexAttr(shape[open]);
    } else if (unknown == 0 && product != source) {
      return op->emitOpError() << "sizes contradict each other: " << source
                               << " elements cannot be expanded to " << product;
    }
  }
  RankedTensorType type = op.getResultType().clone(shape);
  if (type == op.getResultType())
    return success();
  rewriter.setInsertionPoint(op);
  replace(op, tensor::ExpandShapeOp::create(rewriter, op.getLoc(), type, op.getSrc(),
                                            op.getReassociationIndices(), sizes));
  return success();
}

LogicalResult ShapeRefiner::refineCollapseShape(tensor::CollapseShapeOp op) {
  SmallVector<int64_t> shape;
  for (ArrayRef<int64_t> group : op.getReassociationIndices()) {
    int64_t product = 1;
    for (int64_t dimension : group)
      product = sizeProduct(product, op.getSrcType().getDimSize(dimension));
    shape.push_back(product);
  }
  Type inferred = op.getResultType().clone(shape);
  FailureOr<Type> merged = mergeTypes(inferred, op.getResultType());
  if (failed(merged))
    return contradiction(op, "the result", inferred, op.getResultType());
  setType(op.getResult(), *merged);
  return success();
}

LogicalResult ShapeRefiner::refinePad(tensor::PadOp op) {
  SmallVector<OpFoldResult> low = foldSizes(op.getMixedLowPad());
  SmallVector<OpFoldResult> high = foldSizes(op.getMixedHighPad());
  Type inferred =
      tensor::PadOp::inferResultType(op.getSourceType(), staticSizes(low), staticSizes(high));
  FailureOr<Type> merged = mergeTypes(inferred, op.getResultType());
  if (failed(merged))
    return contradiction(op, "the result", inferred, op.getResultType());
  if (*merged == op.getResultType())
    return success();
  rewriter.setInsertionPoint(op);
  auto refined = tensor::PadOp::create(rewriter, op.getLoc(), *merged, op.getSource(), low, high,
                                       op.getNofold());
  refined.getRegion().takeBody(op.getRegion());
  replace(op, refined);
  return success();
}

LogicalResult ShapeRefiner::refineEmpty(tensor::EmptyOp op) {
  SmallVector<OpFoldResult> sizes = foldSizes(op.getMixedSizes());
  if (sizes == op.getMixedSizes())
    return success();
  rewriter.setInsertionPoint(op);
  replace(op, tensor::EmptyOp::create(rewriter, op.getLoc(), sizes, op.getType().getElementType()));
  return success();
}

LogicalResult ShapeRefiner::refineSplat(tensor::SplatOp op) {
  SmallVector<OpFoldResult> sizes;
  auto dynamic = op.getDynamicSizes().begin();
  for (int64_t size : op.getType().getShape())
    sizes.push_back(ShapedType::isDynamic(size) ? OpFoldResult(*dynamic++)
                                                : OpFoldResult(rewriter.getIndexAttr(size)));
  SmallVector<OpFoldResult> folded = foldSizes(sizes);
  if (folded == sizes)
    return success();
  rewriter.setInsertionPoint(op);
  replace(op, rewriter.createOrFold<tensor::SplatOp>(op.getLoc(), op.getInput(), folded));
  return success();
}

//===----------------------------------------------------------------------===//
// Ragged values
//===----------------------------------------------------------------------===//

LogicalResult ShapeRefiner::refinePack(PackOp op) {
  Type values = op.getValues().getType();
  Type item = op.getRagged().getType().getItem();
  if (auto tensor = dyn_cast<RankedTensorType>(values)) {
    // An item has a length of its own even if all of them together have a known one.
    SmallVector<int64_t> shape(tensor.getShape());
    shape.front() = ShapedType::kDynamic;
    values = tensor.clone(shape);
  }
  FailureOr<Type> merged = mergeTypes(values, item);
  if (failed(merged))
    return contradiction(op, "the ragged value", values, item);
  castOperand(op.getValuesMutable(), *merged);
  setType(op.getRagged(), RaggedType::get(*merged));
  return success();
}

LogicalResult ShapeRefiner::refineUnpack(UnpackOp op) {
  Type item = cast<RaggedType>(op.getRagged().getType()).getItem();
  FailureOr<Type> merged = mergeTypes(item, op.getValues().getType());
  if (failed(merged))
    return contradiction(op, "the values", item, op.getValues().getType());
  setType(op.getValues(), *merged);
  return success();
}
