//===- LiftModels.h - External models of the liftable interface -*- C++ -*-===//
//
// Private to the files that give upstream ops the LiftableOpInterface.
//
//===----------------------------------------------------------------------===//

#ifndef TRIMOD_DIALECT_LIFTMODELS_H
#define TRIMOD_DIALECT_LIFTMODELS_H

#include "dialect/Lifter.h"

namespace trimod {

/// The interface of `OpTy`, as a function on any operation.
template <typename OpTy, mlir::LogicalResult (*liftOp)(OpTy, Lifter &)>
struct LiftModel : LiftableOpInterface::ExternalModel<LiftModel<OpTy, liftOp>, OpTy> {
  mlir::LogicalResult lift(mlir::Operation *op, Lifter &lifter) const {
    return liftOp(llvm::cast<OpTy>(op), lifter);
  }
};

template <typename OpTy, mlir::LogicalResult (*liftOp)(OpTy, Lifter &)>
void attachLiftModel(mlir::MLIRContext *context) {
  OpTy::template attachInterface<LiftModel<OpTy, liftOp>>(*context);
}

/// Gives the ops of the tensor dialect their models.
void attachTensorLiftModels(mlir::MLIRContext *context);

} // namespace trimod

#endif // TRIMOD_DIALECT_LIFTMODELS_H
