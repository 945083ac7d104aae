//===- ModelFiles.h - reading model files -----------------------*- C++ -*-===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_MODELFILES_H
#define TRIMOD_CODEGEN_ARTIFACT_MODELFILES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/ArrayRef.h"
#include <string>
#include <vector>

namespace trimod {

/// Reads model files and joins them into one module. Names that are a file's own, those of private
/// functions and of parameters, are changed where two files have them. Errors (as diagnostics): a
/// file that cannot be read or parsed, a public function that two files define.
mlir::OwningOpRef<mlir::ModuleOp> readModelFiles(mlir::MLIRContext &context,
                                                 llvm::ArrayRef<std::string> files);

/// Chooses the entry functions: those named, or if none is, all public functions. Others become
/// private. Returns their names in the order of the module. Errors: a name that is no public
/// function, a module without any.
mlir::FailureOr<std::vector<std::string>> selectEntries(mlir::ModuleOp module,
                                                        llvm::ArrayRef<std::string> names);

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_MODELFILES_H
