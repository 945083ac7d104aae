//===- Phases.h - the phases that code generation decides -------*- C++ -*-===//
//
// passes/Pipelines.h builds the phases up to `scheduled` alone. `kernels` needs to know which ops
// have a kernel, and `llvm` is code generation's own.
//
//===----------------------------------------------------------------------===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_PHASES_H
#define TRIMOD_CODEGEN_ARTIFACT_PHASES_H

#include "codegen/cpu/Target.h"
#include "passes/Pipelines.h"

namespace trimod {

/// Adds the passes that lead from phase `scheduled` to phase `kernels`. Without
/// PipelineOptions::kernels, all ops that code generation has kernels for keep them.
void buildKernelsPhase(mlir::OpPassManager &manager, PipelineOptions &options);

/// Adds the passes that lead from phase `kernels` to phase `llvm`: the functions that the runtime
/// calls, the lowering, the check of the result.
void buildLLVMPhase(mlir::OpPassManager &manager, const Target &target);

/// Makes `trimod-phase-kernels` and `trimod-phase-llvm{level=x86-64-v3}` known as pass pipelines.
/// `kernels=none`, or any other name that no op has, leaves loops alone. Error: an unknown level.
void registerCodegenPhases();

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_PHASES_H
