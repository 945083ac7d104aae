//===- TensorBuilder.cpp - short ways to write tensor programs -------------===//

#include "passes/TensorBuilder.h"

#include "dialect/Shapes.h"

using namespace mlir;
using namespace trimod;

//===----------------------------------------------------------------------===//
// Constants and elementwise ops
//===----------------------------------------------------------------------===//

Value TensorBuilder::splat(RankedTensorType type, double value) {
  Attribute element = builder.getFloatAttr(type.getElementType(), value);
  return arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, element));
}

Value TensorBuilder::splat(RankedTensorType type, int32_t value) {
  return arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, value));
}

Value TensorBuilder::add(Value a, Value b) { return arith::AddFOp::create(builder, loc, a, b); }
Value TensorBuilder::sub(Value a, Value b) { return arith::SubFOp::create(builder, loc, a, b); }
Value TensorBuilder::mul(Value a, Value b) { return arith::MulFOp::create(builder, loc, a, b); }
Value TensorBuilder::div(Value a, Value b) { return arith::DivFOp::create(builder, loc, a, b); }
Value TensorBuilder::max(Value a, Value b) { return arith::MaximumFOp::create(builder, loc, a, b); }
Value TensorBuilder::min(Value a, Value b) { return arith::MinimumFOp::create(builder, loc, a, b); }
Value TensorBuilder::exp(Value x) { return math::ExpOp::create(builder, loc, x); }
Value TensorBuilder::log(Value x) { return math::LogOp::create(builder, loc, x); }
Value TensorBuilder::tanh(Value x) { return math::TanhOp::create(builder, loc, x); }

Value TensorBuilder::sigmoid(Value x) {
  Value one = splat(tensorType(x), 1.0);
  Value exponential = exp(arith::NegFOp::create(builder, loc, x));
  return div(one, add(one, exponential));
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

Value TensorBuilder::matvec(Value matrix, Value vector, Value init) {
  return linalg::MatvecOp::create(builder, loc, TypeRange{init.getType()},
                                  ValueRange{matrix, vector}, ValueRange{init})
      ->getResult(0);
}

Value TensorBuilder::vecmat(Value vector, Value matrix, Value init) {
  return linalg::VecmatOp::create(builder, loc, TypeRange{init.getType()},
                                  ValueRange{vector, matrix}, ValueRange{init})
      ->getResult(0);
}

Value TensorBuilder::dot(Value a, Value b) {
  Value init = zeros({});
  return linalg::DotOp::create(builder, loc, TypeRange{init.getType()}, ValueRange{a, b},
                               ValueRange{init})
      ->getResult(0);
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

Value TensorBuilder::empty(ArrayRef<OpFoldResult> sizes, Type element) {
  return tensor::EmptyOp::create(builder, loc, sizes, element ? element : builder.getF32Type());
}

Value TensorBuilder::filled(ArrayRef<OpFoldResult> sizes, double value) {
  Value element =
      arith::ConstantOp::create(builder, loc, builder.getFloatAttr(builder.getF32Type(), value));
  return linalg::FillOp::create(builder, loc, element, empty(sizes)).getResult(0);
}

OpFoldResult TensorBuilder::size(Value value, int64_t dimension) {
  return tensor::getMixedSize(builder, loc, value, dimension);
}

namespace {
/// Offsets, sizes and strides of the whole of a tensor, to be cut down.
struct Window {
  SmallVector<OpFoldResult> offsets, sizes, strides;
};
} // namespace

static Window wholeOf(TensorBuilder &t, Value value) {
  int64_t rank = tensorType(value).getRank();
  Window window;
  window.offsets.assign(rank, t.index(0));
  window.sizes = tensor::getMixedSizes(t.getBuilder(), t.getLoc(), value);
  window.strides.assign(rank, t.index(1));
  return window;
}

Value TensorBuilder::slice(Value value, int64_t dimension, OpFoldResult offset, OpFoldResult size) {
  Window window = wholeOf(*this, value);
  window.offsets[dimension] = offset;
  window.sizes[dimension] = size;
  return tensor::ExtractSliceOp::create(builder, loc, value, window.offsets, window.sizes,
                                        window.strides);
}

Value TensorBuilder::row(Value value, OpFoldResult row) {
  Window window = wholeOf(*this, value);
  window.offsets[0] = row;
  window.sizes[0] = index(1);
  auto type = cast<RankedTensorType>(MapOp::itemType(value.getType()));
  return tensor::ExtractSliceOp::create(builder, loc, type, value, window.offsets, window.sizes,
                                        window.strides);
}

Value TensorBuilder::insertRow(Value rowValue, Value into, OpFoldResult row) {
  Window window = wholeOf(*this, into);
  window.offsets[0] = row;
  window.sizes[0] = index(1);
  return tensor::InsertSliceOp::create(builder, loc, rowValue, into, window.offsets, window.sizes,
                                       window.strides);
}

Value TensorBuilder::concat(int64_t dimension, ValueRange values) {
  return tensor::ConcatOp::create(builder, loc, dimension, values);
}

Value TensorBuilder::transpose(Value value, ArrayRef<int64_t> permutation) {
  SmallVector<OpFoldResult> sizes;
  for (int64_t dimension : permutation)
    sizes.push_back(size(value, dimension));
  Value init = empty(sizes, tensorType(value).getElementType());
  return linalg::TransposeOp::create(builder, loc, value, init, permutation)->getResult(0);
}

Value TensorBuilder::reshape(Value value, ArrayRef<int64_t> shape,
                             ArrayRef<ReassociationIndices> groups) {
  auto result = RankedTensorType::get(shape, tensorType(value).getElementType());
  if (result.getRank() < tensorType(value).getRank())
    return tensor::CollapseShapeOp::create(builder, loc, result, value, groups);
  SmallVector<OpFoldResult> sizes;
  for (auto [dimension, extent] : llvm::enumerate(shape))
    sizes.push_back(ShapedType::isDynamic(extent) ? size(value, dimension) : index(extent));
  return tensor::ExpandShapeOp::create(builder, loc, result, value, groups, sizes);
}

Value TensorBuilder::broadcast(Value value, ArrayRef<OpFoldResult> leading) {
  SmallVector<OpFoldResult> sizes(leading);
  llvm::append_range(sizes, tensor::getMixedSizes(builder, loc, value));
  Value init = empty(sizes, tensorType(value).getElementType());
  auto dimensions = llvm::to_vector(llvm::seq<int64_t>(0, leading.size()));
  return linalg::BroadcastOp::create(builder, loc, value, init, dimensions)->getResult(0);
}

/// The rows of `value` combined by Op, starting from `init`.
template <typename Op>
static Value reduceRows(TensorBuilder &t, Value value, Value init) {
  auto combine = [](OpBuilder &builder, Location loc, ValueRange elements) {
    Value combined = Op::create(builder, loc, elements[0], elements[1]);
    linalg::YieldOp::create(builder, loc, combined);
  };
  return linalg::ReduceOp::create(t.getBuilder(), t.getLoc(), ValueRange{value}, ValueRange{init},
                                  ArrayRef<int64_t>{0}, combine)
      .getResult(0);
}

static RankedTensorType rowType(Value rows) {
  return cast<RankedTensorType>(MapOp::itemType(rows.getType()));
}

Value TensorBuilder::sumRows(Value value) {
  return reduceRows<arith::AddFOp>(*this, value, splat(rowType(value), 0.0));
}

Value TensorBuilder::maxRows(Value value) {
  return maxRows(value, splat(rowType(value), -std::numeric_limits<double>::infinity()));
}

Value TensorBuilder::maxRows(Value value, Value init) {
  return reduceRows<arith::MaximumFOp>(*this, value, init);
}

//===----------------------------------------------------------------------===//
// Structure
//===----------------------------------------------------------------------===//

/// Gives `region` a block with the arguments `types`, filled by `body`.
static void buildBody(TensorBuilder &t, Region &region, TypeRange types, TensorBuilder::Body body) {
  OpBuilder &builder = t.getBuilder();
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Location> locs(types.size(), t.getLoc());
  Block *block = builder.createBlock(&region, {}, types, locs);
  YieldOp::create(builder, t.getLoc(), body(block->getArguments()));
}

ScanOp TensorBuilder::scan(ValueRange inputs, ValueRange initial, bool reverse, TypeRange stacked,
                           Body body) {
  SmallVector<Type> results(initial.getTypes()), arguments;
  llvm::append_range(results, stacked);
  for (Value input : inputs)
    arguments.push_back(MapOp::itemType(input.getType()));
  llvm::append_range(arguments, initial.getTypes());
  auto scan = ScanOp::create(builder, loc, results, inputs, initial, reverse);
  buildBody(*this, scan.getBody(), arguments, body);
  return scan;
}

MapOp TensorBuilder::map(ValueRange inputs, TypeRange results, Body body) {
  SmallVector<Type> arguments;
  for (Value input : inputs)
    arguments.push_back(MapOp::itemType(input.getType()));
  auto map = MapOp::create(builder, loc, results, inputs);
  buildBody(*this, map.getBody(), arguments, body);
  return map;
}

TensorBuilder::Parts TensorBuilder::unpack(Value ragged) {
  if (auto pack = ragged.getDefiningOp<PackOp>())
    return {pack.getValues(), pack.getOffsets()};
  Type item = cast<RaggedType>(ragged.getType()).getItem();
  auto unpack = UnpackOp::create(builder, loc, item, getOffsetsType(builder.getContext()), ragged);
  return {unpack.getValues(), unpack.getOffsets()};
}

Value TensorBuilder::pack(Value values, Value offsets) {
  return PackOp::create(builder, loc, RaggedType::get(values.getType()), values, offsets);
}
