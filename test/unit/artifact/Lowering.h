//===- Lowering.h - upstream's lowering, for tests of hand-written IR -*- C++ -*-===//
#ifndef TRIMOD_TEST_UNIT_ARTIFACT_LOWERING_H
#define TRIMOD_TEST_UNIT_ARTIFACT_LOWERING_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"

namespace trimod::test {

/// The dialects of hand-written kernels, with trimod itself.
const mlir::DialectRegistry &getUpstreamDialects();

/// Adds entry points and lowers func, scf, memref and arith to the LLVM dialect.
mlir::LogicalResult lowerToLLVM(mlir::ModuleOp module, llvm::StringRef level);

} // namespace trimod::test

#endif // TRIMOD_TEST_UNIT_ARTIFACT_LOWERING_H
