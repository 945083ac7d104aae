//===- FuseGRUCell.cpp - recognise a GRU written as a scan ----------------===//
//
// Each gate, before its activation, is read as an affine form (AffineForm.h);
// what is left to match is how the gates make the next state.
//
//===----------------------------------------------------------------------===//

#include "passes/Passes.h"
#include "passes/Patterns.h"
#include "passes/RecurrentCell.h"

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
class GRUCell : public RecurrentCell {
public:
  explicit GRUCell(ScanOp scan) : RecurrentCell(scan, "a GRU") {}

  LogicalResult match();
  bool isLinearBeforeReset() const { return linearBeforeReset; }
  GruOp build(OpBuilder &builder);

private:
  LogicalResult matchUpdate(Value next);
  bool matchBlend(Value kept, Value renewed);
  bool matchCorrection(Value candidate, Value correction);
  LogicalResult matchCandidate();
  LogicalResult splitCandidate(Value sum, SmallVectorImpl<Value> &addends);
  LogicalResult matchResetOfState();
  LogicalResult checkForms();

  Value stackWeights(OpBuilder &builder, Value vector);
  Value stackBiases(OpBuilder &builder, bool ofInput);

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
  Value next = scan.getYield().getOperand(0);
  if (failed(checkShapes()) || failed(checkStacked(next)) || failed(matchUpdate(next)) ||
      failed(readSigmoidGate(updateGate, "update gate", update)) || failed(matchCandidate()) ||
      failed(readSigmoidGate(resetGate, "reset gate", reset)))
    return failure();
  return checkForms();
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
    if (failed(readGate(addend, candidateInput)))
      return failure();
  if (!resetProduct)
    return matchResetOfState();
  linearBeforeReset = true;
  return readGate(resetProduct, candidateRecurrent);
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

//===----------------------------------------------------------------------===//
// Building the fused op
//===----------------------------------------------------------------------===//

GruOp GRUCell::build(OpBuilder &builder) {
  Value inputWeights = stackWeights(builder, x);
  Value recurrentWeights = stackWeights(builder, h);
  Value inputBiases = stackBiases(builder, /*ofInput=*/true);
  Value recurrentBiases = stackBiases(builder, /*ofInput=*/false);
  return GruOp::create(builder, scan.getLoc(), scan.getInputs()[0], inputWeights, recurrentWeights,
                       inputBiases, recurrentBiases, initialStates(scan.getInitial()),
                       /*offsets=*/Value(), DirectionAttr::get(builder.getContext(), direction()),
                       builder.getBoolAttr(linearBeforeReset));
}

Value GRUCell::stackWeights(OpBuilder &builder, Value vector) {
  bool inRecurrentPart = vector == h && linearBeforeReset;
  return stack(builder,
               {weightsFor(reset, vector), weightsFor(update, vector),
                weightsFor(inRecurrentPart ? candidateRecurrent : candidateInput, vector)});
}

/// A bias belongs to the product that starts from it, and to the input otherwise. That only
/// matters for the candidate of the linear_before_reset form, where b_hn is inside the reset.
Value GRUCell::stackBiases(OpBuilder &builder, bool ofInput) {
  auto allBiases = [](const AffineForm &form) {
    RowRanges rows;
    for (const Bias &bias : form.biases)
      rows.push_back(bias.rows);
    return rows;
  };
  RowRanges ofCandidate = linearBeforeReset
                              ? allBiases(ofInput ? candidateInput : candidateRecurrent)
                              : biasesOf(candidateInput, ofInput);
  return stack(builder, {biasesOf(reset, ofInput), biasesOf(update, ofInput), ofCandidate});
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
    cell.replaceScan(rewriter, gru.getLast(), gru.getStates());
    return success();
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
