//===- LiftModels.cpp - How upstream ops compute all rows of a map at once ===//

#include "dialect/LiftModels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace trimod;

namespace {

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

template <typename OpTy>
void attachIfElementwise(MLIRContext *context) {
  if constexpr (OpTy::template hasTrait<OpTrait::Elementwise>())
    attachLiftModel<OpTy, liftElementwiseOp<OpTy>>(context);
}

template <typename... OpTys>
void attachElementwise(MLIRContext *context) {
  (attachIfElementwise<OpTys>(context), ...);
}

template <typename... OpTys>
void attachStructured(MLIRContext *context) {
  (attachLiftModel<OpTys, liftStructuredOp<OpTys>>(context), ...);
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
      +[](MLIRContext *context, tensor::TensorDialect *) { attachTensorLiftModels(context); });
}
