//===- Lifter.h - What the values of a map body are for all rows at once --===//
//
// Flattening replaces a map over N rows by ops that compute all rows at once.
// A `Lifter` holds, for one map, what each value of the body has become; an op
// that implements LiftableOpInterface reads its operands from it, creates its
// replacement, and records its results. It must decide before it creates
// anything: `reject` explains why the op stays in a loop over the rows.
//
//===----------------------------------------------------------------------===//
#ifndef TRIMOD_DIALECT_LIFTER_H
#define TRIMOD_DIALECT_LIFTER_H

#include "dialect/TriMod.h"
#include "mlir/IR/IRMapping.h"

namespace trimod {

/// What a value v of a map body is, for all rows of the map at once.
///
/// A value of type T is Segments exactly if `hasOwnLength(T)`, unless it is
/// Uniform: lengths differ from row to row, every other dimension is the same.
struct Lifted {
  enum class Kind {
    /// The same for every row. `values` is that value.
    Uniform,
    /// v : tensor<S> or a scalar. `values` is tensor<NxS>, row i is v of row i.
    Rows,
    /// v : tensor<?xS> or ragged. `values` has the type of v and holds the items of
    /// all rows one after the other; `offsets` (N+1 entries) says where they begin.
    Segments
  };
  Kind kind = Kind::Uniform;
  mlir::Value values;
  mlir::Value offsets;
};

class Lifter {
public:
  /// Records the arguments of the map's body. New ops go where `builder` stands,
  /// which must be before the map.
  Lifter(mlir::OpBuilder &builder, MapOp map);

  mlir::OpBuilder &getBuilder() { return builder; }

  Lifted get(mlir::Value value) const;
  bool isUniform(mlir::Value value) const { return get(value).kind == Lifted::Kind::Uniform; }
  bool isRows(mlir::Value value) const { return get(value).kind == Lifted::Kind::Rows; }
  bool isSegments(mlir::Value value) const { return get(value).kind == Lifted::Kind::Segments; }
  /// `get(v).values` of every v.
  llvm::SmallVector<mlir::Value> getValues(mlir::ValueRange values) const;

  void setUniform(mlir::Value value, mlir::Value lifted);
  void setRows(mlir::Value value, mlir::Value rows);
  void setSegments(mlir::Value value, mlir::Value segments, mlir::Value offsets);
  /// Segments or Rows, as `like` is.
  void setLike(mlir::Value value, mlir::Value lifted, const Lifted &like);

  /// Whether every row has a sequence of its own here: Segments, or Rows of at
  /// least one dimension, which are sequences of one static length.
  bool isSequence(mlir::Value value) const;
  /// Whether two sequences have, row by row, the same length.
  bool haveSameLengths(mlir::Value first, mlir::Value second) const;
  /// A sequence as Segments, whatever it is.
  Lifted getSequence(mlir::Location loc, mlir::Value value);
  /// The inverse: records segments for a value that may have a static length.
  void setSequence(mlir::Value value, mlir::Value segments, mlir::Value offsets);

  /// The number of rows of the map.
  mlir::OpFoldResult getNumRows(mlir::Location loc);
  /// The type of all rows of a tensor<S> or of a scalar: tensor<NxS>.
  mlir::RankedTensorType getRowsType(mlir::Type rowType) const;
  /// A uniform scalar or tensor<S>, once for every row.
  mlir::Value broadcast(mlir::Location loc, mlir::Value uniform);
  /// (values, offsets) of a ragged value. The same SSA values for the same ragged
  /// value, because equal offsets are how the compiler knows equal lengths.
  std::pair<mlir::Value, mlir::Value> unpack(mlir::Location loc, mlir::Value ragged);
  /// Offsets of items of items: result[i] = inner[outer[i]].
  mlir::Value composeOffsets(mlir::Location loc, mlir::Value outer, mlir::Value inner);

  /// For a clone of `op`: its operands, and the values its regions use, lifted.
  mlir::IRMapping getMapping(mlir::Operation *op) const;

  /// Explains in a remark why `op` stays in a loop, and fails.
  mlir::LogicalResult reject(mlir::Operation *op, const llvm::Twine &why) const;
  /// Rejects `op` unless all of `values` are uniform.
  mlir::LogicalResult requireUniform(mlir::Operation *op, mlir::ValueRange values,
                                     llvm::StringRef what) const;
  /// Rejects `op` if a region of it uses a value that differs from row to row.
  mlir::LogicalResult requireUniformCaptures(mlir::Operation *op) const;
  /// Rejects `op` if one of its results has a length of its own. Asked for by ops
  /// that make Rows.
  mlir::LogicalResult requireFixedShape(mlir::Operation *op) const;
  /// Rejects `op` because its operands are segmented by different SSA values.
  mlir::LogicalResult rejectOtherOffsets(mlir::Operation *op) const;

private:
  mlir::Value castTo(mlir::Value value, mlir::Type type);
  mlir::Value createEmptyRows(mlir::Location loc, mlir::Value uniform);
  /// tensor<NxLxS> as sequences of length L: tensor<?xS> and its offsets.
  std::pair<mlir::Value, mlir::Value> collapseRows(mlir::Location loc, mlir::Value rows);
  /// The offsets 0, length, 2 length, ... of N sequences.
  mlir::Value createFixedOffsets(mlir::Location loc, mlir::OpFoldResult length);

  mlir::OpBuilder &builder;
  mlir::ValueRange inputs;
  int64_t staticNumRows = mlir::ShapedType::kDynamic;
  mlir::OpFoldResult numRows;
  llvm::DenseMap<mlir::Value, Lifted> lifted;
  llvm::DenseMap<mlir::Value, std::pair<mlir::Value, mlir::Value>> unpacked;
  llvm::DenseMap<std::pair<mlir::Value, mlir::Value>, mlir::Value> composed;
  llvm::DenseMap<int64_t, mlir::Value> fixedOffsets;
};

/// All values that `op` reads: its operands and what its regions use from outside.
llvm::SetVector<mlir::Value> getUsedValues(mlir::Operation *op);

/// Gives ops of the arith, math, tensor and linalg dialects the LiftableOpInterface.
void registerLiftModels(mlir::DialectRegistry &registry);

} // namespace trimod

#endif // TRIMOD_DIALECT_LIFTER_H
