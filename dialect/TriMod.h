//===- TriMod.h - the trimod dialect -----------------------------*- C++ -*-===//
//
// Types, enums, interfaces and ops of the dialect (see TriModOps.td), and the
// upstream dialects that models are written in.
//
//===----------------------------------------------------------------------===//

#ifndef TRIMOD_DIALECT_TRIMOD_H
#define TRIMOD_DIALECT_TRIMOD_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace trimod {
class Lifter;
} // namespace trimod

#include "dialect/TriModDialect.h.inc"
#include "dialect/TriModEnums.h.inc"
#include "dialect/TriModInterfaces.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/TriModAttrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialect/TriModTypes.h.inc"
#define GET_OP_CLASSES
#include "dialect/TriModOps.h.inc"

namespace trimod {

/// True for a ragged type and for a tensor whose leading dimension is dynamic:
/// the values of which each row of a map, or each post of a batch, has its own
/// number of.
bool hasOwnLength(mlir::Type type);

/// tensor<?xindex>.
mlir::RankedTensorType getOffsetsType(mlir::MLIRContext *context);

/// The value that has, by construction, as many rows as `value`: its input along
/// scans, row-wise ops and so on, as far as that can be followed.
mlir::Value lengthSource(mlir::Value value);

/// Attribute names of functions' arguments and results.
/// What the caller calls the value, e.g. "words".
inline constexpr llvm::StringLiteral kNameAttr = "trimod.name";
/// Values of one post that name the same length have the same number of rows.
inline constexpr llvm::StringLiteral kLengthAttr = "trimod.length";
/// After batching: values that name the same length are divided into posts by one
/// offsets value.
inline constexpr llvm::StringLiteral kOffsetsAttr = "trimod.offsets";

} // namespace trimod

#endif // TRIMOD_DIALECT_TRIMOD_H
