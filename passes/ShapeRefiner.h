//===- ShapeRefiner.h - forward propagation of sizes ------------*- C++ -*-===//
//
// What trimod-refine-shapes is made of. The refiner walks a region in order and
// gives every value the most static type that its operands imply, in place. The
// IR is valid after each step: a user that cannot take a more static operand gets
// the old type back through a cast.
//
//===----------------------------------------------------------------------===//

#ifndef TRIMOD_PASSES_SHAPEREFINER_H
#define TRIMOD_PASSES_SHAPEREFINER_H

#include "dialect/TriMod.h"
#include "mlir/IR/PatternMatch.h"

namespace trimod {

/// The type that says what `a` and `b` say together; fails if they contradict each
/// other or are not of one kind. Works on ranked tensors and ragged types.
mlir::FailureOr<mlir::Type> mergeTypes(mlir::Type a, mlir::Type b);

/// The type that says no more than both `a` and `b` do: a size on which they differ
/// is dynamic. Both are tensors of one rank, or the same type.
mlir::Type joinTypes(mlir::Type a, mlir::Type b);

/// `value` as `type`, which says more or less about the same sizes.
mlir::Value castTo(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                   mlir::Type type);

class ShapeRefiner {
public:
  explicit ShapeRefiner(mlir::MLIRContext *context) : rewriter(context) {}

  /// Refines all values of the region. Fails, with an error at the op, if sizes
  /// contradict each other.
  mlir::LogicalResult refine(mlir::Region &region);

  /// Whether anything was refined since the last call of this function.
  bool takeChanged() { return std::exchange(changed, false); }

private:
  mlir::LogicalResult refineOp(mlir::Operation *op);
  mlir::LogicalResult applyRule(mlir::Operation *op);

  // Structure: RefineShapes.cpp.
  mlir::LogicalResult refineScan(ScanOp op);
  mlir::LogicalResult refineMap(MapOp op);
  mlir::FailureOr<llvm::SmallVector<mlir::Type>>
  tryScanBody(ScanOp scan, llvm::ArrayRef<mlir::Type> items, llvm::ArrayRef<mlir::Type> carried);
  void adoptScan(ScanOp original, ScanOp refined, llvm::ArrayRef<mlir::Type> carried);

  // One op each: ShapeRules.cpp.
  mlir::LogicalResult refineCast(mlir::tensor::CastOp op);
  mlir::LogicalResult refineElementwise(mlir::Operation *op);
  mlir::LogicalResult refineInferred(mlir::InferTypeOpInterface op);
  mlir::LogicalResult refineLinalg(mlir::linalg::LinalgOp op);
  mlir::LogicalResult refineConcat(mlir::tensor::ConcatOp op);
  mlir::LogicalResult refineExtractSlice(mlir::tensor::ExtractSliceOp op);
  mlir::LogicalResult refineInsertSlice(mlir::tensor::InsertSliceOp op);
  mlir::LogicalResult refineExpandShape(mlir::tensor::ExpandShapeOp op);
  mlir::LogicalResult refineCollapseShape(mlir::tensor::CollapseShapeOp op);
  mlir::LogicalResult refinePad(mlir::tensor::PadOp op);
  mlir::LogicalResult refineEmpty(mlir::tensor::EmptyOp op);
  mlir::LogicalResult refineSplat(mlir::tensor::SplatOp op);
  mlir::LogicalResult refinePack(PackOp op);
  mlir::LogicalResult refineUnpack(UnpackOp op);
  /// fill of a constant into a tensor of static sizes -> a constant.
  mlir::Value foldFill(mlir::linalg::FillOp op);

  /// Ops with a rule: their operands may become more static.
  static bool adapts(mlir::Operation *op);
  /// Gives `value` the type `type`; users that do not adapt keep the old one.
  void setType(mlir::Value value, mlir::Type type);
  /// Uses `by` for `value` and erases the op of `value`, which has one result.
  void replace(mlir::Operation *op, mlir::Value by);
  void castOperand(mlir::OpOperand &operand, mlir::Type type);

  mlir::IRRewriter rewriter;
  bool changed = false;
};

} // namespace trimod

#endif // TRIMOD_PASSES_SHAPEREFINER_H
