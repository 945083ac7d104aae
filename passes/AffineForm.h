//===- AffineForm.h - gates as sums of matrix products ----------*- C++ -*-===//
//
// What a gate of a recurrent cell computes before its activation, as a sum of
// matrix products and biases. Whether the gates' matrices are stacked or
// separate, in which order they are stacked, where a bias is added and which
// operand comes first all disappear in that form.
//
//===----------------------------------------------------------------------===//

#ifndef TRIMOD_PASSES_AFFINEFORM_H
#define TRIMOD_PASSES_AFFINEFORM_H

#include "dialect/TriMod.h"

#include <string>

namespace trimod {

/// Rows [offset, offset + size) of a weight matrix or a bias that the cell takes from outside.
struct RowRange {
  mlir::Value source;
  int64_t offset;
  int64_t size;

  bool isRowsOf(mlir::Value whole, int64_t first) const {
    return source == whole && offset == first;
  }
};

/// weight[rows] . vector
struct MatrixProduct {
  RowRange weight;
  mlir::Value vector;
};

/// `product` is the vector of the matrix product that starts from this bias, if one does.
struct Bias {
  RowRange rows;
  mlir::Value product;
};

/// The sum of some products and biases.
struct AffineForm {
  llvm::SmallVector<MatrixProduct, 2> products;
  llvm::SmallVector<Bias, 2> biases;

  unsigned countProductsWith(mlir::Value vector) const;
};

/// Keeps the reason of the first failure.
class Failure {
public:
  llvm::LogicalResult operator()(const llvm::Twine &why);
  llvm::StringRef getReason() const { return reason; }

private:
  std::string reason;
};

/// Reads values of a recurrence's body as affine forms.
class AffineReader {
public:
  AffineReader(mlir::Region &body, Failure &fail) : body(body), fail(fail) {}

  bool isOutside(mlir::Value value) const;

  /// Adds elements [offset, offset + size) of `value` to `form`. `product` is the vector of the
  /// matrix product that starts from `value`, if one does.
  llvm::LogicalResult read(mlir::Value value, int64_t offset, int64_t size, AffineForm &form,
                           mlir::Value product = {});

private:
  llvm::LogicalResult readBias(mlir::Value value, int64_t offset, int64_t size, AffineForm &form,
                               mlir::Value product);
  llvm::LogicalResult readSlice(mlir::tensor::ExtractSliceOp slice, int64_t offset, int64_t size,
                                AffineForm &form, mlir::Value product);
  llvm::LogicalResult readProduct(mlir::Value weight, mlir::Value vector, mlir::Value initial,
                                  int64_t offset, int64_t size, AffineForm &form);
  llvm::LogicalResult checkType(llvm::StringRef what, mlir::Value value);

  mlir::Region &body;
  Failure &fail;
};

} // namespace trimod

#endif // TRIMOD_PASSES_AFFINEFORM_H
