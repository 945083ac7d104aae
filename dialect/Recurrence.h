//===- Recurrence.h - what differs between recurrent cells ------*- C++ -*-===//
//
// The shapes, lifting, merging, projection, decomposition and packing of a
// recurrence are the same for every cell; they are templates over these
// descriptions.
//
//===----------------------------------------------------------------------===//

#ifndef TRIMOD_DIALECT_RECURRENCE_H
#define TRIMOD_DIALECT_RECURRENCE_H

#include "dialect/TriMod.h"

namespace trimod {

struct GruCell {
  using Layer = GruOp;
  using Recurrence = GruRecurrenceOp;
  using Packed = PackedGruOp;
  static constexpr llvm::StringLiteral name = "GRU";
  /// r, z, n.
  static constexpr int64_t gates = 3;
  /// Values carried from step to step: h.
  static constexpr int64_t states = 1;
};

struct LstmCell {
  using Layer = LstmOp;
  using Recurrence = LstmRecurrenceOp;
  using Packed = PackedLstmOp;
  static constexpr llvm::StringLiteral name = "LSTM";
  /// i, f, g, o.
  static constexpr int64_t gates = 4;
  /// h, c.
  static constexpr int64_t states = 2;
};

/// Creates an `Op`, a layer or a recurrence, of the cell of `like` and in the same form: an
/// attribute that only one cell has goes along.
template <typename Op, typename Like, typename... Arguments>
Op createRecurrence(mlir::OpBuilder &builder, Like like, const Arguments &...arguments) {
  if constexpr (std::is_same_v<Like, GruOp> || std::is_same_v<Like, GruRecurrenceOp>)
    return Op::create(builder, like.getLoc(), arguments..., like.getLinearBeforeResetAttr());
  else if constexpr (std::is_same_v<Like, PackedGruOp>)
    return Op::create(builder, like.getLoc(), arguments..., builder.getBoolAttr(true));
  else
    return Op::create(builder, like.getLoc(), arguments...);
}

} // namespace trimod

#endif // TRIMOD_DIALECT_RECURRENCE_H
