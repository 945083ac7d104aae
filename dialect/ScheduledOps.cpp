//===- ScheduledOps.cpp - shapes of the ops made by scheduling -------------===//

#include "dialect/Shapes.h"
#include "dialect/TriMod.h"

using namespace mlir;
using namespace trimod;

LogicalResult AttentionContextOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                                   Adaptor op, SmallVectorImpl<Type> &results) {
  if (op.getContexts().empty())
    return emitOptionalError(loc, "context: expected at least one, got none");
  if (op.getProjected().size() != op.getContexts().size())
    return emitOptionalError(loc, "projected: expected ", op.getContexts().size(),
                             " (one for each context), got ", op.getProjected().size());
  if (!op.getContextOffsets().empty() && op.getContextOffsets().size() != op.getContexts().size())
    return emitOptionalError(loc, "context offsets: expected ", op.getContexts().size(),
                             " (one for each context), got ", op.getContextOffsets().size());
  int64_t width = tensorType(op.getContexts()[0]).getDimSize(1);
  int64_t scored = tensorType(op.getU()).getDimSize(0);
  for (auto [context, projected] : llvm::zip(op.getContexts(), op.getProjected())) {
    int64_t rows = tensorType(context).getDimSize(0);
    if (failed(checkShape(loc, "context", context, {rows, width})) ||
        failed(checkShape(loc, "projected", projected, {rows, scored})))
      return failure();
  }
  SmallVector<int64_t> scalar, row{width};
  if (!op.getContextOffsets().empty()) {
    scalar = {ShapedType::kDynamic};
    row = {ShapedType::kDynamic, width};
  }
  Type element = tensorType(op.getU()).getElementType();
  results.push_back(RankedTensorType::get(scalar, element));
  results.push_back(RankedTensorType::get(scalar, element));
  results.push_back(RankedTensorType::get(row, element));
  return success();
}

LogicalResult AttentionMergeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                                 Adaptor op, SmallVectorImpl<Type> &results) {
  RankedTensorType queries = tensorType(op.getQueries());
  int64_t scored = tensorType(op.getU()).getDimSize(0);
  SmallVector<int64_t> scalar, row{queries.getDimSize(1)};
  if (op.getQueryOffsets()) {
    scalar = {ShapedType::kDynamic};
    row = {ShapedType::kDynamic, queries.getDimSize(1)};
  }
  if (failed(checkShape(loc, "projected", op.getProjected(), {queries.getDimSize(0), scored})) ||
      failed(checkShape(loc, "max", op.getMax(), scalar)) ||
      failed(checkShape(loc, "weight", op.getWeight(), scalar)) ||
      failed(checkShape(loc, "sum", op.getSum(), row)))
    return failure();
  results.push_back(queries);
  return success();
}

/// w [P, _, V] has room for `columns`, and the bias is as long.
template <typename Adaptor>
static LogicalResult checkPanels(std::optional<Location> loc, Adaptor op) {
  RankedTensorType w = tensorType(op.getW());
  int64_t padded = sizeProduct(w.getDimSize(0), w.getDimSize(2));
  int64_t columns = op.getColumns();
  if (columns < 0 || (!ShapedType::isDynamic(padded) && columns > padded))
    return emitOptionalError(loc, "columns: expected at most ", padded, " (panels of w), got ",
                             columns);
  return op.getB() ? checkShape(loc, "bias", op.getB(), {padded}) : success();
}

LogicalResult PackedLinearOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                               Adaptor op, SmallVectorImpl<Type> &results) {
  RankedTensorType x = tensorType(op.getX()), w = tensorType(op.getW());
  if (x.getRank() == 0)
    return emitOptionalError(loc, "x: expected at least one dimension, got ", x);
  if (sizesDiffer(x.getShape().back(), w.getDimSize(1)))
    return emitOptionalError(loc, "last dimension of x: expected ", w.getDimSize(1),
                             " (the middle dimension of w), got ", x.getShape().back());
  if (failed(checkPanels(loc, op)))
    return failure();
  SmallVector<int64_t> shape(x.getShape());
  shape.back() = op.getColumns();
  if (op.getStart() && failed(checkShape(loc, "start", op.getStart(), shape)))
    return failure();
  results.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

LogicalResult PackedConv1dOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                               Adaptor op, SmallVectorImpl<Type> &results) {
  RankedTensorType x = tensorType(op.getX());
  int64_t kernel = op.getKernel();
  if (kernel <= 0 || kernel % 2 == 0)
    return emitOptionalError(loc, "kernel: expected an odd number, got ", kernel);
  int64_t window = sizeProduct(kernel, x.getDimSize(1));
  int64_t dynamic = ShapedType::kDynamic;
  if (failed(checkShape(loc, "w", op.getW(), {dynamic, window, dynamic})) ||
      failed(checkPanels(loc, op)))
    return failure();
  results.push_back(
      RankedTensorType::get({x.getDimSize(0), int64_t(op.getColumns())}, x.getElementType()));
  return success();
}
