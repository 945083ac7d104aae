// An op builder with the short words that the kernels are written in: index arithmetic, f32
// vectors, memory, loops.
#ifndef TRIMOD_CODEGEN_CPU_KERNELBUILDER_H
#define TRIMOD_CODEGEN_CPU_KERNELBUILDER_H

#include "codegen/cpu/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace trimod {

class KernelBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using Value = mlir::Value;
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  // Index arithmetic.
  Value index(int64_t value);
  Value add(Value a, Value b);
  Value add(Value a, int64_t b);
  Value sub(Value a, Value b);
  Value mul(Value a, int64_t b);
  Value min(Value a, Value b);
  Value max(Value a, Value b);
  /// The largest multiple of `divisor` that is at most `a`; `a` is not negative.
  Value roundDown(Value a, int64_t divisor);
  Value compare(mlir::arith::CmpIPredicate predicate, Value a, Value b);
  Value select(Value condition, Value a, Value b);

  // f32 values: scalars, or vectors of any length.
  mlir::VectorType vectorType(int64_t lanes);
  Value constantLike(mlir::Type type, double value);
  Value zeros(int64_t lanes);
  Value broadcast(Value scalar, int64_t lanes);
  Value addF(Value a, Value b);
  Value subF(Value a, Value b);
  Value mulF(Value a, Value b);
  Value divF(Value a, Value b);
  /// a * b + c, rounded once.
  Value fma(Value a, Value b, Value c);
  /// lower > x ? lower : x. Unlike maximumf and maxnumf it is one instruction, and a NaN in x comes
  /// out.
  Value atLeast(Value x, Value lower);
  Value atMost(Value x, Value upper);
  /// Sum of all lanes by halving, an order that does not depend on the machine.
  Value sumLanes(Value vector);
  /// The largest lane. A lane that is NaN may or may not be the result.
  Value maxLanes(Value vector);

  // Memory.
  Value load(Value memref, mlir::ValueRange indices);
  void store(Value value, Value memref, mlir::ValueRange indices);
  Value loadVector(Value memref, mlir::ValueRange indices, int64_t lanes);
  void storeVector(Value vector, Value memref, mlir::ValueRange indices);
  /// The first `count` lanes from memory, zero in the others; reads nothing beyond them.
  Value loadPrefix(Value memref, mlir::ValueRange indices, int64_t lanes, int64_t count);
  /// Writes the first `count` lanes and nothing else.
  void storePrefix(Value vector, Value memref, mlir::ValueRange indices, int64_t count);
  Value dim(Value memref, int64_t dimension);

  // Control.
  void loop(Value lower, Value upper, int64_t step, llvm::function_ref<void(Value)> body);
  using LoopBody =
      llvm::function_ref<llvm::SmallVector<Value>(Value induction, mlir::ValueRange carried)>;
  llvm::SmallVector<Value> loop(Value lower, Value upper, int64_t step, mlir::ValueRange initial,
                                LoopBody body);
  void ifElse(Value condition, llvm::function_ref<void()> then,
              llvm::function_ref<void()> otherwise = {});

  /// Covers [lower, upper) with tiles of `tile` rows, then of the powers of two below it, each at
  /// most once (`tile` 6 may leave 5 = 4 + 1).
  void rowTiles(Value lower, Value upper, int64_t tile,
                llvm::function_ref<void(Value row, int64_t rows)> body);
  /// Covers columns [0, columns) with vectors of `lanes`, then of the powers of two below it.
  void columnChunks(int64_t columns, int64_t lanes,
                    llvm::function_ref<void(Value column, int64_t lanes)> body);
  /// Covers columns [0, columns) with vectors of `lanes`, of which the last may have a shorter
  /// prefix in use.
  void prefixChunks(int64_t columns, int64_t lanes,
                    llvm::function_ref<void(int64_t column, int64_t count)> body);

private:
  /// All lanes of a power of two combined by halving.
  Value reduceLanes(Value vector, llvm::function_ref<Value(Value, Value)> combine);
};

/// memref<?xColumns, strided<[?, 1], offset: ?>>: rows at any distance, elements of a row adjacent.
mlir::MemRefType rowsType(int64_t columns, mlir::Type element);
/// A contiguous memref at any offset.
mlir::MemRefType contiguousType(llvm::ArrayRef<int64_t> shape, mlir::Type element);

/// Returns the kernel `name` of the module, or makes it: a private function with these argument
/// types and no results, whose body `body` writes. Kernels must not be inlined: they are shared.
mlir::func::FuncOp
getOrCreateKernel(mlir::ModuleOp module, llvm::StringRef name, llvm::ArrayRef<mlir::Type> arguments,
                  llvm::function_ref<void(KernelBuilder &, mlir::ValueRange)> body);

} // namespace trimod

#endif
