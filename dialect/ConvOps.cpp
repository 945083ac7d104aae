//===- ConvOps.cpp - shapes and folders of layers over sequences -----------===//

#include "dialect/Shapes.h"
#include "dialect/TriMod.h"

using namespace mlir;
using namespace trimod;

LogicalResult Conv1dOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                         SmallVectorImpl<Type> &results) {
  RankedTensorType x = tensorType(op.getX()), w = tensorType(op.getW());
  if (sizesDiffer(x.getDimSize(1), w.getDimSize(1)))
    return emitOptionalError(loc, "columns of x: expected ", w.getDimSize(1),
                             " (the channels of w), got ", x.getDimSize(1));
  if (w.isDynamicDim(2) || w.getDimSize(2) % 2 == 0)
    return emitOptionalError(loc, "kernel size of w: expected a static odd number, got ", w);
  if (op.getB() && failed(checkShape(loc, "bias", op.getB(), {w.getDimSize(0)})))
    return failure();
  results.push_back(RankedTensorType::get({x.getDimSize(0), w.getDimSize(0)}, x.getElementType()));
  return success();
}

/// A kernel of one row reads no other row, so segments make no difference.
OpFoldResult Conv1dOp::fold(FoldAdaptor) {
  if (!getOffsets() || tensorType(getW()).getDimSize(2) != 1)
    return {};
  getOffsetsMutable().clear();
  return getResult();
}

LogicalResult MaxOverTimeOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor op,
                                              SmallVectorImpl<Type> &results) {
  RankedTensorType x = tensorType(op.getX());
  SmallVector<int64_t> shape{x.getDimSize(1)};
  if (op.getOffsets())
    shape.insert(shape.begin(), ShapedType::kDynamic);
  results.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}
