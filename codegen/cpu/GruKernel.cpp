// The pointwise passes of a GRU (trimod.packed_gru).
#include "codegen/cpu/Activations.h"
#include "codegen/cpu/RecurrentKernel.h"

using namespace mlir;

namespace trimod {
namespace {

class GruKernel final : public RecurrentKernel {
public:
  GruKernel(KernelBuilder &b, const Target &target, const GruConfig &config, ValueRange arguments)
      : RecurrentKernel(b, target, config, arguments.drop_back()), biasN(arguments.back()) {}

private:
  /// z, and x_n + r * (W_hn h + b_hn), of which n is the tanh. r and z share one division.
  SmallVector<Value> buildGates(ArrayRef<Value> products, const Place &at) override {
    Value one = b.constantLike(b.vectorType(lanes()), 1.0);
    auto onePlusExp = [&](int64_t gate) {
      Value x = b.addF(products[gate], gateInput(at, gate));
      return b.addF(buildBoundedExp(b, arith::NegFOp::create(b, x)), one);
    };
    Value resetDenominator = onePlusExp(0), updateDenominator = onePlusExp(1);
    Value inverse = b.divF(one, b.mulF(resetDenominator, updateDenominator));
    Value reset = b.mulF(inverse, updateDenominator);
    Value update = b.mulF(inverse, resetDenominator);
    Value bias = b.loadVector(biasN, {direction, b.mul(at.panel, lanes())}, lanes());
    Value candidate = b.fma(reset, b.addF(products[2], bias), gateInput(at, 2));
    return {update, candidate};
  }

  /// h' = n + z (h - n)
  void buildState(ArrayRef<Value> gates, const Place &at) override {
    Value update = gates[0], n = buildTanh(b, gates[1]);
    storeState(b.fma(update, b.subF(previousState(at), n), n), at);
  }

  Value biasN;
};

} // namespace

func::FuncOp buildGruKernel(ModuleOp module, const Target &target, const GruConfig &config) {
  SmallVector<Type> arguments =
      RecurrentKernel::getArgumentTypes(module.getContext(), target, config);
  arguments.push_back(contiguousType({config.directions(), config.panels(target) * target.lanes()},
                                     Float32Type::get(module.getContext())));
  return getOrCreateKernel(
      module, RecurrentKernel::getName("gru", target, config), arguments,
      [&](KernelBuilder &b, ValueRange values) { GruKernel(b, target, config, values).build(); });
}

} // namespace trimod
