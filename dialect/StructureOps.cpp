//===- StructureOps.cpp - parameters, ragged values, map and scan ----------===//

#include "dialect/Shapes.h"
#include "dialect/TriMod.h"

using namespace mlir;
using namespace trimod;

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

LogicalResult GetParameterOp::verifySymbolUses(SymbolTableCollection &tables) {
  auto parameter = tables.lookupNearestSymbolFrom<ParameterOp>(*this, getNameAttr());
  if (!parameter)
    return emitOpError() << "no parameter @" << getName() << " in scope";
  if (parameter.getType() == getValue().getType())
    return success();
  InFlightDiagnostic diagnostic = emitOpError()
                                  << "type of @" << getName() << ": expected "
                                  << parameter.getType() << ", got " << getValue().getType();
  diagnostic.attachNote(parameter.getLoc()) << "declared here";
  return diagnostic;
}

//===----------------------------------------------------------------------===//
// Ragged values
//===----------------------------------------------------------------------===//

OpFoldResult PackOp::fold(FoldAdaptor) {
  auto unpack = getValues().getDefiningOp<UnpackOp>();
  if (unpack && unpack.getValues() == getValues() && unpack.getOffsets() == getOffsets())
    return unpack.getRagged();
  return {};
}

LogicalResult UnpackOp::fold(FoldAdaptor, SmallVectorImpl<OpFoldResult> &results) {
  auto pack = getRagged().getDefiningOp<PackOp>();
  if (!pack || pack.getOffsets().getType() != getOffsets().getType())
    return failure();
  results.push_back(pack.getValues());
  results.push_back(pack.getOffsets());
  return success();
}

//===----------------------------------------------------------------------===//
// Map and scan
//===----------------------------------------------------------------------===//

Type MapOp::itemType(Type input) {
  if (auto ragged = dyn_cast<RaggedType>(input))
    return ragged.getItem();
  auto tensor = cast<RankedTensorType>(input);
  if (tensor.getRank() == 0)
    return {};
  return RankedTensorType::get(tensor.getShape().drop_front(), tensor.getElementType());
}

Type MapOp::collectedType(Type item, int64_t rows) {
  if (hasOwnLength(item))
    return RaggedType::get(item);
  auto tensor = cast<RankedTensorType>(item);
  SmallVector<int64_t> shape{rows};
  llvm::append_range(shape, tensor.getShape());
  return RankedTensorType::get(shape, tensor.getElementType());
}

SmallVector<Region *> MapOp::getLoopRegions() { return {&getBody()}; }
SmallVector<Region *> ScanOp::getLoopRegions() { return {&getBody()}; }

YieldOp MapOp::getYield() { return cast<YieldOp>(getBody().front().getTerminator()); }
YieldOp ScanOp::getYield() { return cast<YieldOp>(getBody().front().getTerminator()); }

/// The types of the rows (or items) of `inputs`, which must agree in length.
static FailureOr<SmallVector<Type>> verifyInputs(Operation *op, ValueRange inputs) {
  if (inputs.empty())
    return op->emitOpError("expected at least one input, got none"), failure();
  SmallVector<Type> items;
  int64_t length = ShapedType::kDynamic;
  for (Value input : inputs) {
    Type item = MapOp::itemType(input.getType());
    if (!item)
      return op->emitOpError() << "input: expected a value with rows, got " << input.getType(),
             failure();
    items.push_back(item);
    auto tensor = dyn_cast<RankedTensorType>(input.getType());
    if (!tensor || tensor.isDynamicDim(0))
      continue;
    if (sizesDiffer(tensor.getDimSize(0), length))
      return op->emitOpError() << "inputs differ in length: expected " << length << ", got "
                               << tensor.getDimSize(0),
             failure();
    length = tensor.getDimSize(0);
  }
  return items;
}

static LogicalResult verifyBody(Operation *op, Block &body, YieldOp yield,
                                ArrayRef<Type> arguments) {
  if (body.getNumArguments() != arguments.size())
    return op->emitOpError() << "body arguments: expected " << arguments.size() << ", got "
                             << body.getNumArguments();
  for (auto [index, argument, type] : llvm::enumerate(body.getArguments(), arguments))
    if (argument.getType() != type)
      return op->emitOpError() << "body argument #" << index << ": expected " << type << ", got "
                               << argument.getType();
  if (yield.getNumOperands() != op->getNumResults())
    return op->emitOpError() << "yielded values: expected " << op->getNumResults() << ", got "
                             << yield.getNumOperands();
  return success();
}

LogicalResult MapOp::verifyRegions() {
  FailureOr<SmallVector<Type>> arguments = verifyInputs(*this, getInputs());
  if (failed(arguments) || failed(verifyBody(*this, getBody().front(), getYield(), *arguments)))
    return failure();
  for (auto [index, yielded, result] : llvm::enumerate(getYield().getValues(), getResultTypes())) {
    if (!isa<RankedTensorType, RaggedType>(yielded.getType()))
      return emitOpError() << "result #" << index << ": expected a tensor or a ragged value, got "
                           << yielded.getType();
    int64_t rows = ShapedType::kDynamic;
    if (auto tensor = dyn_cast<RankedTensorType>(result); tensor && tensor.getRank() > 0)
      rows = tensor.getDimSize(0);
    Type expected = collectedType(yielded.getType(), rows);
    if (expected != result)
      return emitOpError() << "result #" << index << ": yields " << yielded.getType()
                           << ", expected " << expected << ", got " << result;
  }
  return success();
}

LogicalResult ScanOp::verifyRegions() {
  FailureOr<SmallVector<Type>> arguments = verifyInputs(*this, getInputs());
  if (failed(arguments))
    return failure();
  llvm::append_range(*arguments, getInitial().getTypes());
  if (failed(verifyBody(*this, getBody().front(), getYield(), *arguments)))
    return failure();
  for (auto [index, initial, final] : llvm::enumerate(getInitial(), getFinals())) {
    Type yielded = getYield().getOperand(index).getType();
    if (initial.getType() != final.getType() || yielded != final.getType())
      return emitOpError() << "carried value #" << index << ": expected one type, got initial "
                           << initial.getType() << ", yielded " << yielded << ", final "
                           << final.getType();
  }
  for (auto [index, stacked] : llvm::enumerate(getStacked())) {
    Type yielded = getYield().getOperand(getInitial().size() + index).getType();
    auto tensor = dyn_cast<RankedTensorType>(stacked.getType());
    if (!tensor || MapOp::itemType(tensor) != yielded)
      return emitOpError() << "stacked output #" << index << ": expected rows of type " << yielded
                           << ", got " << stacked.getType();
  }
  return success();
}
