//===- Bufferize.h - from tensors to buffers --------------------*- C++ -*-===//

#ifndef TRIMOD_PASSES_BUFFERIZE_H
#define TRIMOD_PASSES_BUFFERIZE_H

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace trimod {

/// Tensors become buffers, and what is left of linalg becomes loops. Requires
/// functions without maps, scans and results; trimod ops may remain if they have
/// a BufferizableOpInterface model (codegen/cpu/Bufferization.h).
void buildBufferizePipeline(mlir::OpPassManager &manager);

} // namespace trimod

#endif // TRIMOD_PASSES_BUFFERIZE_H
