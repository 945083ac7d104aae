#include "codegen/cpu/Contraction.h"
#include "codegen/cpu/Kernels.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace trimod {
namespace {

/// Rows of x that are multiplied by all panels before the next rows: they stay in the L2 cache.
constexpr int64_t rowBlock = 256;

struct LinearKernel {
  KernelBuilder &b;
  Target target;
  LinearConfig config;
  Value x, w, bias, y;

  void build() {
    Value rows = b.dim(x, 0);
    b.loop(b.index(0), rows, rowBlock, [&](Value begin) {
      Value end = b.min(b.add(begin, rowBlock), rows);
      int64_t fullPanels = config.columns / config.panelWidth;
      b.loop(b.index(0), b.index(fullPanels), 1,
             [&](Value panel) { buildPanel(begin, end, panel, config.panelWidth); });
      if (int64_t rest = config.columns % config.panelWidth)
        buildPanel(begin, end, b.index(fullPanels), rest);
    });
  }

private:
  /// Register tiles as measured: 4x24, 6x16 or 8x8 on level 3, 8x48, 12x32 or 8x16 on level 4.
  int64_t tileRows(int64_t vectors) const {
    int64_t accumulators = target.level == IsaLevel::V4 ? 24 : 12;
    return vectors == 1 ? 8 : accumulators / vectors;
  }

  void buildPanel(Value begin, Value end, Value panel, int64_t columns) {
    int64_t vectors = llvm::divideCeil(columns, target.lanes());
    b.rowTiles(begin, end, tileRows(vectors),
               [&](Value row, int64_t rows) { buildTile(row, rows, panel, columns, vectors); });
  }

  void buildTile(Value row, int64_t rows, Value panel, int64_t columns, int64_t vectors) {
    int64_t lanes = target.lanes();
    Value firstColumn = b.mul(panel, config.panelWidth);
    Contraction contraction;
    contraction.rows = rows;
    contraction.vectors = vectors;
    contraction.lanes = lanes;
    contraction.extent = b.index(config.inner);
    auto xAt = [&](Value k, int64_t r) { return b.load(x, {b.add(row, r), k}); };
    auto wAt = [&](Value k, int64_t v) {
      return b.loadVector(w, {panel, k, b.index(v * lanes)}, lanes);
    };
    auto storeRow = [&](int64_t r, ArrayRef<Value> sums) {
      for (auto [v, sum] : llvm::enumerate(sums)) {
        int64_t offset = v * lanes;
        Value column = b.add(firstColumn, offset);
        Value result = bias ? b.addF(sum, b.loadVector(bias, column, lanes)) : sum;
        b.storePrefix(result, y, {b.add(row, r), column}, std::min(lanes, columns - offset));
      }
    };
    contraction.a = xAt;
    contraction.b = wAt;
    contraction.epilogue = storeRow;
    buildContraction(b, contraction);
  }
};

} // namespace

func::FuncOp buildLinearKernel(ModuleOp module, const Target &target, const LinearConfig &config) {
  assert(config.panelWidth % target.lanes() == 0 && config.panelWidth <= 3 * target.lanes() &&
         "panels are 1 to 3 vectors wide");
  std::string name =
      llvm::formatv("trimod_linear_{0}_k{1}_n{2}_w{3}{4}", target.suffix(), config.inner,
                    config.columns, config.panelWidth, config.hasBias ? "_bias" : "");
  Type f32 = Float32Type::get(module.getContext());
  SmallVector<Type> types = {
      rowsType(config.inner, f32),
      contiguousType({config.panels(), config.inner, config.panelWidth}, f32)};
  if (config.hasBias)
    types.push_back(contiguousType({config.panels() * config.panelWidth}, f32));
  types.push_back(rowsType(config.columns, f32));
  return getOrCreateKernel(module, name, types, [&](KernelBuilder &b, ValueRange arguments) {
    LinearKernel{b,
                 target,
                 config,
                 arguments[0],
                 arguments[1],
                 config.hasBias ? arguments[2] : Value(),
                 arguments.back()}
        .build();
  });
}

} // namespace trimod
