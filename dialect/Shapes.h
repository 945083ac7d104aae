//===- Shapes.h - checks shared by the ops' shape inference -----*- C++ -*-===//

#ifndef TRIMOD_DIALECT_SHAPES_H
#define TRIMOD_DIALECT_SHAPES_H

#include "dialect/TriMod.h"

namespace trimod {

inline mlir::RankedTensorType tensorType(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}

/// True if both sizes are static and not the same.
inline bool sizesDiffer(int64_t a, int64_t b) {
  return !mlir::ShapedType::isDynamic(a) && !mlir::ShapedType::isDynamic(b) && a != b;
}

/// A dynamic size if either is, else a * b.
inline int64_t sizeProduct(int64_t a, int64_t b) {
  if (mlir::ShapedType::isDynamic(a) || mlir::ShapedType::isDynamic(b))
    return mlir::ShapedType::kDynamic;
  return a * b;
}

/// Emits "<what>: expected shape <expected>, got <type>" unless `value` may have
/// the shape `expected` (dynamic sizes match every size).
mlir::LogicalResult checkShape(std::optional<mlir::Location> loc, llvm::StringRef what,
                               mlir::Value value, llvm::ArrayRef<int64_t> expected);

} // namespace trimod

#endif // TRIMOD_DIALECT_SHAPES_H
