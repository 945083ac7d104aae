//===- EmbeddingTable.h - a parameter as the table of embeddings -*- C++ -*-===//
//
// A table in rows of int8 is two parameters: the rows, with the table's key, and one f32 scale a
// row, whose key has ".scale" behind it. value = row * scale.
//
//===----------------------------------------------------------------------===//
#ifndef TRIMOD_PASSES_EMBEDDINGTABLE_H
#define TRIMOD_PASSES_EMBEDDINGTABLE_H

#include "dialect/TriMod.h"

namespace trimod {

/// The key of the scales that belong to the table `key`.
std::string getScaleKey(llvm::StringRef key);

/// What reads a parameter, if it is the table of embeddings.
class EmbeddingTable {
public:
  EmbeddingTable(mlir::ModuleOp module, ParameterOp parameter);

  /// True if an embedding reads it.
  bool isRead() const { return !embeddings.empty(); }

  /// An op that reads the parameter for anything but an embedding, or null.
  mlir::Operation *getOtherReader() const { return otherReader; }

  /// Gives the parameter, and what its readers see of it, another float element type.
  void setElementType(mlir::Type element);

  /// Makes the table rows of i8 and declares the scales of `rows` rows, which the embeddings then
  /// take. There is no other reader.
  void setScaledRows(int64_t rows);

private:
  /// Follows a read of the table through casts.
  void follow(GetParameterOp read, mlir::Value table);

  ParameterOp parameter;
  /// The reads of the parameter, and casts of them.
  llvm::SmallVector<mlir::Value> values;
  llvm::SmallVector<std::pair<GetParameterOp, EmbeddingOp>> embeddings;
  mlir::Operation *otherReader = nullptr;
};

} // namespace trimod

#endif // TRIMOD_PASSES_EMBEDDINGTABLE_H
