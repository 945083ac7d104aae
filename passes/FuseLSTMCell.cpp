//===- FuseLSTMCell.cpp - recognise an LSTM written as a scan --------------===//
//
// Each gate, before its activation, is read as an affine form (AffineForm.h);
// what is left to match is how the gates make the next cell state and state.
//
//===----------------------------------------------------------------------===//

#include "passes/Passes.h"
#include "passes/Patterns.h"
#include "passes/RecurrentCell.h"

using namespace mlir;

namespace trimod {

#define GEN_PASS_DEF_FUSELSTMCELL
#include "passes/Passes.h.inc"

namespace {

constexpr llvm::StringLiteral passName = "trimod-fuse-lstm-cell";

//===----------------------------------------------------------------------===//
// The cell
//===----------------------------------------------------------------------===//

/// The body of a scan, read as an LSTM.
class LSTMCell : public RecurrentCell {
public:
  explicit LSTMCell(ScanOp scan) : RecurrentCell(scan, "an LSTM") {}

  LogicalResult match();
  LstmOp build(OpBuilder &builder);
  /// The last values of the carried ones, in the scan's order.
  std::array<Value, 2> orderLasts(LstmOp lstm) const;

private:
  LogicalResult matchState();
  LogicalResult matchCellState(Value next);
  LogicalResult matchInput(Value product);
  LogicalResult readGates();

  /// Places of h and c among the carried values.
  unsigned stateIndex = 0, cellIndex = 1;
  Value inputGate, forgetGate, cellGate, outputGate;
  AffineForm input, forget, candidate, output;
};

LogicalResult LSTMCell::match() {
  if (failed(checkShapes()) || failed(matchState()))
    return failure();
  ValueRange next = scan.getYield().getValues();
  return success(succeeded(checkStacked(next[stateIndex])) &&
                 succeeded(matchCellState(next[cellIndex])) && succeeded(readGates()));
}

/// h' = o * tanh(c'), where c' is the next value of the other carried one.
LogicalResult LSTMCell::matchState() {
  ValueRange next = scan.getYield().getValues();
  for (unsigned index : {0, 1}) {
    Value other = next[1 - index];
    outputGate = otherOperand<arith::MulFOp>(next[index], [&](Value v) {
      auto tanh = definedBy<math::TanhOp>(v);
      return tanh && isSame(tanh.getOperand(), other);
    });
    if (!outputGate)
      continue;
    stateIndex = index;
    cellIndex = 1 - index;
    h = scan.getBody().front().getArgument(1 + index);
    return success();
  }
  return fail("neither carried value becomes o * tanh(c'), where c' is what the other one becomes");
}

/// c' = f * c + i * g
LogicalResult LSTMCell::matchCellState(Value next) {
  auto sum = definedBy<arith::AddFOp>(next);
  if (!sum)
    return fail("the next cell state is made by " + describe(next) +
                "; an LSTM's is f * c + i * g");
  Value c = scan.getBody().front().getArgument(1 + cellIndex);
  auto matchForget = [&](Value product) {
    return otherOperand<arith::MulFOp>(product, [&](Value v) { return isSame(v, c); });
  };
  Value rest = sum.getRhs();
  forgetGate = matchForget(sum.getLhs());
  if (!forgetGate) {
    forgetGate = matchForget(sum.getRhs());
    rest = sum.getLhs();
  }
  if (!forgetGate)
    return fail("the next cell state is not f * c + i * g: no addend is a product with c");
  return matchInput(rest);
}

/// i * g, of which g is the tanh.
LogicalResult LSTMCell::matchInput(Value product) {
  auto isTanh = [](Value v) { return static_cast<bool>(definedBy<math::TanhOp>(v)); };
  auto mul = definedBy<arith::MulFOp>(product);
  if (!mul)
    return fail("what is added to f * c is made by " + describe(product) + "; an LSTM adds i * g");
  inputGate = otherOperand<arith::MulFOp>(mul, isTanh);
  if (!inputGate)
    return fail("activation of the cell gate: expected math.tanh, got " + describe(mul.getLhs()) +
                " and " + describe(mul.getRhs()));
  cellGate = inputGate == mul.getLhs() ? mul.getRhs() : mul.getLhs();
  if (Value kept = matchDifferenceFrom(1.0, inputGate); kept && isSame(kept, forgetGate))
    return fail("the input gate is 1 - f, coupled to the forget gate; an LSTM's has weights of "
                "its own");
  return success();
}

LogicalResult LSTMCell::readGates() {
  auto tanh = definedBy<math::TanhOp>(cellGate);
  if (failed(readSigmoidGate(inputGate, "input gate", input)) ||
      failed(readSigmoidGate(forgetGate, "forget gate", forget)) ||
      failed(readGate(tanh.getOperand(), candidate)) ||
      failed(readSigmoidGate(outputGate, "output gate", output)))
    return failure();
  return success(succeeded(checkProducts(input, "input gate", {x, h})) &&
                 succeeded(checkProducts(forget, "forget gate", {x, h})) &&
                 succeeded(checkProducts(candidate, "cell gate", {x, h})) &&
                 succeeded(checkProducts(output, "output gate", {x, h})));
}

//===----------------------------------------------------------------------===//
// Building the fused op
//===----------------------------------------------------------------------===//

LstmOp LSTMCell::build(OpBuilder &builder) {
  const AffineForm *forms[] = {&input, &forget, &candidate, &output};
  auto weights = [&](Value vector) {
    return stack(builder, llvm::map_to_vector(forms, [&](const AffineForm *form) {
                   return weightsFor(*form, vector);
                 }));
  };
  auto biases = [&](bool ofInput) {
    return stack(builder, llvm::map_to_vector(forms, [&](const AffineForm *form) {
                   return biasesOf(*form, ofInput);
                 }));
  };
  Value inputWeights = weights(x), recurrentWeights = weights(h);
  Value inputBiases = biases(true), recurrentBiases = biases(false);
  Value initial[] = {scan.getInitial()[stateIndex], scan.getInitial()[cellIndex]};
  return LstmOp::create(builder, scan.getLoc(), scan.getInputs()[0], inputWeights, recurrentWeights,
                        inputBiases, recurrentBiases, initialStates(initial),
                        /*offsets=*/Value(), DirectionAttr::get(builder.getContext(), direction()));
}

std::array<Value, 2> LSTMCell::orderLasts(LstmOp lstm) const {
  std::array<Value, 2> lasts;
  lasts[stateIndex] = lstm.getLast();
  lasts[cellIndex] = lstm.getLastCell();
  return lasts;
}

//===----------------------------------------------------------------------===//
// The pattern and the pass
//===----------------------------------------------------------------------===//

struct FuseLSTMCellPattern : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    if (scan.getInitial().size() != 2)
      return rewriter.notifyMatchFailure(scan, "carries more or less than two values");
    if (!hasActivation(scan))
      return rewriter.notifyMatchFailure(scan, "no activation in the body");
    // From here on it was probably meant as a recurrent cell, and the user wants to know.
    if (size_t count = scan.getInputs().size(); count != 1)
      return reportNearMiss(rewriter, scan, passName,
                            "the scan runs over " + std::to_string(count) +
                                " inputs, an LSTM runs over one; concatenate them");
    LSTMCell cell(scan);
    if (failed(cell.match()))
      return reportNearMiss(rewriter, scan, passName, cell.getReason());

    LstmOp lstm = cell.build(rewriter);
    reportFusion(scan, passName, "the scan is an LSTM");
    cell.replaceScan(rewriter, cell.orderLasts(lstm), lstm.getStates());
    return success();
  }
};

struct FuseLSTMCell : impl::FuseLSTMCellBase<FuseLSTMCell> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateFuseLSTMCellPatterns(patterns);
    applyPatternsOnce(getOperation(), std::move(patterns));
  }
};

} // namespace

void populateFuseLSTMCellPatterns(RewritePatternSet &patterns) {
  patterns.add<FuseLSTMCellPattern>(patterns.getContext());
}

} // namespace trimod
