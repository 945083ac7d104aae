//===- FusedOps.cpp - shapes of layers and fused ops -----------------------===//

#include "dialect/Shapes.h"
#include "dialect/TriMod.h"

using namespace mlir;
using namespace trimod;

LogicalResult trimod::checkShape(std::optional<Location> loc, StringRef what, Value value,
                                 ArrayRef<int64_t> expected) {
  RankedTensorType type = tensorType(value);
  bool same = type.getRank() == static_cast<int64_t>(expected.size());
  for (int64_t i = 0; same && i < type.getRank(); ++i)
    same = !sizesDiffer(type.getDimSize(i), expected[i]);
  if (same)
    return success();
  std::string shape;
  llvm::raw_string_ostream stream(shape);
  auto printSize = [&](int64_t size) {
    if (ShapedType::isDynamic(size))
      stream << "?";
    else
      stream << size;
  };
  llvm::interleave(expected, stream, printSize, "x");
  return emitOptionalError(loc, what, ": expected shape ", shape, ", got ", type);
}

//===----------------------------------------------------------------------===//
// Row-wise layers
//===----------------------------------------------------------------------===//

LogicalResult EmbeddingOp::inferReturnTypes(MLIRContext *context, std::optional<Location>,
                                            Adaptor op, SmallVectorImpl<Type> &results) {
  SmallVector<int64_t> shape(tensorType(op.getIds()).getShape());
  shape.push_back(tensorType(op.getTable()).getDimSize(1));
  results.push_back(RankedTensorType::get(shape, Float32Type::get(context)));
  return success();
}

LogicalResult LinearOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                         SmallVectorImpl<Type> &results) {
  RankedTensorType x = tensorType(op.getX()), w = tensorType(op.getW());
  if (x.getRank() == 0)
    return emitOptionalError(loc, "x: expected at least one dimension, got ", x);
  if (sizesDiffer(x.getShape().back(), w.getDimSize(1)))
    return emitOptionalError(loc, "last dimension of x: expected ", w.getDimSize(1),
                             " (the columns of w), got ", x.getShape().back());
  if (op.getB() && failed(checkShape(loc, "bias", op.getB(), {w.getDimSize(0)})))
    return failure();
  SmallVector<int64_t> shape(x.getShape());
  shape.back() = w.getDimSize(0);
  results.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

//===----------------------------------------------------------------------===//
// GRU
//===----------------------------------------------------------------------===//

static size_t directionCount(Direction direction) {
  return direction == Direction::Bidirectional ? 2 : 1;
}

static LogicalResult checkPerDirection(std::optional<Location> loc, StringRef what,
                                       ValueRange values, size_t directions) {
  if (values.size() == directions)
    return success();
  return emitOptionalError(loc, what, ": expected ", directions, " (one for each direction), got ",
                           values.size());
}

/// Weights of the recurrence, and initial states, which `gru` and
/// `gru_recurrence` share.
template <typename Adaptor>
static LogicalResult checkRecurrence(std::optional<Location> loc, Adaptor op, int64_t &hidden) {
  size_t directions = directionCount(op.getDirection());
  if (failed(checkPerDirection(loc, "w_hh", op.getWHh(), directions)) ||
      failed(checkPerDirection(loc, "b_hh", op.getBHh(), directions)))
    return failure();
  if (!op.getInit().empty() && failed(checkPerDirection(loc, "init", op.getInit(), directions)))
    return failure();
  hidden = tensorType(op.getWHh()[0]).getDimSize(1);
  int64_t gates = sizeProduct(3, hidden);
  for (size_t d = 0; d < directions; ++d) {
    if (failed(checkShape(loc, "w_hh", op.getWHh()[d], {gates, hidden})) ||
        failed(checkShape(loc, "b_hh", op.getBHh()[d], {gates})))
      return failure();
    if (op.getInit().empty())
      continue;
    SmallVector<int64_t> expected{hidden};
    if (op.getOffsets() && tensorType(op.getInit()[d]).getRank() == 2)
      expected = {ShapedType::kDynamic, hidden};
    if (failed(checkShape(loc, "init", op.getInit()[d], expected)))
      return failure();
  }
  return success();
}

/// states [rows, D*H] and last [D*H] or, for segments, [?, D*H].
static void addRecurrenceResults(RankedTensorType rows, int64_t width, bool segments,
                                 SmallVectorImpl<Type> &results) {
  Type element = rows.getElementType();
  results.push_back(RankedTensorType::get({rows.getDimSize(0), width}, element));
  results.push_back(segments ? RankedTensorType::get({ShapedType::kDynamic, width}, element)
                             : RankedTensorType::get({width}, element));
}

LogicalResult GruOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                      SmallVectorImpl<Type> &results) {
  size_t directions = directionCount(op.getDirection());
  int64_t hidden;
  if (failed(checkPerDirection(loc, "w_ih", op.getWIh(), directions)) ||
      failed(checkPerDirection(loc, "b_ih", op.getBIh(), directions)) ||
      failed(checkRecurrence(loc, op, hidden)))
    return failure();
  int64_t gates = sizeProduct(3, hidden), width = tensorType(op.getX()).getDimSize(1);
  for (size_t d = 0; d < directions; ++d)
    if (failed(checkShape(loc, "w_ih", op.getWIh()[d], {gates, width})) ||
        failed(checkShape(loc, "b_ih", op.getBIh()[d], {gates})))
      return failure();
  addRecurrenceResults(tensorType(op.getX()), sizeProduct(directions, hidden),
                       static_cast<bool>(op.getOffsets()), results);
  return success();
}

LogicalResult GruRecurrenceOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                                Adaptor op, SmallVectorImpl<Type> &results) {
  int64_t hidden;
  if (failed(checkRecurrence(loc, op, hidden)))
    return failure();
  int64_t width = sizeProduct(directionCount(op.getDirection()), hidden);
  if (failed(
          checkShape(loc, "gates", op.getGates(), {ShapedType::kDynamic, sizeProduct(3, width)})))
    return failure();
  addRecurrenceResults(tensorType(op.getGates()), width, static_cast<bool>(op.getOffsets()),
                       results);
  return success();
}

//===----------------------------------------------------------------------===//
// Attention pooling
//===----------------------------------------------------------------------===//

LogicalResult AttentionPoolOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                                Adaptor op, SmallVectorImpl<Type> &results) {
  int64_t width = tensorType(op.getQueries()).getDimSize(1);
  int64_t scored = tensorType(op.getU()).getDimSize(0);
  for (Value context : op.getContexts())
    if (failed(checkShape(loc, "context", context, {ShapedType::kDynamic, width})))
      return failure();
  if (failed(checkShape(loc, "score weights", op.getW(), {scored, width})) ||
      failed(checkShape(loc, "score bias", op.getB(), {scored})))
    return failure();
  size_t expected = op.getQueryOffsets() ? op.getContexts().size() : 0;
  if (op.getContextOffsets().size() != expected)
    return emitOptionalError(loc, "context offsets: expected ", expected,
                             expected ? " (one for each context), got "
                                      : " (the queries have no offsets), got ",
                             op.getContextOffsets().size());
  results.push_back(op.getQueries().getType());
  return success();
}

//===----------------------------------------------------------------------===//
// Conditional random field
//===----------------------------------------------------------------------===//

template <typename Adaptor>
static LogicalResult checkCrf(std::optional<Location> loc, Adaptor op) {
  int64_t labels = tensorType(op.getEmissions()).getDimSize(1);
  if (failed(checkShape(loc, "start", op.getStart(), {labels})) ||
      failed(checkShape(loc, "transitions", op.getTransitions(), {labels, labels})) ||
      failed(checkShape(loc, "end", op.getEnd(), {labels})))
    return failure();
  return success();
}

/// One score, or one for each segment.
template <typename Adaptor>
static Type crfScoreType(Adaptor op) {
  Type element = tensorType(op.getEmissions()).getElementType();
  return op.getOffsets() ? RankedTensorType::get({ShapedType::kDynamic}, element)
                         : RankedTensorType::get({}, element);
}

LogicalResult CrfViterbiOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                             Adaptor op, SmallVectorImpl<Type> &results) {
  if (failed(checkCrf(loc, op)))
    return failure();
  results.push_back(RankedTensorType::get({tensorType(op.getEmissions()).getDimSize(0)},
                                          IntegerType::get(context, 32)));
  results.push_back(crfScoreType(op));
  return success();
}

LogicalResult CrfLogPartitionOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                                  Adaptor op, SmallVectorImpl<Type> &results) {
  if (failed(checkCrf(loc, op)))
    return failure();
  results.push_back(crfScoreType(op));
  return success();
}

LogicalResult CrfScoreOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                           SmallVectorImpl<Type> &results) {
  int64_t tokens = tensorType(op.getEmissions()).getDimSize(0);
  if (failed(checkCrf(loc, op)) || failed(checkShape(loc, "labels", op.getLabels(), {tokens})))
    return failure();
  results.push_back(crfScoreType(op));
  return success();
}
