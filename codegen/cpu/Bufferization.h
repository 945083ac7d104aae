// How trimod ops become calls of kernels when tensors become buffers.
#ifndef TRIMOD_CODEGEN_CPU_BUFFERIZATION_H
#define TRIMOD_CODEGEN_CPU_BUFFERIZATION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace trimod {

/// Names of the ops that have a kernel: PipelineOptions::kernels.
llvm::ArrayRef<llvm::StringRef> getKernelOpNames();

/// Gives these ops a BufferizableOpInterface model. It allocates the results and the kernel's
/// scratch with memref.alloc, makes the kernel for the module's `trimod.isa_level` if it is not
/// there, and calls it. An op without offsets is one segment. Errors: a dimension of the kernel's
/// configuration that is not static.
void registerBufferizationModels(mlir::DialectRegistry &registry);

} // namespace trimod

#endif
