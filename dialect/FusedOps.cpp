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

LogicalResult EmbeddingOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                            Adaptor op, SmallVectorImpl<Type> &results) {
  RankedTensorType table = tensorType(op.getTable());
  if (table.getElementType().isInteger(8) && !op.getScales())
    return emitOptionalError(loc, "scales: expected one f32 for each row of ", table, ", got none");
  if (!table.getElementType().isInteger(8) && op.getScales())
    return emitOptionalError(loc, "scales: expected none, because only rows of i8 have them, got ",
                             op.getScales().getType(), " for ", table);
  if (op.getScales() && failed(checkShape(loc, "scales", op.getScales(), {table.getDimSize(0)})))
    return failure();
  SmallVector<int64_t> shape(tensorType(op.getIds()).getShape());
  shape.push_back(table.getDimSize(1));
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

/// A value of each sequence, of the shape `one`: itself, or one for each segment.
template <typename Adaptor>
static Type perSequence(Adaptor op, ArrayRef<int64_t> one) {
  SmallVector<int64_t> shape(one);
  if (op.getOffsets())
    shape.insert(shape.begin(), ShapedType::kDynamic);
  return RankedTensorType::get(shape, tensorType(op.getEmissions()).getElementType());
}

LogicalResult CrfViterbiOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                             Adaptor op, SmallVectorImpl<Type> &results) {
  if (failed(checkCrf(loc, op)))
    return failure();
  results.push_back(RankedTensorType::get({tensorType(op.getEmissions()).getDimSize(0)},
                                          IntegerType::get(context, 32)));
  results.push_back(perSequence(op, {}));
  return success();
}

LogicalResult CrfLogPartitionOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                                  Adaptor op, SmallVectorImpl<Type> &results) {
  if (failed(checkCrf(loc, op)))
    return failure();
  results.push_back(perSequence(op, {}));
  return success();
}

LogicalResult CrfMarginalsOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                               Adaptor op, SmallVectorImpl<Type> &results) {
  if (failed(checkCrf(loc, op)))
    return failure();
  RankedTensorType emissions = tensorType(op.getEmissions());
  int64_t tokens = emissions.getDimSize(0), labels = emissions.getDimSize(1);
  results.push_back(emissions);
  results.push_back(RankedTensorType::get({tokens, labels, labels}, emissions.getElementType()));
  results.push_back(perSequence(op, {}));
  return success();
}

LogicalResult CrfNbestOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                           Adaptor op, SmallVectorImpl<Type> &results) {
  if (failed(checkCrf(loc, op)))
    return failure();
  int64_t tokens = tensorType(op.getEmissions()).getDimSize(0), count = op.getCount();
  results.push_back(RankedTensorType::get({tokens, count}, IntegerType::get(context, 32)));
  results.push_back(perSequence(op, {count}));
  return success();
}

LogicalResult CrfScoreOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                           SmallVectorImpl<Type> &results) {
  int64_t tokens = tensorType(op.getEmissions()).getDimSize(0);
  if (failed(checkCrf(loc, op)) || failed(checkShape(loc, "labels", op.getLabels(), {tokens})))
    return failure();
  results.push_back(perSequence(op, {}));
  return success();
}
