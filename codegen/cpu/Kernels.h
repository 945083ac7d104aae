// The kernels: private functions on memrefs, one per configuration and module, found by their
// names.
//
// Common to all: a 2-D operand of type "rows" is memref<?xC, strided<[?, 1], offset: ?>>, so rows
// may lie at any distance; "contiguous" operands may lie at any offset. No kernel allocates memory:
// scratch buffers are arguments. Results depend neither on the instruction level nor on how
// sequences are batched or ordered, bit for bit.
#ifndef TRIMOD_CODEGEN_CPU_KERNELS_H
#define TRIMOD_CODEGEN_CPU_KERNELS_H

#include "codegen/cpu/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace trimod {

/// y = x . W + bias.
struct LinearConfig {
  int64_t inner;      // K: columns of x
  int64_t columns;    // N: columns of y
  int64_t panelWidth; // V: a multiple of the target's lanes, of 1, 2 or 3 vectors
  bool hasBias = false;

  int64_t panels() const { return (columns + panelWidth - 1) / panelWidth; }
};

/// (x rows [T, K], w contiguous [P, K, V], bias contiguous [P*V] if any, y rows [T, N]).
/// Column c of W is w[c / V, :, c % V]. Nothing is written beyond column N.
mlir::func::FuncOp buildLinearKernel(mlir::ModuleOp module, const Target &target,
                                     const LinearConfig &config);

} // namespace trimod

#endif
