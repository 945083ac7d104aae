//===- FuseGRUCell.cpp - recognise a GRU written as a scan ----------------===//
//
// Each gate, before its activation, is read as an affine form (AffineForm.h);
// what is left to match is how the gates make the next state.
//
//===----------------------------------------------------------------------===//

#include "passes/AffineForm.h"
#include "passes/Matchers.h"
#include "passes/Passes.h"
#include "passes/Patterns.h"

#include <array>

using namespace mlir;

namespace trimod {

#define GEN_PASS_DEF_FUSEGRUCELL
#include "passes/Passes.h.inc"

namespace {

constexpr llvm::StringLiteral passName = "trimod-fuse-gru-cell";

//===----------------------------------------------------------------------===//
// The cell
//===----------------------------------------------------------------------===//

/// The body of a scan, read as a GRU.
class GRUCell {
public:
  explicit GRUCell(ScanOp scan)
      : scan(scan), x(scan.getBody().front().getArgument(0)),
        h(scan.getBody().front().getArgument(1)), reader(scan.getBody(), fail) {}

  LogicalResult match();
  StringRef getReason() const { return fail.getReason(); }
  bool isLinearBeforeReset() const { return linearBeforeReset; }
  GruOp build(OpBuilder &builder);

private:
  using Gates = std::array<SmallVector<RowRange, 2>, 3>;

  LogicalResult matchShapes();
  LogicalResult matchYield();
  LogicalResult matchUpdate(Value next);
  bool matchBlend(Value kept, Value renewed);
  bool matchCorrection(Value candidate, Value correction);
  LogicalResult matchCandidate();
  LogicalResult splitCandidate(Value sum, SmallVectorImpl<Value> &addends);
  LogicalResult matchResetOfState();
  LogicalResult checkForms();
  LogicalResult checkProducts(const AffineForm &form, StringRef gate, ArrayRef<Value> vectors);
  std::string nameVector(Value vector) const;

  bool isState(Value value) const { return skipCasts(value) == h; }
  int64_t hiddenSize() const { return tensorType(h).getDimSize(0); }

  Value stackWeights(OpBuilder &builder, Value vector);
  Value stackBiases(OpBuilder &builder, bool ofInput);
  Value stack(OpBuilder &builder, const Gates &gates);
  Value sumOf(OpBuilder &builder, ArrayRef<RowRange> ranges);
  Value makeZeros(OpBuilder &builder, int64_t size);
  Value sliceRows(OpBuilder &builder, RowRange rows);

  ScanOp scan;
  Value x;
  Value h;
  Failure fail;
  AffineReader reader;

  Value updateGate;
  Value candidate;
  Value resetGate;
  /// What the reset gate multiplies, if that is a product (linear_before_reset).
  Value resetProduct;
  bool linearBeforeReset = false;

  AffineForm reset;
  AffineForm update;
  /// The candidate apart from what the reset gate multiplies.
  AffineForm candidateInput;
  /// The candidate's recurrent part; empty unless linear_before_reset.
  AffineForm candidateRecurrent;
};

LogicalResult GRUCell::match() {
  if (failed(matchShapes()) || failed(matchYield()) ||
      failed(matchUpdate(scan.getYield().getOperand(0))))
    return failure();
  Value updateInput = matchSigmoid(updateGate);
  if (!updateInput)
    return fail("activation of the update gate: expected a sigmoid, 1 / (1 + exp(-x)), got " +
                describe(updateGate));
  if (failed(reader.read(updateInput, 0, hiddenSize(), update)) || failed(matchCandidate()) ||
      failed(reader.read(matchSigmoid(resetGate), 0, hiddenSize(), reset)))
    return failure();
  return checkForms();
}

LogicalResult GRUCell::matchShapes() {
  auto isStaticVector = [](Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && type.getRank() == 1 && type.hasStaticShape() && type.getElementType().isF32();
  };
  if (!isStaticVector(x) || !isStaticVector(h))
    return fail("the row and the state must be f32 vectors of static size; specialise the "
                "parameters first");
  return success();
}

LogicalResult GRUCell::matchYield() {
  Value next = scan.getYield().getOperand(0);
  for (Value value : scan.getYield().getValues())
    if (!isSame(value, next))
      return fail("the scan also stacks a value inside the cell, made by " + describe(value) +
                  "; a GRU gives its states alone");
  return success();
}

/// (1 - z) * n + z * h, or n + z * (h - n), operands in any order.
LogicalResult GRUCell::matchUpdate(Value next) {
  auto sum = definedBy<arith::AddFOp>(next);
  if (!sum)
    return fail("the next state is made by " + describe(next) +
                "; a GRU's is (1 - z) * n + z * h or n + z * (h - n)");
  Value lhs = sum.getLhs(), rhs = sum.getRhs();
  if (matchBlend(lhs, rhs) || matchBlend(rhs, lhs) || matchCorrection(lhs, rhs) ||
      matchCorrection(rhs, lhs))
    return success();
  return fail("the next state is neither (1 - z) * n + z * h nor n + z * (h - n)");
}

/// kept = z * h and renewed = (1 - z) * n.
bool GRUCell::matchBlend(Value kept, Value renewed) {
  Value gate = otherOperand<arith::MulFOp>(kept, [&](Value v) { return isState(v); });
  if (!gate)
    return false;
  Value complemented;
  Value blended = otherOperand<arith::MulFOp>(renewed, [&](Value v) {
    complemented = matchDifferenceFrom(1.0, v);
    return complemented && isSame(complemented, gate);
  });
  if (blended) {
    updateGate = gate;
    candidate = blended;
    return true;
  }
  Value swapped = matchDifferenceFrom(1.0, gate);
  if (swapped && otherOperand<arith::MulFOp>(renewed, [&](Value v) { return isSame(v, swapped); }))
    (void)fail("the update gate is swapped: the next state is (1 - z) * h + z * n, a GRU's is "
               "(1 - z) * n + z * h; negate the gate's weights and biases");
  return false;
}

/// correction = z * (h - candidate).
bool GRUCell::matchCorrection(Value renewed, Value correction) {
  Value gate = otherOperand<arith::MulFOp>(correction, [&](Value v) {
    auto difference = definedBy<arith::SubFOp>(v);
    return difference && isState(difference.getLhs()) && isSame(difference.getRhs(), renewed);
  });
  if (!gate)
    return false;
  updateGate = gate;
  candidate = renewed;
  return true;
}

/// linear_before_reset: tanh(W x + b + r * (U h + c)); else tanh(W x + b + U (r * h) + c).
LogicalResult GRUCell::matchCandidate() {
  auto tanh = definedBy<math::TanhOp>(candidate);
  if (!tanh)
    return fail("activation of the candidate: expected math.tanh, got " + describe(candidate));
  SmallVector<Value> addends;
  if (failed(splitCandidate(tanh.getOperand(), addends)))
    return failure();
  for (Value addend : addends)
    if (failed(reader.read(addend, 0, hiddenSize(), candidateInput)))
      return failure();
  if (!resetProduct)
    return matchResetOfState();
  linearBeforeReset = true;
  return reader.read(resetProduct, 0, hiddenSize(), candidateRecurrent);
}

/// Separates gate * (...) from the other addends.
LogicalResult GRUCell::splitCandidate(Value sum, SmallVectorImpl<Value> &addends) {
  Value value = skipCasts(sum);
  auto product = value.getDefiningOp<arith::MulFOp>();
  if (reader.isOutside(value) || (!product && !value.getDefiningOp<arith::AddFOp>())) {
    addends.push_back(sum);
    return success();
  }
  if (auto add = value.getDefiningOp<arith::AddFOp>())
    return success(succeeded(splitCandidate(add.getLhs(), addends)) &&
                   succeeded(splitCandidate(add.getRhs(), addends)));
  if (resetGate)
    return fail("the candidate has more than one elementwise product; a GRU has one, with the "
                "reset gate");
  Value lhs = product.getLhs(), rhs = product.getRhs();
  if (!matchSigmoid(lhs))
    std::swap(lhs, rhs);
  if (!matchSigmoid(lhs))
    return fail("activation of the reset gate: expected a sigmoid, 1 / (1 + exp(-x)), got " +
                describe(lhs) + " and " + describe(rhs));
  resetGate = lhs;
  resetProduct = rhs;
  return success();
}

/// Finds U (r * h) among the candidate's products and turns it into a product with h.
LogicalResult GRUCell::matchResetOfState() {
  for (MatrixProduct &product : candidateInput.products) {
    if (product.vector == x || product.vector == h)
      continue;
    Value gate = otherOperand<arith::MulFOp>(product.vector, [&](Value v) { return isState(v); });
    if (!gate)
      return fail("the candidate multiplies a matrix by what " + describe(product.vector) +
                  " makes; a GRU multiplies by x or r * h");
    if (!matchSigmoid(gate))
      return fail("activation of the reset gate: expected a sigmoid, 1 / (1 + exp(-x)), got " +
                  describe(gate));
    if (resetGate && !isSame(resetGate, gate))
      return fail("the candidate resets the state by more than one gate");
    resetGate = gate;
    product.vector = h;
  }
  if (!resetGate)
    return fail("the candidate does not use a reset gate");
  return success();
}

LogicalResult GRUCell::checkForms() {
  if (failed(checkProducts(reset, "reset gate", {x, h})) ||
      failed(checkProducts(update, "update gate", {x, h})))
    return failure();
  if (!linearBeforeReset)
    return checkProducts(candidateInput, "candidate", {x, h});
  return success(
      succeeded(checkProducts(candidateInput, "candidate, apart from the reset", {x})) &&
      succeeded(checkProducts(candidateRecurrent, "what the reset gate multiplies", {h})));
}

/// The form has one product with each of the vectors and no other.
LogicalResult GRUCell::checkProducts(const AffineForm &form, StringRef gate,
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

std::string GRUCell::nameVector(Value vector) const {
  if (vector == x)
    return "the input row";
  return vector == h ? "the state" : "what " + describe(vector) + " makes";
}

//===----------------------------------------------------------------------===//
// Building the fused op
//===----------------------------------------------------------------------===//

GruOp GRUCell::build(OpBuilder &builder) {
  Value inputWeights = stackWeights(builder, x);
  Value recurrentWeights = stackWeights(builder, h);
  Value inputBiases = stackBiases(builder, /*ofInput=*/true);
  Value recurrentBiases = stackBiases(builder, /*ofInput=*/false);
  SmallVector<Value, 1> initial;
  if (!isSplat(scan.getInitial()[0], 0.0))
    initial.push_back(scan.getInitial()[0]);
  Direction direction = scan.getReverse() ? Direction::Reverse : Direction::Forward;
  return GruOp::create(builder, scan.getLoc(), scan.getInputs()[0], inputWeights, recurrentWeights,
                       inputBiases, recurrentBiases, initial, /*offsets=*/Value(),
                       DirectionAttr::get(builder.getContext(), direction),
                       builder.getBoolAttr(linearBeforeReset));
}

Value GRUCell::stackWeights(OpBuilder &builder, Value vector) {
  auto rowsFor = [&](const AffineForm &form) {
    SmallVector<RowRange, 2> rows;
    for (const MatrixProduct &product : form.products)
      if (product.vector == vector)
        rows.push_back(product.weight);
    return rows;
  };
  bool inRecurrentPart = vector == h && linearBeforeReset;
  return stack(builder, {rowsFor(reset), rowsFor(update),
                         rowsFor(inRecurrentPart ? candidateRecurrent : candidateInput)});
}

/// A bias belongs to the product that starts from it, and to the input otherwise. That only
/// matters for the candidate of the linear_before_reset form, where b_hn is inside the reset.
Value GRUCell::stackBiases(OpBuilder &builder, bool ofInput) {
  auto rowsOf = [](const AffineForm &form, llvm::function_ref<bool(const Bias &)> select) {
    SmallVector<RowRange, 2> rows;
    for (const Bias &bias : form.biases)
      if (select(bias))
        rows.push_back(bias.rows);
    return rows;
  };
  auto isChosen = [&](const Bias &bias) { return (!bias.product || bias.product == x) == ofInput; };
  auto all = [](const Bias &) { return true; };
  SmallVector<RowRange, 2> ofCandidate =
      linearBeforeReset ? rowsOf(ofInput ? candidateInput : candidateRecurrent, all)
                        : rowsOf(candidateInput, isChosen);
  return stack(builder, {rowsOf(reset, isChosen), rowsOf(update, isChosen), ofCandidate});
}

/// [r; z; n]: the stack itself if the three were cut from one in that order.
Value GRUCell::stack(OpBuilder &builder, const Gates &gates) {
  int64_t hidden = hiddenSize();
  if (llvm::all_of(gates, [](const auto &gate) { return gate.size() == 1; })) {
    Value whole = gates[0][0].source;
    if (tensorType(whole).getDimSize(0) == 3 * hidden && gates[0][0].isRowsOf(whole, 0) &&
        gates[1][0].isRowsOf(whole, hidden) && gates[2][0].isRowsOf(whole, 2 * hidden))
      return whole;
  }
  if (llvm::all_of(gates, [](const auto &gate) { return gate.empty(); }))
    return makeZeros(builder, 3 * hidden);
  SmallVector<Value, 3> parts;
  for (const auto &gate : gates)
    parts.push_back(sumOf(builder, gate));
  return tensor::ConcatOp::create(builder, scan.getLoc(), /*dim=*/0, parts);
}

/// The sum of the ranges; for no ranges (a gate without a bias) zeros.
Value GRUCell::sumOf(OpBuilder &builder, ArrayRef<RowRange> ranges) {
  if (ranges.empty())
    return makeZeros(builder, hiddenSize());
  Value sum = sliceRows(builder, ranges.front());
  for (RowRange rows : ranges.drop_front())
    sum = arith::AddFOp::create(builder, scan.getLoc(), sum, sliceRows(builder, rows));
  return sum;
}

Value GRUCell::makeZeros(OpBuilder &builder, int64_t size) {
  auto type = RankedTensorType::get({size}, builder.getF32Type());
  return arith::ConstantOp::create(builder, scan.getLoc(), DenseElementsAttr::get(type, 0.0f));
}

Value GRUCell::sliceRows(OpBuilder &builder, RowRange rows) {
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

//===----------------------------------------------------------------------===//
// The pattern and the pass
//===----------------------------------------------------------------------===//

struct FuseGRUCellPattern : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    if (scan.getInitial().size() != 1)
      return rewriter.notifyMatchFailure(scan, "carries more or less than one value");
    if (!hasActivation(scan))
      return rewriter.notifyMatchFailure(scan, "no activation in the body");
    // From here on it was probably meant as a recurrent cell, and the user wants to know.
    if (size_t count = scan.getInputs().size(); count != 1)
      return reportNearMiss(rewriter, scan, passName,
                            "the scan runs over " + std::to_string(count) +
                                " inputs, a GRU runs over one; concatenate them");
    GRUCell cell(scan);
    if (failed(cell.match()))
      return reportNearMiss(rewriter, scan, passName, cell.getReason());

    GruOp gru = cell.build(rewriter);
    reportFusion(scan, passName,
                 cell.isLinearBeforeReset() ? "the scan is a GRU with linear_before_reset = true"
                                            : "the scan is a GRU with linear_before_reset = false");
    SmallVector<Value> results{gru.getLast()};
    results.append(scan.getStacked().size(), gru.getStates());
    for (auto [result, type] : llvm::zip_equal(results, scan.getResultTypes()))
      if (result.getType() != type)
        result = tensor::CastOp::create(rewriter, scan.getLoc(), type, result);
    rewriter.replaceOp(scan, results);
    return success();
  }

private:
  static bool hasActivation(ScanOp scan) {
    return llvm::any_of(scan.getBody().front(), [](Operation &op) {
      return isa<math::TanhOp>(op) || (isa<arith::DivFOp>(op) && matchSigmoid(op.getResult(0)));
    });
  }
};

struct FuseGRUCell : impl::FuseGRUCellBase<FuseGRUCell> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateFuseGRUCellPatterns(patterns);
    applyPatternsOnce(getOperation(), std::move(patterns));
  }
};

} // namespace

void populateFuseGRUCellPatterns(RewritePatternSet &patterns) {
  patterns.add<FuseGRUCellPattern>(patterns.getContext());
}

} // namespace trimod
