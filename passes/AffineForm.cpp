#include "passes/AffineForm.h"
#include "passes/Matchers.h"

using namespace mlir;

namespace trimod {

unsigned AffineForm::countProductsWith(Value vector) const {
  return llvm::count_if(products, [&](const MatrixProduct &p) { return p.vector == vector; });
}

LogicalResult Failure::operator()(const Twine &why) {
  if (reason.empty())
    reason = why.str();
  return failure();
}

static bool keepsWholeRows(tensor::ExtractSliceOp slice) {
  RankedTensorType source = slice.getSourceType();
  if (!source.hasStaticShape() || slice.getType().getRank() != source.getRank() ||
      !slice.getOffsets().empty() || !slice.getSizes().empty() || !slice.hasUnitStride())
    return false;
  for (int64_t d = 1; d < source.getRank(); ++d)
    if (slice.getStaticOffset(d) != 0 || slice.getStaticSize(d) != source.getDimSize(d))
      return false;
  return true;
}

/// Looks through slices that keep whole rows, so that gates cut from one stack are known to be.
static RowRange rowsOf(Value value, int64_t offset, int64_t size) {
  value = skipCastsToDynamic(value);
  auto slice = value.getDefiningOp<tensor::ExtractSliceOp>();
  if (!slice || !keepsWholeRows(slice))
    return {value, offset, size};
  return rowsOf(slice.getSource(), offset + slice.getStaticOffset(0), size);
}

bool AffineReader::isOutside(Value value) const {
  return !body.isAncestor(value.getParentRegion());
}

LogicalResult AffineReader::read(Value value, int64_t offset, int64_t size, AffineForm &form,
                                 Value product) {
  if (isSplat(value, 0.0))
    return success();
  value = skipCastsToDynamic(value);
  if (isOutside(value))
    return readBias(value, offset, size, form, product);
  if (auto cast = value.getDefiningOp<tensor::CastOp>())
    return read(cast.getSource(), offset, size, form, product);
  if (auto sum = value.getDefiningOp<arith::AddFOp>())
    return success(succeeded(read(sum.getLhs(), offset, size, form, product)) &&
                   succeeded(read(sum.getRhs(), offset, size, form, product)));
  if (auto slice = value.getDefiningOp<tensor::ExtractSliceOp>())
    return readSlice(slice, offset, size, form, product);
  if (auto matvec = value.getDefiningOp<linalg::MatvecOp>())
    return readProduct(matvec.getInputs()[0], matvec.getInputs()[1], matvec.getOutputs()[0], offset,
                       size, form);
  if (auto linear = value.getDefiningOp<LinearOp>())
    return readProduct(linear.getW(), linear.getX(), linear.getB(), offset, size, form);
  return fail("the input of a gate is not a sum of matrix products and biases: it contains " +
              describe(value));
}

LogicalResult AffineReader::readBias(Value value, int64_t offset, int64_t size, AffineForm &form,
                                     Value product) {
  if (failed(checkType("a bias", value)))
    return failure();
  form.biases.push_back({rowsOf(value, offset, size), product});
  return success();
}

LogicalResult AffineReader::readSlice(tensor::ExtractSliceOp slice, int64_t offset, int64_t size,
                                      AffineForm &form, Value product) {
  if (slice.getSourceType().getRank() != 1 || slice.isDynamicOffset(0) || slice.isDynamicSize(0) ||
      slice.isDynamicStride(0))
    return fail("a gate is cut from its stack at an offset or a size that is not static");
  if (slice.getStaticStride(0) != 1)
    return fail("a gate is cut from its stack with a stride of " + Twine(slice.getStaticStride(0)) +
                "; its rows must be adjacent");
  return read(slice.getSource(), offset + slice.getStaticOffset(0), size, form, product);
}

LogicalResult AffineReader::readProduct(Value weight, Value vector, Value initial, int64_t offset,
                                        int64_t size, AffineForm &form) {
  weight = skipCastsToDynamic(weight);
  if (!isOutside(weight))
    return fail("a weight matrix is computed inside the scan, by " + describe(weight) +
                "; move it out");
  if (failed(checkType("a weight matrix", weight)))
    return failure();
  if (tensorType(vector).getRank() != 1)
    return fail("a gate multiplies a matrix, not a vector, by its weights");
  vector = skipCasts(vector);
  form.products.push_back({rowsOf(weight, offset, size), vector});
  return initial ? read(initial, offset, size, form, vector) : success();
}

LogicalResult AffineReader::checkType(StringRef what, Value value) {
  RankedTensorType type = tensorType(value);
  if (!type.hasStaticShape())
    return fail(what + " has no static size; specialise the parameters first");
  if (!type.getElementType().isF32())
    return fail(what + " is not of f32; widen it in front of the scan");
  return success();
}

} // namespace trimod
