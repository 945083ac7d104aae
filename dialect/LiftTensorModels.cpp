//===- LiftTensorModels.cpp - How tensor ops compute all rows of a map -----===//

#include "dialect/LiftModels.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace trimod;

namespace {

/// Whether `size` is the length of sequences with these offsets.
bool isLengthOf(OpFoldResult size, Value offsets, Lifter &lifter) {
  auto value = dyn_cast<Value>(size);
  auto dim = value ? value.getDefiningOp<tensor::DimOp>() : tensor::DimOp();
  return dim && dim.getConstantIndex() == 0 && lifter.isSegments(dim.getSource()) &&
         lifter.get(dim.getSource()).offsets == offsets;
}

/// The sizes, offsets or strides of a slice, lifted; fails if they differ from row to row.
FailureOr<SmallVector<OpFoldResult>> liftUniform(ArrayRef<OpFoldResult> folds, Lifter &lifter) {
  SmallVector<OpFoldResult> result;
  for (OpFoldResult fold : folds) {
    auto value = dyn_cast<Value>(fold);
    if (value && !lifter.isUniform(value))
      return failure();
    result.push_back(value ? OpFoldResult(lifter.get(value).values) : fold);
  }
  return result;
}

/// The shape of a tensor that every row has with a length of its own.
struct SequenceShape {
  SmallVector<OpFoldResult> sizes;
  Value offsets;
};

/// The shape for all rows of a tensor of these sizes in every row. It is as long as
/// what the length of a row was taken from.
FailureOr<SequenceShape> liftSizes(Operation *op, ArrayRef<OpFoldResult> sizes, Lifter &lifter) {
  auto length = sizes.empty() ? Value() : dyn_cast<Value>(sizes.front());
  auto dim = length ? length.getDefiningOp<tensor::DimOp>() : tensor::DimOp();
  if (!dim || dim.getConstantIndex() != 0 || !lifter.isSegments(dim.getSource()))
    return lifter.reject(op, "its size is not the length of one of the row's sequences");
  FailureOr<SmallVector<OpFoldResult>> lifted = liftUniform(sizes.drop_front(), lifter);
  if (failed(lifted))
    return lifter.reject(op, "its sizes differ from row to row");
  Lifted source = lifter.get(dim.getSource());
  SequenceShape shape{{tensor::getMixedSize(lifter.getBuilder(), op->getLoc(), source.values, 0)},
                      source.offsets};
  llvm::append_range(shape.sizes, *lifted);
  return shape;
}

LogicalResult liftEmpty(tensor::EmptyOp op, Lifter &lifter) {
  FailureOr<SequenceShape> shape = liftSizes(op, op.getMixedSizes(), lifter);
  if (failed(shape))
    return failure();
  Value all = tensor::EmptyOp::create(lifter.getBuilder(), op.getLoc(), shape->sizes,
                                      op.getType().getElementType());
  lifter.setSegments(op, all, shape->offsets);
  return success();
}

LogicalResult liftSplat(tensor::SplatOp op, Lifter &lifter) {
  if (failed(lifter.requireUniform(op, op.getInput(), "the repeated scalars")))
    return failure();
  SmallVector<OpFoldResult> sizes =
      getMixedValues(op.getType().getShape(), op.getDynamicSizes(), lifter.getBuilder());
  FailureOr<SequenceShape> shape = liftSizes(op, sizes, lifter);
  if (failed(shape))
    return failure();
  SmallVector<Value> dynamicSizes;
  SmallVector<int64_t> staticSizes;
  dispatchIndexOpFoldResults(shape->sizes, dynamicSizes, staticSizes);
  Value all = tensor::SplatOp::create(lifter.getBuilder(), op.getLoc(),
                                      lifter.get(op.getInput()).values, staticSizes, dynamicSizes);
  lifter.setSegments(op, all, shape->offsets);
  return success();
}

/// The length of a row's sequence is the difference of two offsets. Every other
/// dimension is the same for all rows.
LogicalResult liftDim(tensor::DimOp op, Lifter &lifter) {
  std::optional<int64_t> index = op.getConstantIndex();
  if (!index)
    return lifter.reject(op, "the dimension asked for is not constant");
  Lifted source = lifter.get(op.getSource());
  OpBuilder &builder = lifter.getBuilder();
  Location loc = op.getLoc();
  if (source.kind == Lifted::Kind::Rows || *index != 0) {
    int64_t dim = *index + (source.kind == Lifted::Kind::Rows ? 1 : 0);
    lifter.setUniform(op, builder.createOrFold<tensor::DimOp>(loc, source.values, dim));
    return success();
  }
  SmallVector<OpFoldResult> size{lifter.getNumRows(loc)}, stride{builder.getIndexAttr(1)};
  auto offsetsFrom = [&](int64_t first) -> Value {
    SmallVector<OpFoldResult> begin{builder.getIndexAttr(first)};
    return tensor::ExtractSliceOp::create(builder, loc, source.offsets, begin, size, stride);
  };
  Value begins = offsetsFrom(0);
  Value ends = offsetsFrom(1);
  lifter.setRows(op, arith::SubIOp::create(builder, loc, ends, begins));
  return success();
}

LogicalResult liftCast(tensor::CastOp op, Lifter &lifter) {
  auto type = dyn_cast<RankedTensorType>(op.getType());
  if (!type || !isa<RankedTensorType>(op.getSource().getType()))
    return lifter.reject(op, "its rank is not known");
  Lifted source = lifter.get(op.getSource());
  if (source.kind == Lifted::Kind::Segments && !hasOwnLength(type))
    return lifter.reject(op, "gives a static length to a sequence with its own length");
  if (source.kind == Lifted::Kind::Rows && hasOwnLength(type))
    source = lifter.getSequence(op.getLoc(), op.getSource());
  lifter.setLike(op, source.values, source);
  return success();
}

/// Groups of dimensions of a tensor that has one more dimension in front. A tensor
/// of rank 0 has no groups; with rows it has one.
SmallVector<ReassociationIndices> prependDimension(ArrayRef<ReassociationIndices> groups,
                                                   int64_t expandedRank) {
  SmallVector<ReassociationIndices> result;
  if (groups.empty()) {
    result.push_back(llvm::to_vector<2>(llvm::seq<int64_t>(0, expandedRank + 1)));
    return result;
  }
  result.push_back({0});
  for (const ReassociationIndices &group : groups)
    result.push_back(llvm::map_to_vector<2>(group, [](int64_t dim) { return dim + 1; }));
  return result;
}

/// Rows: one more dimension in front. Segments: the same op, if it leaves the
/// sequence's own dimension alone.
template <typename OpTy>
LogicalResult liftReshape(OpTy op, Lifter &lifter) {
  constexpr bool isExpand = std::is_same_v<OpTy, tensor::ExpandShapeOp>;
  Lifted source = lifter.get(op.getSrc());
  SmallVector<ReassociationIndices> groups = op.getReassociationIndices();
  RankedTensorType type = op.getResultType();
  bool isRows = source.kind == Lifted::Kind::Rows;
  bool keepsSequence = source.kind == Lifted::Kind::Segments && groups.front().size() == 1 &&
                       type.getNumDynamicDims() == 1 && hasOwnLength(type);
  if (!keepsSequence && !(isRows && type.hasStaticShape()))
    return lifter.reject(op, "its shape differs from row to row");
  if (isRows) {
    groups = prependDimension(groups, isExpand ? type.getRank() : op.getSrcType().getRank());
    type = lifter.getRowsType(type);
  }
  OpBuilder &builder = lifter.getBuilder();
  Value all;
  if constexpr (isExpand) {
    SmallVector<OpFoldResult> shape = getAsIndexOpFoldResult(op.getContext(), type.getShape());
    shape.front() = tensor::getMixedSize(builder, op.getLoc(), source.values, 0);
    all = OpTy::create(builder, op.getLoc(), type, source.values, groups, shape);
  } else {
    all = OpTy::create(builder, op.getLoc(), type, source.values, groups);
  }
  lifter.setLike(op, all, source);
  return success();
}

LogicalResult liftConcat(tensor::ConcatOp op, Lifter &lifter) {
  Lifted lead;
  for (Value input : op.getInputs())
    if (!lifter.isUniform(input) && lead.kind == Lifted::Kind::Uniform)
      lead = lifter.get(input);
  bool isRows = lead.kind == Lifted::Kind::Rows;
  if (isRows && failed(lifter.requireFixedShape(op)))
    return failure();
  if (!isRows && op.getDim() == 0)
    return lifter.reject(op, "concatenates along the sequence");
  for (Value input : op.getInputs()) {
    Lifted::Kind kind = lifter.get(input).kind;
    if (isRows && kind == Lifted::Kind::Uniform)
      continue;
    if (kind != lead.kind)
      return lifter.reject(op, "an operand with its own length is the same for every row");
    if (lifter.get(input).offsets != lead.offsets)
      return lifter.rejectOtherOffsets(op);
  }
  SmallVector<Value> inputs;
  for (Value input : op.getInputs()) {
    Value value = lifter.get(input).values;
    inputs.push_back(lifter.isUniform(input) ? lifter.broadcast(op.getLoc(), value) : value);
  }
  Type type = isRows ? lifter.getRowsType(op.getType()) : op.getType();
  uint64_t dim = op.getDim() + (isRows ? 1 : 0);
  lifter.setLike(op, tensor::ConcatOp::create(lifter.getBuilder(), op.getLoc(), type, dim, inputs),
                 lead);
  return success();
}

LogicalResult liftExtractSlice(tensor::ExtractSliceOp op, Lifter &lifter) {
  Lifted source = lifter.get(op.getSource());
  if (source.kind == Lifted::Kind::Uniform)
    return lifter.reject(op, "offsets or sizes differ from row to row");
  bool isRows = source.kind == Lifted::Kind::Rows;
  if (isRows && failed(lifter.requireFixedShape(op)))
    return failure();
  SmallVector<OpFoldResult> begins = op.getMixedOffsets(), sizes = op.getMixedSizes(),
                            strides = op.getMixedStrides();
  if (!isRows) {
    bool isWhole = isConstantIntValue(begins.front(), 0) &&
                   isConstantIntValue(strides.front(), 1) &&
                   isLengthOf(sizes.front(), source.offsets, lifter) &&
                   op.getType().getRank() == op.getSourceType().getRank();
    if (!isWhole)
      return lifter.reject(op, "cuts along the sequence");
    begins.erase(begins.begin());
    sizes.erase(sizes.begin());
    strides.erase(strides.begin());
  }
  FailureOr<SmallVector<OpFoldResult>> allBegins = liftUniform(begins, lifter);
  FailureOr<SmallVector<OpFoldResult>> allSizes = liftUniform(sizes, lifter);
  FailureOr<SmallVector<OpFoldResult>> allStrides = liftUniform(strides, lifter);
  if (failed(allBegins) || failed(allSizes) || failed(allStrides))
    return lifter.reject(op, "offsets or sizes differ from row to row");
  OpBuilder &builder = lifter.getBuilder();
  Location loc = op.getLoc();
  allBegins->insert(allBegins->begin(), builder.getIndexAttr(0));
  allStrides->insert(allStrides->begin(), builder.getIndexAttr(1));
  allSizes->insert(allSizes->begin(), tensor::getMixedSize(builder, loc, source.values, 0));
  RankedTensorType type = isRows ? lifter.getRowsType(op.getType()) : op.getType();
  Value all = tensor::ExtractSliceOp::create(builder, loc, type, source.values, *allBegins,
                                             *allSizes, *allStrides);
  lifter.setLike(op, all, source);
  return success();
}

/// All rows of a scalar and of a tensor of rank 0 are the same tensor<N>.
LogicalResult liftExtract(tensor::ExtractOp op, Lifter &lifter) {
  if (!op.getIndices().empty() || !lifter.isRows(op.getTensor()))
    return lifter.reject(op, "reads one element of a row's tensor");
  lifter.setRows(op, lifter.get(op.getTensor()).values);
  return success();
}

LogicalResult liftFromElements(tensor::FromElementsOp op, Lifter &lifter) {
  if (op.getType().getRank() != 0)
    return lifter.reject(op, "builds a tensor from scalars of a row");
  lifter.setRows(op, lifter.get(op.getElements().front()).values);
  return success();
}

} // namespace

void trimod::attachTensorLiftModels(MLIRContext *context) {
  attachLiftModel<tensor::CastOp, liftCast>(context);
  attachLiftModel<tensor::CollapseShapeOp, liftReshape<tensor::CollapseShapeOp>>(context);
  attachLiftModel<tensor::ConcatOp, liftConcat>(context);
  attachLiftModel<tensor::DimOp, liftDim>(context);
  attachLiftModel<tensor::EmptyOp, liftEmpty>(context);
  attachLiftModel<tensor::ExpandShapeOp, liftReshape<tensor::ExpandShapeOp>>(context);
  attachLiftModel<tensor::ExtractOp, liftExtract>(context);
  attachLiftModel<tensor::ExtractSliceOp, liftExtractSlice>(context);
  attachLiftModel<tensor::FromElementsOp, liftFromElements>(context);
  attachLiftModel<tensor::SplatOp, liftSplat>(context);
}
