//===- Lifter.cpp - What the values of a map body are for all rows at once ===//

#include "dialect/Lifter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace trimod;

/// Number of rows that the types of a map's inputs agree on, if any says it.
static int64_t findStaticNumRows(ValueRange inputs) {
  for (Value input : inputs)
    if (auto type = dyn_cast<RankedTensorType>(input.getType()))
      if (!type.isDynamicDim(0))
        return type.getDimSize(0);
  return ShapedType::kDynamic;
}

Lifter::Lifter(OpBuilder &builder, MapOp map)
    : builder(builder), inputs(map.getInputs()), staticNumRows(findStaticNumRows(inputs)) {
  for (auto [argument, input] : llvm::zip_equal(map.getBody().getArguments(), inputs)) {
    if (isa<RaggedType>(input.getType())) {
      auto [values, offsets] = unpack(map.getLoc(), input);
      setSegments(argument, values, offsets);
    } else if (hasOwnLength(argument.getType())) {
      auto [values, offsets] = collapseRows(map.getLoc(), input);
      setSegments(argument, values, offsets);
    } else {
      setRows(argument, input);
    }
  }
}

Lifted Lifter::get(Value value) const {
  auto found = lifted.find(value);
  return found == lifted.end() ? Lifted{Lifted::Kind::Uniform, value, {}} : found->second;
}

SmallVector<Value> Lifter::getValues(ValueRange values) const {
  return llvm::map_to_vector(values, [&](Value value) { return get(value).values; });
}

//===----------------------------------------------------------------------===//
// Recording what a value became
//===----------------------------------------------------------------------===//

Value Lifter::castTo(Value value, Type type) {
  if (value.getType() == type)
    return value;
  return tensor::CastOp::create(builder, value.getLoc(), type, value);
}

void Lifter::setUniform(Value value, Value uniform) {
  lifted[value] = {Lifted::Kind::Uniform, uniform, {}};
}

void Lifter::setRows(Value value, Value rows) {
  lifted[value] = {Lifted::Kind::Rows, castTo(rows, getRowsType(value.getType())), {}};
}

void Lifter::setSegments(Value value, Value segments, Value offsets) {
  lifted[value] = {Lifted::Kind::Segments, castTo(segments, value.getType()), offsets};
}

void Lifter::setLike(Value value, Value result, const Lifted &like) {
  if (like.kind == Lifted::Kind::Segments)
    setSegments(value, result, like.offsets);
  else
    setRows(value, result);
}

//===----------------------------------------------------------------------===//
// Sequences
//===----------------------------------------------------------------------===//

bool Lifter::isSequence(Value value) const {
  if (isSegments(value))
    return true;
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return isRows(value) && type && type.getRank() > 0;
}

bool Lifter::haveSameLengths(Value first, Value second) const {
  if (isSegments(first) || isSegments(second))
    return get(first).offsets == get(second).offsets;
  return cast<RankedTensorType>(first.getType()).getDimSize(0) ==
         cast<RankedTensorType>(second.getType()).getDimSize(0);
}

Lifted Lifter::getSequence(Location loc, Value value) {
  Lifted result = get(value);
  if (result.kind == Lifted::Kind::Segments)
    return result;
  auto [values, offsets] = collapseRows(loc, result.values);
  return {Lifted::Kind::Segments, values, offsets};
}

void Lifter::setSequence(Value value, Value segments, Value offsets) {
  if (hasOwnLength(value.getType()))
    return setSegments(value, segments, offsets);
  Location loc = segments.getLoc();
  RankedTensorType type = getRowsType(value.getType());
  SmallVector<ReassociationIndices> groups{{0, 1}};
  SmallVector<OpFoldResult> shape{getNumRows(loc), builder.getIndexAttr(type.getDimSize(1))};
  for (int64_t dim = 2; dim < type.getRank(); ++dim) {
    groups.push_back({dim});
    shape.push_back(tensor::getMixedSize(builder, loc, segments, dim - 1));
  }
  // With a static number of rows the number of items is static too.
  Value items = castTo(segments, tensor::CollapseShapeOp::inferCollapsedType(type, groups));
  setRows(value, tensor::ExpandShapeOp::create(builder, loc, type, items, groups, shape));
}

std::pair<Value, Value> Lifter::collapseRows(Location loc, Value rows) {
  auto type = cast<RankedTensorType>(rows.getType());
  SmallVector<ReassociationIndices> groups{{0, 1}};
  for (int64_t dim = 2; dim < type.getRank(); ++dim)
    groups.push_back({dim});
  Value items = tensor::CollapseShapeOp::create(builder, loc, rows, groups);
  SmallVector<int64_t> shape(cast<RankedTensorType>(items.getType()).getShape());
  shape[0] = ShapedType::kDynamic;
  items = castTo(items, RankedTensorType::get(shape, type.getElementType()));
  if (type.isDynamicDim(1))
    return {items, createFixedOffsets(loc, tensor::getMixedSize(builder, loc, rows, 1))};
  Value &offsets = fixedOffsets[type.getDimSize(1)];
  if (!offsets)
    offsets = createFixedOffsets(loc, builder.getIndexAttr(type.getDimSize(1)));
  return {items, offsets};
}

Value Lifter::createFixedOffsets(Location loc, OpFoldResult length) {
  MLIRContext *context = builder.getContext();
  Value lengthValue = getValueOrCreateConstantIndexOp(builder, loc, length);
  Value one = arith::ConstantIndexOp::create(builder, loc, 1);
  Value rows = getValueOrCreateConstantIndexOp(builder, loc, getNumRows(loc));
  Value size = arith::AddIOp::create(builder, loc, rows, one);
  Type type = getOffsetsType(context);
  Value init = tensor::EmptyOp::create(builder, loc, type, ValueRange{size});
  auto offsets = linalg::GenericOp::create(
      builder, loc, type, ValueRange{}, init, AffineMap::getMultiDimIdentityMap(1, context),
      utils::IteratorType::parallel, [&](OpBuilder &b, Location loc, ValueRange) {
        Value row = linalg::IndexOp::create(b, loc, 0);
        Value offset = arith::MulIOp::create(b, loc, row, lengthValue);
        linalg::YieldOp::create(b, loc, offset);
      });
  return offsets.getResult(0);
}

Value Lifter::composeOffsets(Location loc, Value outer, Value inner) {
  Value &result = composed[{outer, inner}];
  if (result)
    return result;
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  Value size = tensor::DimOp::create(builder, loc, outer, zero);
  Value init = tensor::EmptyOp::create(builder, loc, outer.getType(), ValueRange{size});
  AffineMap identity = AffineMap::getMultiDimIdentityMap(1, builder.getContext());
  auto offsets = linalg::GenericOp::create(
      builder, loc, outer.getType(), outer, init, ArrayRef{identity, identity},
      utils::IteratorType::parallel, [&](OpBuilder &b, Location loc, ValueRange arguments) {
        Value offset = tensor::ExtractOp::create(b, loc, inner, arguments[0]);
        linalg::YieldOp::create(b, loc, offset);
      });
  return result = offsets.getResult(0);
}

std::pair<Value, Value> Lifter::unpack(Location loc, Value ragged) {
  if (auto pack = ragged.getDefiningOp<PackOp>())
    return {pack.getValues(), pack.getOffsets()};
  auto &parts = unpacked[ragged];
  if (!parts.first) {
    Type offsetsType = getOffsetsType(builder.getContext());
    Type itemType = cast<RaggedType>(ragged.getType()).getItem();
    auto unpack = UnpackOp::create(builder, loc, itemType, offsetsType, ragged);
    parts = {unpack.getValues(), unpack.getOffsets()};
  }
  return parts;
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

OpFoldResult Lifter::getNumRows(Location loc) {
  if (numRows)
    return numRows;
  if (!ShapedType::isDynamic(staticNumRows))
    return numRows = builder.getIndexAttr(staticNumRows);
  for (Value input : inputs)
    if (isa<RankedTensorType>(input.getType()))
      return numRows = tensor::getMixedSize(builder, loc, input, 0);
  Value offsets = unpack(loc, inputs.front()).second;
  Value size = tensor::DimOp::create(builder, loc, offsets, 0);
  Value one = arith::ConstantIndexOp::create(builder, loc, 1);
  return numRows = arith::SubIOp::create(builder, loc, size, one).getResult();
}

RankedTensorType Lifter::getRowsType(Type rowType) const {
  auto tensor = dyn_cast<RankedTensorType>(rowType);
  SmallVector<int64_t> shape{staticNumRows};
  if (tensor)
    llvm::append_range(shape, tensor.getShape());
  return RankedTensorType::get(shape, tensor ? tensor.getElementType() : rowType);
}

Value Lifter::createEmptyRows(Location loc, Value uniform) {
  RankedTensorType type = getRowsType(uniform.getType());
  SmallVector<OpFoldResult> shape{getNumRows(loc)};
  if (isa<RankedTensorType>(uniform.getType()))
    llvm::append_range(shape, tensor::getMixedSizes(builder, loc, uniform));
  return tensor::EmptyOp::create(builder, loc, shape, type.getElementType());
}

Value Lifter::broadcast(Location loc, Value uniform) {
  Value rows = createEmptyRows(loc, uniform);
  if (uniform.getDefiningOp<tensor::EmptyOp>())
    return rows;
  // A repeated scalar needs no tensor that holds it.
  Value scalar = isa<RankedTensorType>(uniform.getType()) ? Value() : uniform;
  SplatElementsAttr splat;
  if (matchPattern(uniform, m_Constant(&splat)))
    scalar =
        arith::ConstantOp::create(builder, loc, cast<TypedAttr>(splat.getSplatValue<Attribute>()));
  if (scalar)
    return linalg::FillOp::create(builder, loc, scalar, rows).getResult(0);
  return linalg::BroadcastOp::create(builder, loc, uniform, rows, ArrayRef<int64_t>{0})
      ->getResult(0);
}

//===----------------------------------------------------------------------===//
// Cloning and rejecting
//===----------------------------------------------------------------------===//

SetVector<Value> trimod::getUsedValues(Operation *op) {
  SetVector<Value> values(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), values);
  return values;
}

IRMapping Lifter::getMapping(Operation *op) const {
  IRMapping mapping;
  for (Value value : getUsedValues(op))
    mapping.map(value, get(value).values);
  return mapping;
}

LogicalResult Lifter::reject(Operation *op, const Twine &why) const {
  remark::missed(op->getLoc(), remark::RemarkOpts::name("stays-in-loop").category("trimod-flatten"))
      << (op->getName().getStringRef() + ": " + why).str();
  return failure();
}

LogicalResult Lifter::requireUniform(Operation *op, ValueRange values, StringRef what) const {
  for (Value value : values)
    if (!isUniform(value))
      return reject(op, what + " differ from row to row");
  return success();
}

LogicalResult Lifter::requireUniformCaptures(Operation *op) const {
  SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  for (Value value : captured)
    if (!isUniform(value))
      return reject(op, "the body uses a value that differs from row to row of the outer map");
  return success();
}

LogicalResult Lifter::requireFixedShape(Operation *op) const {
  for (Type type : op->getResultTypes())
    if (hasOwnLength(type))
      return reject(op, "its result has a dynamic leading dimension that is not the length of one "
                        "of the row's sequences");
  return success();
}

LogicalResult Lifter::rejectOtherOffsets(Operation *op) const {
  return reject(op, "its operands have different offsets, which may differ in value (give what has "
                    "one length the same trimod.length)");
}
