// The pointwise passes of an LSTM (trimod.packed_lstm). The c of each sequence is kept where the
// last one is wanted.
#include "codegen/cpu/Activations.h"
#include "codegen/cpu/RecurrentKernel.h"

using namespace mlir;

namespace trimod {
namespace {

class LstmKernel final : public RecurrentKernel {
public:
  LstmKernel(KernelBuilder &b, const Target &target, const LstmConfig &config, ValueRange arguments)
      : RecurrentKernel(b, target, config, arguments.drop_back()), cells(arguments.back()) {}

private:
  void prepare() override {
    b.loop(b.index(0), b.dim(cells, 0), 1, [&](Value sequence) {
      b.columnChunks(config.hidden, lanes(), [&](Value column, int64_t count) {
        b.storeVector(b.zeros(count), cells, {sequence, b.add(firstUnit, column)});
      });
    });
  }

  /// f, i * g, and o before its activation. f, i and g share one division: where the product of
  /// their denominators overflows, f and i are both below 2^-38, and become 0.
  SmallVector<Value> buildGates(ArrayRef<Value> products, const Place &at) override {
    auto sum = [&](int64_t gate) { return b.addF(products[gate], gateInput(at, gate)); };
    Value inputDenominator = onePlusExp(sum(0)), forgetDenominator = onePlusExp(sum(1));
    Fraction g = buildTanhFraction(b, sum(2));
    Value candidateDenominator = b.mulF(inputDenominator, g.denominator);
    Value inverse = b.divF(one(), b.mulF(forgetDenominator, candidateDenominator));
    Value forget = b.mulF(inverse, candidateDenominator);
    Value candidate = b.mulF(inverse, b.mulF(forgetDenominator, g.numerator));
    return {forget, candidate, sum(3)};
  }

  /// c' = f * c + i * g and h' = o * tanh(c'), with one division.
  void buildState(ArrayRef<Value> gates, const Place &at) override {
    Value unit = unitOf(at.panel);
    Value c = b.loadPrefix(cells, {at.sequence, unit}, lanes(), at.units);
    c = b.fma(gates[0], c, gates[1]);
    b.storePrefix(c, cells, {at.sequence, unit}, at.units);
    Fraction tanh = buildTanhFraction(b, c);
    storeState(b.divF(tanh.numerator, b.mulF(tanh.denominator, onePlusExp(gates[2]))), at);
  }

  Value one() { return b.constantLike(b.vectorType(lanes()), 1.0); }

  /// The logistic function is 1 / this.
  Value onePlusExp(Value x) {
    return b.addF(buildBoundedExp(b, arith::NegFOp::create(b, x)), one());
  }

  Value cells;
};

} // namespace

func::FuncOp buildLstmKernel(ModuleOp module, const Target &target, const LstmConfig &config) {
  SmallVector<Type> arguments =
      RecurrentKernel::getArgumentTypes(module.getContext(), target, config);
  arguments.push_back(rowsType(config.directions() * config.hidden, // last_cell is like last
                               Float32Type::get(module.getContext())));
  return getOrCreateKernel(
      module, RecurrentKernel::getName("lstm", target, config), arguments,
      [&](KernelBuilder &b, ValueRange values) { LstmKernel(b, target, config, values).build(); });
}

} // namespace trimod
