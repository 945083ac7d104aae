#include "passes/RecurrentCell.h"

using namespace mlir;

namespace trimod {

bool hasActivation(ScanOp scan) {
  return llvm::any_of(scan.getBody().front(), [](Operation &op) {
    return isa<math::TanhOp>(op) || (isa<arith::DivFOp>(op) && matchSigmoid(op.getResult(0)));
  });
}

RecurrentCell::RecurrentCell(ScanOp scan, StringRef cell)
    : scan(scan), cell(cell), x(scan.getBody().front().getArgument(0)),
      h(scan.getBody().front().getArgument(1)), reader(scan.getBody(), fail) {}

//===----------------------------------------------------------------------===//
// Matching
//===----------------------------------------------------------------------===//

LogicalResult RecurrentCell::checkShapes() {
  auto isStaticVector = [](Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && type.getRank() == 1 && type.hasStaticShape() && type.getElementType().isF32();
  };
  if (!llvm::all_of(scan.getBody().front().getArguments(), isStaticVector))
    return fail("the row and the state must be f32 vectors of static size; specialise the "
                "parameters first");
  return success();
}

LogicalResult RecurrentCell::checkStacked(Value next) {
  for (Value value : scan.getYield().getValues().drop_front(scan.getInitial().size()))
    if (!isSame(value, next))
      return fail("the scan also stacks a value inside the cell, made by " + describe(value) +
                  "; " + cell + " gives its states alone");
  return success();
}

LogicalResult RecurrentCell::checkProducts(const AffineForm &form, StringRef gate,
                                           ArrayRef<Value> vectors) {
  for (Value vector : vectors)
    if (unsigned count = form.countProductsWith(vector); count != 1)
      return fail(gate + ": expected one matrix product with " + nameVector(vector) + ", got " +
                  Twine(count));
  for (const MatrixProduct &product : form.products)
    if (!llvm::is_contained(vectors, product.vector))
      return fail(gate + ": there is no place for a matrix product with " +
                  nameVector(product.vector));
  return success();
}

LogicalResult RecurrentCell::readSigmoidGate(Value gate, StringRef name, AffineForm &form) {
  Value input = matchSigmoid(gate);
  if (!input)
    return fail("activation of the " + name + ": expected a sigmoid, 1 / (1 + exp(-x)), got " +
                describe(gate));
  return readGate(input, form);
}

std::string RecurrentCell::nameVector(Value vector) {
  if (vector == x)
    return "the input row";
  if (vector == h)
    return "the state";
  bool isCarried = vector.getParentBlock() == &scan.getBody().front() && isa<BlockArgument>(vector);
  return isCarried ? "the other carried value" : "what " + describe(vector) + " makes";
}

//===----------------------------------------------------------------------===//
// Building the fused op
//===----------------------------------------------------------------------===//

SmallVector<Value> RecurrentCell::initialStates(ValueRange values) {
  if (llvm::all_of(values, [](Value value) { return isSplat(value, 0.0); }))
    return {};
  return values;
}

RecurrentCell::RowRanges RecurrentCell::weightsFor(const AffineForm &form, Value vector) {
  RowRanges rows;
  for (const MatrixProduct &product : form.products)
    if (product.vector == vector)
      rows.push_back(product.weight);
  return rows;
}

RecurrentCell::RowRanges RecurrentCell::biasesOf(const AffineForm &form, bool ofInput) const {
  RowRanges rows;
  for (const Bias &bias : form.biases)
    if ((!bias.product || bias.product == x) == ofInput)
      rows.push_back(bias.rows);
  return rows;
}

Value RecurrentCell::stack(OpBuilder &builder, ArrayRef<RowRanges> gates) {
  int64_t hidden = hiddenSize(), count = gates.size();
  auto areOneStack = [&](Value whole) {
    if (tensorType(whole).getDimSize(0) != count * hidden)
      return false;
    return llvm::all_of(llvm::enumerate(gates), [&](const auto &gate) {
      return gate.value().size() == 1 && gate.value()[0].isRowsOf(whole, gate.index() * hidden);
    });
  };
  if (!gates[0].empty() && areOneStack(gates[0][0].source))
    return gates[0][0].source;
  if (llvm::all_of(gates, [](const RowRanges &gate) { return gate.empty(); }))
    return makeZeros(builder, count * hidden);
  SmallVector<Value> parts;
  for (const RowRanges &gate : gates)
    parts.push_back(sumOf(builder, gate));
  return tensor::ConcatOp::create(builder, scan.getLoc(), /*dim=*/0, parts);
}

/// The sum of the ranges; for no ranges (a gate without a bias) zeros.
Value RecurrentCell::sumOf(OpBuilder &builder, ArrayRef<RowRange> ranges) {
  if (ranges.empty())
    return makeZeros(builder, hiddenSize());
  Value sum = sliceRows(builder, ranges.front());
  for (RowRange rows : ranges.drop_front())
    sum = arith::AddFOp::create(builder, scan.getLoc(), sum, sliceRows(builder, rows));
  return sum;
}

Value RecurrentCell::makeZeros(OpBuilder &builder, int64_t size) {
  auto type = RankedTensorType::get({size}, builder.getF32Type());
  return arith::ConstantOp::create(builder, scan.getLoc(), DenseElementsAttr::get(type, 0.0f));
}

Value RecurrentCell::sliceRows(OpBuilder &builder, RowRange rows) {
  RankedTensorType type = tensorType(rows.source);
  if (rows.offset == 0 && type.getDimSize(0) == rows.size)
    return rows.source;
  SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0));
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(builder, scan.getLoc(), rows.source);
  SmallVector<OpFoldResult> strides(type.getRank(), builder.getIndexAttr(1));
  offsets[0] = builder.getIndexAttr(rows.offset);
  sizes[0] = builder.getIndexAttr(rows.size);
  return tensor::ExtractSliceOp::create(builder, scan.getLoc(), rows.source, offsets, sizes,
                                        strides);
}

void RecurrentCell::replaceScan(PatternRewriter &rewriter, ValueRange lasts, Value states) {
  SmallVector<Value> results(lasts);
  results.append(scan.getStacked().size(), states);
  for (auto [result, type] : llvm::zip_equal(results, scan.getResultTypes()))
    if (result.getType() != type)
      result = tensor::CastOp::create(rewriter, scan.getLoc(), type, result);
  rewriter.replaceOp(scan, results);
}

} // namespace trimod
