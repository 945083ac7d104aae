//===- Schedule.h - what the scheduling passes share ------------*- C++ -*-===//

#ifndef TRIMOD_PASSES_SCHEDULE_H
#define TRIMOD_PASSES_SCHEDULE_H

#include "dialect/TriMod.h"
#include "llvm/ADT/SetVector.h"

namespace trimod {

/// What the value of an op can change with.
enum class Dependence {
  Nothing,    // constants, and what is computed from them
  Parameters, // the weights, but not the arguments of the function
  Inputs,     // anything else
};

/// Answers what values depend on. Ops with side effects depend on inputs. Answers are kept: an
/// object lives no longer than the IR it was asked about stays as it is.
class DependenceAnalysis {
public:
  Dependence of(mlir::Value value);
  Dependence of(mlir::Operation *op);

private:
  Dependence compute(mlir::Operation *op);

  llvm::DenseMap<mlir::Operation *, Dependence> known;
};

/// True if `value` is the same for every call: it depends on parameters or on nothing.
bool isFixedByWeights(mlir::Value value);

/// What `values` of `block` are computed from.
struct Computation {
  llvm::SmallVector<mlir::Operation *> ops; // in the order of the block
  llvm::SetVector<mlir::BlockArgument> arguments;
};
Computation collectComputation(mlir::Block &block, llvm::ArrayRef<mlir::Value> values);

void eraseDeadOps(mlir::Block &block);

/// Remarks of category trimod-schedule. `pass` must be a literal: the remark engine keeps the
/// pointer. A miss returns failure.
mlir::LogicalResult reportScheduleMiss(mlir::Operation *op, llvm::StringLiteral pass,
                                       const llvm::Twine &reason);
void reportScheduled(mlir::Operation *op, llvm::StringLiteral pass, const llvm::Twine &what);

/// Attributes by which a function knows what is computed once for it (trimod-outline-init).
/// On the entry function: the symbol of its init function.
inline constexpr llvm::StringLiteral kInitAttr = "trimod.init";
/// On an argument: the number of the init function's result that it takes.
inline constexpr llvm::StringLiteral kDerivedAttr = "trimod.derived";

} // namespace trimod

#endif // TRIMOD_PASSES_SCHEDULE_H
