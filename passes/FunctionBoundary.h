//===- FunctionBoundary.h - what an entry function's arguments are -*- C++ -*-===//
//
// In the kernels phase an entry function takes, in this order: inputs,
// parameters, the workspace, outputs (runtime/include/trimod/runtime.h).
//
//===----------------------------------------------------------------------===//

#ifndef TRIMOD_PASSES_FUNCTIONBOUNDARY_H
#define TRIMOD_PASSES_FUNCTIONBOUNDARY_H

#include "dialect/TriMod.h"

namespace trimod {

/// Unit attribute of a function that the runtime calls.
inline constexpr llvm::StringLiteral kEntryAttr = "trimod.entry";
/// Argument attributes: the key of the parameter that the argument is; the
/// argument is the workspace; the argument is an output.
inline constexpr llvm::StringLiteral kParameterAttr = "trimod.parameter";
inline constexpr llvm::StringLiteral kWorkspaceAttr = "trimod.workspace";
inline constexpr llvm::StringLiteral kOutputAttr = "trimod.output";

/// Public functions with a body: those that the runtime calls.
inline bool isEntry(mlir::func::FuncOp function) {
  return function.isPublic() && !function.isExternal();
}

/// The number of leading arguments that are inputs.
inline unsigned getInputCount(mlir::func::FuncOp entry) {
  unsigned count = 0;
  while (count < entry.getNumArguments() && !entry.getArgAttr(count, kParameterAttr) &&
         !entry.getArgAttr(count, kWorkspaceAttr) && !entry.getArgAttr(count, kOutputAttr))
    ++count;
  return count;
}

} // namespace trimod

#endif // TRIMOD_PASSES_FUNCTIONBOUNDARY_H
