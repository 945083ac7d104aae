// A matrix product whose right side lies in panels and whose left side may lie anyhow.
#ifndef TRIMOD_CODEGEN_CPU_PANELPRODUCT_H
#define TRIMOD_CODEGEN_CPU_PANELPRODUCT_H

#include "codegen/cpu/KernelBuilder.h"
#include "dialect/TriMod.h"

namespace trimod {

/// y[t, c] = f(bias[c] + start[t, c] + sum over k of x[t, k] w[c / V, k, c % V]) for c below N; a
/// chain over k that begins with start, and the bias last.
struct PanelProduct {
  Target target;
  int64_t inner;      // K
  int64_t columns;    // N
  int64_t panelWidth; // V: a multiple of the target's lanes, of 1, 2 or 3 vectors
  Activation activation = Activation::None;
  /// Contiguous [P, K, V]; contiguous [P*V] or null; rows [T, N] or null; rows [T, N], of which
  /// nothing is written beyond column N.
  mlir::Value w, bias, start, y;
  /// Where row `row` of x begins; asked once for each tile.
  llvm::function_ref<mlir::Value(mlir::Value row)> findRow;
  /// Element k of the row that begins there.
  llvm::function_ref<mlir::Value(mlir::Value begin, mlir::Value k)> element;
};

/// The rows from `begin` to `end`; every panel of w is read once for all of them.
void buildPanelProduct(KernelBuilder &b, const PanelProduct &product, mlir::Value begin,
                       mlir::Value end);

} // namespace trimod

#endif
