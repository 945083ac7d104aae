//===- Evaluate.h - computing at compile time what weights decide -*- C++ -*-===//
//
// trimod-outline-init moves what depends on parameters alone into a function `<entry>_init`, whose
// results the entry takes as arguments. Those arguments become parameters of their own here
// ("derived:<entry>.<level>.<i>"). With embedded weights their values are computed now; with
// external ones the init function goes into the artefact, as the function "<entry>.init", and the
// runtime calls it when it loads the weights.
//
//===----------------------------------------------------------------------===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_EVALUATE_H
#define TRIMOD_CODEGEN_ARTIFACT_EVALUATE_H

#include "codegen/artifact/WeightStore.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace trimod {

/// Lowers a module of the scheduled phase to the LLVM dialect with its entry points, and says what
/// they are. The names in the signatures are those of the functions.
using LowerToMachine =
    llvm::function_ref<mlir::FailureOr<std::vector<FunctionSignature>>(mlir::ModuleOp)>;

/// Runs every init function of `module` in this process, adds the results to `weights`, and makes
/// them parameters of the entry functions. The init functions go away. `level` names the results;
/// this machine need not have it. Errors: an init function that does not lower, a missing weight.
mlir::LogicalResult evaluateInit(mlir::ModuleOp module, trimod_isa_level level,
                                 WeightStore &weights, LowerToMachine lower);

/// Makes every init function an entry function of its own, "<entry>.init", and its results
/// parameters of the entry function it belongs to.
mlir::LogicalResult exposeInit(mlir::ModuleOp module, trimod_isa_level level);

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_EVALUATE_H
