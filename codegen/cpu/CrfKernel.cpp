#include "codegen/cpu/CrfKernel.h"
#include <cfloat>
#include <limits>

using namespace mlir;

namespace trimod {

SmallVector<Type> getCrfInputTypes(MLIRContext *context, int64_t labels) {
  Type f32 = Float32Type::get(context), index = IndexType::get(context);
  return {rowsType(labels, f32), contiguousType({labels}, f32),
          contiguousType({labels, labels}, f32), contiguousType({labels}, f32),
          contiguousType({ShapedType::kDynamic}, index)};
}

Value CrfKernel::keepPrefix(Value value, int64_t count, double other) {
  if (count == lanes)
    return value;
  SmallVector<bool> mask(lanes, false);
  std::fill_n(mask.begin(), count, true);
  Value isKept = arith::ConstantOp::create(
      b, DenseElementsAttr::get(VectorType::get(lanes, b.getI1Type()), mask));
  return b.select(isKept, value, b.constantLike(value.getType(), other));
}

Value CrfKernel::finiteMax(ArrayRef<Value> chunks) {
  Value largest = b.constantLike(b.vectorType(lanes), -FLT_MAX);
  for (Value chunk : chunks)
    largest = b.atLeast(largest, chunk);
  return b.atMost(b.maxLanes(largest), scalar(FLT_MAX));
}

Value CrfKernel::goForward(Value scores, Value first, Value last,
                           llvm::function_ref<SmallVector<Value>(Value row)> advance) {
  SmallVector<Value> initial;
  forChunks([&](int64_t column, int64_t count) {
    initial.push_back(b.loadPrefix(start, b.index(column), lanes, count));
  });
  Value total = startTotal(addEmissions(initial, first, scores));
  return b.loop(b.add(first, 1), last, 1, total,
                [&](Value row, ValueRange carried) -> SmallVector<Value> {
                  SmallVector<Value> next = advance(row);
                  return {addToTotal(carried[0], addEmissions(next, row, scores))};
                })[0];
}

/// Stores the scores with the emissions of `row`, less the largest, which is returned. Lanes beyond
/// the labels are -inf.
Value CrfKernel::addEmissions(ArrayRef<Value> before, Value row, Value scores) {
  SmallVector<Value> values;
  forChunks([&](int64_t column, int64_t count) {
    Value sum = b.addF(before[column / lanes],
                       b.loadPrefix(emissions, {row, b.index(column)}, lanes, count));
    values.push_back(keepPrefix(sum, count, -std::numeric_limits<double>::infinity()));
  });
  Value largest = finiteMax(values);
  for (auto [chunk, value] : llvm::enumerate(values))
    b.storeVector(b.subF(value, b.broadcast(largest, lanes)), scores, b.index(chunk * lanes));
  return largest;
}

Value CrfKernel::startTotal(Value score) { return arith::ExtFOp::create(b, b.getF64Type(), score); }

Value CrfKernel::addToTotal(Value total, Value score) { return b.addF(total, startTotal(score)); }

Value CrfKernel::finishTotal(Value total, Value score) {
  return arith::TruncFOp::create(b, b.getF32Type(), addToTotal(total, score));
}

} // namespace trimod
