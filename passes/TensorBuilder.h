//===- TensorBuilder.h - short ways to write tensor programs ----*- C++ -*-===//

#ifndef TRIMOD_PASSES_TENSORBUILDER_H
#define TRIMOD_PASSES_TENSORBUILDER_H

#include "dialect/TriMod.h"

namespace trimod {

/// Creates ops on tensors of f32 at one location.
class TensorBuilder {
public:
  TensorBuilder(mlir::OpBuilder &builder, mlir::Location loc) : builder(builder), loc(loc) {}

  mlir::OpBuilder &getBuilder() { return builder; }
  mlir::Location getLoc() const { return loc; }
  mlir::RankedTensorType type(llvm::ArrayRef<int64_t> shape) {
    return mlir::RankedTensorType::get(shape, builder.getF32Type());
  }
  mlir::OpFoldResult index(int64_t value) { return builder.getIndexAttr(value); }

  // Constants.
  mlir::Value splat(mlir::RankedTensorType type, double value);
  mlir::Value splat(mlir::RankedTensorType type, int32_t value);
  mlir::Value zeros(llvm::ArrayRef<int64_t> shape) { return splat(type(shape), 0.0); }

  // Elementwise.
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value max(mlir::Value a, mlir::Value b);
  mlir::Value min(mlir::Value a, mlir::Value b);
  mlir::Value exp(mlir::Value x);
  mlir::Value log(mlir::Value x);
  mlir::Value tanh(mlir::Value x);
  /// 1 / (1 + exp(-x))
  mlir::Value sigmoid(mlir::Value x);

  // Products. `init` is where the sum starts.
  mlir::Value matvec(mlir::Value matrix, mlir::Value vector, mlir::Value init);
  mlir::Value vecmat(mlir::Value vector, mlir::Value matrix, mlir::Value init);
  mlir::Value dot(mlir::Value a, mlir::Value b);

  // Shapes.
  /// A tensor without content, of the static and dynamic sizes given.
  mlir::Value empty(llvm::ArrayRef<mlir::OpFoldResult> sizes, mlir::Type element = {});
  /// A tensor of f32 of these sizes whose elements are all `value`.
  mlir::Value filled(llvm::ArrayRef<mlir::OpFoldResult> sizes, double value);
  mlir::OpFoldResult size(mlir::Value value, int64_t dimension);
  /// The slice of `value` that is [offset, offset + size) along `dimension` and whole along the
  /// others.
  mlir::Value slice(mlir::Value value, int64_t dimension, mlir::OpFoldResult offset,
                    mlir::OpFoldResult size);
  /// Row `row` of `value`, without its leading dimension.
  mlir::Value row(mlir::Value value, mlir::OpFoldResult row);
  /// `into` with its row `row` replaced.
  mlir::Value insertRow(mlir::Value rowValue, mlir::Value into, mlir::OpFoldResult row);
  mlir::Value concat(int64_t dimension, mlir::ValueRange values);
  mlir::Value transpose(mlir::Value value, llvm::ArrayRef<int64_t> permutation);
  /// Splits or joins dimensions; at most the leading one may be dynamic.
  mlir::Value reshape(mlir::Value value, llvm::ArrayRef<int64_t> shape,
                      llvm::ArrayRef<mlir::ReassociationIndices> groups);
  /// `value` repeated along new leading dimensions.
  mlir::Value broadcast(mlir::Value value, llvm::ArrayRef<mlir::OpFoldResult> leading);

  /// Sum or maximum over the rows; of no rows 0, -inf or `init`.
  mlir::Value sumRows(mlir::Value value);
  mlir::Value maxRows(mlir::Value value);
  mlir::Value maxRows(mlir::Value value, mlir::Value init);

  // Structure.
  using Body = llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::ValueRange arguments)>;
  ScanOp scan(mlir::ValueRange inputs, mlir::ValueRange initial, bool reverse,
              mlir::TypeRange stacked, Body body);
  MapOp map(mlir::ValueRange inputs, mlir::TypeRange results, Body body);
  /// A ragged value's parts; looks through trimod.pack, so that shared offsets stay shared.
  struct Parts {
    mlir::Value values;
    mlir::Value offsets;
  };
  Parts unpack(mlir::Value ragged);
  mlir::Value pack(mlir::Value values, mlir::Value offsets);

private:
  mlir::OpBuilder &builder;
  mlir::Location loc;
};

} // namespace trimod

#endif // TRIMOD_PASSES_TENSORBUILDER_H
