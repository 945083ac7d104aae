#include "codegen/cpu/Contraction.h"

using namespace mlir;

namespace trimod {

static SmallVector<Value> initialValues(KernelBuilder &b, const Contraction &c) {
  SmallVector<Value> values;
  for (int64_t row = 0; row < c.rows; ++row)
    for (int64_t vector = 0; vector < c.vectors; ++vector)
      values.push_back(c.initial ? c.initial(row, vector) : b.zeros(c.lanes));
  return values;
}

void buildContraction(KernelBuilder &b, const Contraction &c) {
  auto multiplyAdd = [&](Value k, ValueRange carried) {
    SmallVector<Value> operands;
    for (int64_t vector = 0; vector < c.vectors; ++vector)
      operands.push_back(c.b(k, vector));
    SmallVector<Value> sums(carried);
    for (int64_t row = 0; row < c.rows; ++row) {
      Value scalar = b.broadcast(c.a(k, row), c.lanes);
      for (int64_t vector = 0; vector < c.vectors; ++vector) {
        Value &sum = sums[row * c.vectors + vector];
        sum = b.fma(scalar, operands[vector], sum);
      }
    }
    return sums;
  };
  SmallVector<Value> sums = b.loop(b.index(0), c.extent, 1, initialValues(b, c), multiplyAdd);
  for (int64_t row = 0; row < c.rows; ++row)
    c.epilogue(row, ArrayRef(sums).slice(row * c.vectors, c.vectors));
}

} // namespace trimod
