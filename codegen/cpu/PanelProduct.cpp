#include "codegen/cpu/PanelProduct.h"
#include "codegen/cpu/Activations.h"
#include "codegen/cpu/Contraction.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace trimod {
namespace {

Value activate(KernelBuilder &b, Activation activation, Value x) {
  switch (activation) {
  case Activation::None:
    return x;
  case Activation::Relu:
    return b.atLeast(x, b.constantLike(x.getType(), 0.0));
  case Activation::Tanh:
    return buildTanh(b, x);
  }
  llvm_unreachable("all activations are above");
}

/// Register tiles as measured: 4x24, 6x16 or 8x8 on level 3, 8x48, 12x32 or 8x16 on level 4.
int64_t tileRows(const Target &target, int64_t vectors) {
  int64_t accumulators = target.level == IsaLevel::V4 ? 24 : 12;
  return vectors == 1 ? 8 : accumulators / vectors;
}

void buildTile(KernelBuilder &b, const PanelProduct &product, Value row, int64_t rows, Value panel,
               int64_t columns) {
  int64_t lanes = product.target.lanes();
  Value firstColumn = b.mul(panel, product.panelWidth);
  SmallVector<Value> begins;
  for (int64_t r = 0; r < rows; ++r)
    begins.push_back(product.findRow(b.add(row, r)));
  Contraction contraction;
  contraction.rows = rows;
  contraction.vectors = llvm::divideCeil(columns, lanes);
  contraction.lanes = lanes;
  contraction.extent = b.index(product.inner);
  auto xAt = [&](Value k, int64_t r) { return product.element(begins[r], k); };
  auto wAt = [&](Value k, int64_t v) {
    return b.loadVector(product.w, {panel, k, b.index(v * lanes)}, lanes);
  };
  auto storeRow = [&](int64_t r, ArrayRef<Value> sums) {
    for (auto [v, sum] : llvm::enumerate(sums)) {
      int64_t offset = v * lanes;
      Value column = b.add(firstColumn, offset);
      Value result = product.bias ? b.addF(sum, b.loadVector(product.bias, column, lanes)) : sum;
      b.storePrefix(activate(b, product.activation, result), product.y, {b.add(row, r), column},
                    std::min(lanes, columns - offset));
    }
  };
  auto startAt = [&](int64_t r, int64_t v) {
    return b.loadPrefix(product.start, {b.add(row, r), b.add(firstColumn, v * lanes)}, lanes,
                        std::min(lanes, columns - v * lanes));
  };
  if (product.start)
    contraction.initial = startAt;
  contraction.a = xAt;
  contraction.b = wAt;
  contraction.epilogue = storeRow;
  buildContraction(b, contraction);
}

} // namespace

void buildPanelProduct(KernelBuilder &b, const PanelProduct &product, Value begin, Value end) {
  auto buildPanel = [&](Value panel, int64_t columns) {
    int64_t vectors = llvm::divideCeil(columns, product.target.lanes());
    b.rowTiles(begin, end, tileRows(product.target, vectors),
               [&](Value row, int64_t rows) { buildTile(b, product, row, rows, panel, columns); });
  };
  int64_t fullPanels = product.columns / product.panelWidth;
  b.loop(b.index(0), b.index(fullPanels), 1,
         [&](Value panel) { buildPanel(panel, product.panelWidth); });
  if (int64_t rest = product.columns % product.panelWidth)
    buildPanel(b.index(fullPanels), rest);
}

} // namespace trimod
