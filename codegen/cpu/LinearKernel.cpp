#include "codegen/cpu/Kernels.h"
#include "codegen/cpu/PanelProduct.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace trimod {

/// Rows of x that are multiplied by all panels before the next rows: they stay in the L2 cache.
static constexpr int64_t rowBlock = 256;

static void buildLinear(KernelBuilder &b, const Target &target, const LinearConfig &config, Value x,
                        Value w, Value bias, Value start, Value y) {
  auto findRow = [](Value row) { return row; };
  auto element = [&](Value row, Value k) { return b.load(x, {row, k}); };
  PanelProduct product{
      target, config.inner, config.columns, config.panelWidth, Activation::None, w, bias, start,
      y,      findRow,      element};
  Value rows = b.dim(x, 0);
  b.loop(b.index(0), rows, rowBlock, [&](Value begin) {
    buildPanelProduct(b, product, begin, b.min(b.add(begin, rowBlock), rows));
  });
}

func::FuncOp buildLinearKernel(ModuleOp module, const Target &target, const LinearConfig &config) {
  assert(config.panelWidth % target.lanes() == 0 && config.panelWidth <= 3 * target.lanes() &&
         "panels are 1 to 3 vectors wide");
  std::string name = llvm::formatv("trimod_linear_{0}_k{1}_n{2}_w{3}{4}{5}", target.suffix(),
                                   config.inner, config.columns, config.panelWidth,
                                   config.hasBias ? "_bias" : "", config.hasStart ? "_start" : "");
  Type f32 = Float32Type::get(module.getContext());
  SmallVector<Type> types = {
      rowsType(config.inner, f32),
      contiguousType({config.panels(), config.inner, config.panelWidth}, f32)};
  if (config.hasBias)
    types.push_back(contiguousType({config.panels() * config.panelWidth}, f32));
  if (config.hasStart)
    types.push_back(rowsType(config.columns, f32));
  types.push_back(rowsType(config.columns, f32));
  return getOrCreateKernel(module, name, types, [&](KernelBuilder &b, ValueRange arguments) {
    buildLinear(b, target, config, arguments[0], arguments[1],
                config.hasBias ? arguments[2] : Value(),
                config.hasStart ? arguments[arguments.size() - 2] : Value(), arguments.back());
  });
}

} // namespace trimod
