//===- LiftModels.cpp - How upstream ops compute all rows of a map at once ===//

#include "dialect/Lifter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace trimod;

namespace {

/// The interface of `OpTy`, as a function on any operation.
template <typename OpTy, LogicalResult (*liftOp)(OpTy, Lifter &)>
struct LiftModel : LiftableOpInterface::ExternalModel<LiftModel<OpTy, liftOp>, OpTy> {
  LogicalResult lift(Operation *op, Lifter &lifter) const { return liftOp(cast<OpTy>(op), lifter); }
};

//===----------------------------------------------------------------------===//
// Elementwise ops
//===----------------------------------------------------------------------===//

/// The kind that all operands of an elementwise op have, except for the uniform
/// ones; fails if the op cannot compute all rows at once.
FailureOr<Lifted> getElementwiseKind(Operation *op, Lifter &lifter) {
  Lifted lead;
  bool hasTensor = llvm::any_of(op->getOperandTypes(), llvm::IsaPred<RankedTensorType>);
  for (Value operand : op->getOperands()) {
    Lifted current = lifter.get(operand);
    if (current.kind == Lifted::Kind::Uniform)
      continue;
    if (hasTensor && !isa<RankedTensorType>(operand.getType()))
      return lifter.reject(op, "a scalar operand differs from row to row");
    if (lead.kind == Lifted::Kind::Uniform)
      lead = current;
    if (lead.offsets != current.offsets)
      return lifter.rejectOtherOffsets(op);
  }
  for (Value operand : op->getOperands())
    if (lead.kind == Lifted::Kind::Segments && lifter.isUniform(operand) &&
        isa<RankedTensorType>(operand.getType()))
      return lifter.reject(op, "an operand with its own length is the same for every row");
  return lead;
}

/// Rows or segments: the same op on all of them.
LogicalResult liftElementwise(Operation *op, Lifter &lifter) {
  FailureOr<Lifted> lead = getElementwiseKind(op, lifter);
  if (failed(lead))
    return failure();
  if (lead->kind == Lifted::Kind::Rows && failed(lifter.requireFixedShape(op)))
    return failure();
  bool hasTensor = llvm::any_of(op->getOperandTypes(), llvm::IsaPred<RankedTensorType>);
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    // The condition of a select of tensors may be one scalar.
    bool isCondition = hasTensor && !isa<RankedTensorType>(operand.getType());
    Value lifted = lifter.get(operand).values;
    operands.push_back(lifter.isUniform(operand) && !isCondition
                           ? lifter.broadcast(op->getLoc(), lifted)
                           : lifted);
  }
  Operation *all = lifter.getBuilder().clone(*op);
  all->setOperands(operands);
  for (auto [one, result] : llvm::zip_equal(op->getResults(), all->getResults())) {
    if (lead->kind == Lifted::Kind::Rows)
      result.setType(lifter.getRowsType(one.getType()));
    lifter.setLike(one, result, *lead);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Structured ops
//===----------------------------------------------------------------------===//

/// The loop of `op` that runs over the rows of everything that has segments, if
/// the op is row-wise: the loop is parallel, and no operand is read at another row
/// than its own. Such an op computes the rows of all segments as it stands.
FailureOr<unsigned> findRowLoop(linalg::LinalgOp op, Lifter &lifter) {
  std::optional<unsigned> rowLoop;
  Value offsets;
  for (OpOperand &operand : op->getOpOperands()) {
    Lifted lifted = lifter.get(operand.get());
    if (lifted.kind != Lifted::Kind::Segments)
      continue;
    auto loop = dyn_cast<AffineDimExpr>(op.getMatchingIndexingMap(&operand).getResult(0));
    if (!loop || (rowLoop && *rowLoop != loop.getPosition()))
      return lifter.reject(op, "is not row-wise: its operands' rows do not run together");
    if (rowLoop && offsets != lifted.offsets)
      return lifter.rejectOtherOffsets(op);
    rowLoop = loop.getPosition();
    offsets = lifted.offsets;
  }
  if (op.getIteratorTypesArray()[*rowLoop] != utils::IteratorType::parallel)
    return lifter.reject(op, "is not row-wise: it reduces over the rows");
  for (OpOperand &operand : op->getOpOperands()) {
    ArrayRef<AffineExpr> indices = op.getMatchingIndexingMap(&operand).getResults();
    if (lifter.isSegments(operand.get()))
      indices = indices.drop_front();
    if (llvm::any_of(indices, [&](AffineExpr e) { return e.isFunctionOfDim(*rowLoop); }))
      return lifter.reject(op, "is not row-wise: an operand is read at other rows than its own");
  }
  for (Value init : op.getDpsInits())
    if (lifter.isUniform(init))
      return lifter.reject(op, "is not row-wise: a result has no rows");
  WalkResult usesRow = op->walk([&](linalg::IndexOp index) {
    return index.getDim() == *rowLoop ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (usesRow.wasInterrupted())
    return lifter.reject(op, "is not row-wise: it uses the row's number");
  return *rowLoop;
}

LogicalResult liftStructuredSegments(linalg::LinalgOp op, Lifter &lifter) {
  if (failed(findRowLoop(op, lifter)))
    return failure();
  IRMapping mapping = lifter.getMapping(op);
  Operation *all = lifter.getBuilder().clone(*op, mapping);
  for (auto [one, result, init] :
       llvm::zip_equal(op->getResults(), all->getResults(), op.getDpsInits()))
    lifter.setSegments(one, result, lifter.get(init).offsets);
  return success();
}

/// The body of a structured op, with an argument for every operand, one loop in
/// front of those it had.
void cloneBodyIntoRows(linalg::LinalgOp op, linalg::GenericOp all, IRMapping mapping) {
  op->getRegion(0).cloneInto(&all.getRegion(), mapping);
  // A linalg.map names only its inputs.
  Block &body = all.getRegion().front();
  for (Value operand : all->getOperands().drop_front(body.getNumArguments()))
    body.addArgument(getElementTypeOrSelf(operand.getType()), operand.getLoc());
  all.walk([](linalg::IndexOp index) { index.setDim(index.getDim() + 1); });
}

/// One more parallel loop in front, over the rows.
LogicalResult liftStructuredRows(linalg::LinalgOp op, Lifter &lifter) {
  if (failed(lifter.requireFixedShape(op)))
    return failure();
  MLIRContext *context = op.getContext();
  Location loc = op.getLoc();
  SmallVector<Value> inputs, inits;
  SmallVector<AffineMap> maps;
  for (OpOperand &operand : op->getOpOperands()) {
    bool isInit = op.isDpsInit(&operand);
    bool isUniform = lifter.isUniform(operand.get());
    Value value = lifter.get(operand.get()).values;
    AffineMap map = op.getMatchingIndexingMap(&operand).shiftDims(1);
    SmallVector<AffineExpr> indices(map.getResults());
    if (isInit || !isUniform)
      indices.insert(indices.begin(), getAffineDimExpr(0, context));
    maps.push_back(AffineMap::get(map.getNumDims(), map.getNumSymbols(), indices, context));
    if (isInit)
      inits.push_back(isUniform ? lifter.broadcast(loc, value) : value);
    else
      inputs.push_back(value);
  }
  SmallVector<utils::IteratorType> iterators{utils::IteratorType::parallel};
  llvm::append_range(iterators, op.getIteratorTypesArray());
  auto all = linalg::GenericOp::create(lifter.getBuilder(), loc, ValueRange(inits).getTypes(),
                                       inputs, inits, maps, iterators);
  cloneBodyIntoRows(op, all, lifter.getMapping(op));
  for (auto [one, result] : llvm::zip_equal(op->getResults(), all->getResults()))
    lifter.setRows(one, result);
  return success();
}

/// A matrix times a vector of every row, if the matrix and what the product is
/// added to are the same for all rows, is a linear layer: one matrix product.
bool liftMatrixVector(linalg::LinalgOp op, Lifter &lifter) {
  bool isMatvec = isa<linalg::MatvecOp>(op.getOperation());
  if (!isMatvec && !isa<linalg::VecmatOp>(op.getOperation()))
    return false;
  Value matrix = op->getOperand(isMatvec ? 0 : 1), vector = op->getOperand(isMatvec ? 1 : 0);
  Value init = op->getOperand(2);
  auto type = cast<RankedTensorType>(init.getType());
  if (!lifter.isUniform(matrix) || !lifter.isRows(vector) || !lifter.isUniform(init) ||
      hasOwnLength(type) || !type.getElementType().isF32())
    return false;
  OpBuilder &builder = lifter.getBuilder();
  Location loc = op.getLoc();
  Value weights = lifter.get(matrix).values;
  if (!isMatvec) {
    auto matrixType = cast<RankedTensorType>(weights.getType());
    SmallVector<OpFoldResult> shape = tensor::getMixedSizes(builder, loc, weights);
    std::swap(shape[0], shape[1]);
    Value transposed = tensor::EmptyOp::create(builder, loc, shape, matrixType.getElementType());
    weights =
        linalg::TransposeOp::create(builder, loc, weights, transposed, ArrayRef<int64_t>{1, 0})
            ->getResult(0);
  }
  Value bias = matchPattern(init, m_AnyZeroFloat()) ? Value() : lifter.get(init).values;
  Value product = LinearOp::create(builder, loc, lifter.get(vector).values, weights, bias);
  lifter.setRows(op->getResult(0), product);
  return true;
}

/// Any structured op, decided by its loops.
LogicalResult liftStructured(linalg::LinalgOp op, Lifter &lifter) {
  if (failed(lifter.requireUniformCaptures(op)))
    return failure();
  bool hasRows = llvm::any_of(op->getOperands(), [&](Value v) { return lifter.isRows(v); });
  bool hasSegments = llvm::any_of(op->getOperands(), [&](Value v) { return lifter.isSegments(v); });
  if (hasRows && hasSegments)
    return lifter.reject(op, "mixes what every row has once with what it has a sequence of");
  if (hasSegments)
    return liftStructuredSegments(op, lifter);
  if (liftMatrixVector(op, lifter))
    return success();
  return liftStructuredRows(op, lifter);
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

template <typename OpTy>
LogicalResult liftElementwiseOp(OpTy op, Lifter &lifter) {
  return liftElementwise(op, lifter);
}

template <typename OpTy>
LogicalResult liftStructuredOp(OpTy op, Lifter &lifter) {
  return liftStructured(cast<linalg::LinalgOp>(op.getOperation()), lifter);
}

template <typename OpTy, LogicalResult (*liftOp)(OpTy, Lifter &)>
void attach(MLIRContext *context) {
  OpTy::template attachInterface<LiftModel<OpTy, liftOp>>(*context);
}

template <typename OpTy>
void attachIfElementwise(MLIRContext *context) {
  if constexpr (OpTy::template hasTrait<OpTrait::Elementwise>())
    attach<OpTy, liftElementwiseOp<OpTy>>(context);
}

template <typename... OpTys>
void attachElementwise(MLIRContext *context) {
  (attachIfElementwise<OpTys>(context), ...);
}

template <typename... OpTys>
void attachStructured(MLIRContext *context) {
  (attach<OpTys, liftStructuredOp<OpTys>>(context), ...);
}

void attachTensor(MLIRContext *context) {
  attach<tensor::CastOp, liftCast>(context);
  attach<tensor::CollapseShapeOp, liftReshape<tensor::CollapseShapeOp>>(context);
  attach<tensor::ConcatOp, liftConcat>(context);
  attach<tensor::DimOp, liftDim>(context);
  attach<tensor::EmptyOp, liftEmpty>(context);
  attach<tensor::ExpandShapeOp, liftReshape<tensor::ExpandShapeOp>>(context);
  attach<tensor::ExtractOp, liftExtract>(context);
  attach<tensor::ExtractSliceOp, liftExtractSlice>(context);
  attach<tensor::FromElementsOp, liftFromElements>(context);
  attach<tensor::SplatOp, liftSplat>(context);
}

} // namespace

void trimod::registerLiftModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, arith::ArithDialect *) {
    attachElementwise<
#define GET_OP_LIST
#include "mlir/Dialect/Arith/IR/ArithOps.cpp.inc"
        >(context);
  });
  registry.addExtension(+[](MLIRContext *context, math::MathDialect *) {
    attachElementwise<
#define GET_OP_LIST
#include "mlir/Dialect/Math/IR/MathOps.cpp.inc"
        >(context);
  });
  registry.addExtension(+[](MLIRContext *context, linalg::LinalgDialect *) {
    attachStructured<
#define GET_OP_LIST
#include "mlir/Dialect/Linalg/IR/LinalgStructuredOps.cpp.inc"
        >(context);
  });
  registry.addExtension(
      +[](MLIRContext *context, tensor::TensorDialect *) { attachTensor(context); });
}
