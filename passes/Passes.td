//===- Passes.td - passes over the trimod dialect --------------------------===//
//
// In alphabetical order; `def FuseGRUCell` lives in FuseGRUCell.cpp.

#ifndef TRIMOD_PASSES
#define TRIMOD_PASSES

include "mlir/Pass/PassBase.td"

/// A pass that may create ops of the dialects that models are written in.
class TriMod_Pass<string argument, string operation> : Pass<argument, operation> {
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect", "::trimod::TriModDialect"];
}

#endif // TRIMOD_PASSES
