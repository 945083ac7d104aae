// From bufferized code and kernels to the LLVM dialect.
#ifndef TRIMOD_CODEGEN_CPU_LOWERTOLLVM_H
#define TRIMOD_CODEGEN_CPU_LOWERTOLLVM_H

#include "codegen/cpu/Target.h"
#include "mlir/Pass/Pass.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace trimod {

/// Lowers a module of func, scf, cf, arith, math, vector, affine, memref and linalg-on-memref ops.
/// Memrefs become descriptors. Every function with a body gets the target's cpu, which overrides
/// what the code generator is told: code for several levels may stand in one object.
void buildLowerToLLVMPipeline(mlir::OpPassManager &manager, const Target &target);

/// `trimod-attach-target`: the last step of the pipeline alone.
std::unique_ptr<mlir::Pass> createAttachTargetPass(const Target &target);

/// Makes `trimod-polynomial-math` and `trimod-attach-target{level=x86-64-v3}` known to pass
/// managers.
void registerCodegenCPUPasses();

} // namespace trimod

#endif
