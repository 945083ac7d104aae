// One call of a kernel during bufferization: operands as buffers, results and scratch, casts to the
// kernel's types.
#ifndef TRIMOD_CODEGEN_CPU_KERNELCALL_H
#define TRIMOD_CODEGEN_CPU_KERNELCALL_H

#include "codegen/cpu/Target.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/IR/BuiltinOps.h"

namespace trimod {

class KernelCall {
public:
  using Value = mlir::Value;

  KernelCall(mlir::RewriterBase &rewriter, mlir::Operation *op,
             const mlir::bufferization::BufferizationOptions &options);

  /// Finds the buffers of all operands; before anything else.
  mlir::LogicalResult findBuffers(const mlir::bufferization::BufferizationState &state);

  mlir::ModuleOp getModule() const;
  const Target &getTarget() const { return target; }

  /// The buffer of an operand.
  Value getBuffer(Value tensor) const;
  llvm::SmallVector<Value> getBuffers(mlir::ValueRange tensors) const;
  Value dim(Value buffer, int64_t dimension);
  Value add(Value a, Value b);
  Value add(Value a, int64_t b);

  /// A new contiguous buffer; dynamic dimensions of `shape` take their sizes from `sizes` in order.
  Value allocate(llvm::ArrayRef<int64_t> shape, mlir::Type element,
                 llvm::ArrayRef<Value> sizes = {});
  /// The buffer of a result of the op, of the result's type.
  Value allocateResult(Value result, llvm::ArrayRef<Value> sizes);

  /// `buffer` as a matrix: a vector is one row, leading dimensions are joined. A copy, if the
  /// dimensions of a view cannot be joined.
  Value asRows(Value buffer);
  /// All dimensions joined; a scalar is a vector of one element. A copy where asRows makes one.
  Value asVector(Value buffer);
  /// The buffer of `offsets`, or a new one of the single segment [0, rows) if there are none.
  Value getOffsets(Value offsets, Value rows);
  /// Number of segments.
  Value getSegments(Value offsets);

  /// Calls the kernel with these arguments, cast to its types. An argument that lies in memory
  /// otherwise than the kernel reads it is copied first; buffers from `allocate` never are.
  mlir::LogicalResult emit(mlir::func::FuncOp kernel, llvm::ArrayRef<Value> arguments);

private:
  /// A new contiguous buffer with the elements of `buffer`.
  Value copy(Value buffer);
  Value collapse(Value buffer, llvm::ArrayRef<mlir::ReassociationIndices> groups);

  mlir::RewriterBase &b;
  mlir::Operation *op;
  mlir::Location loc;
  const mlir::bufferization::BufferizationOptions &options;
  Target target;
  llvm::DenseMap<Value, Value> buffers;
};

} // namespace trimod

#endif
