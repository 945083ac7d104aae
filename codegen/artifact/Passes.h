//===- Passes.h - passes that prepare a module for the artefact -*- C++ -*-===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_PASSES_H
#define TRIMOD_CODEGEN_ARTIFACT_PASSES_H

#include "dialect/TriMod.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Pass/Pass.h"

namespace trimod {

#define GEN_PASS_DECL
#include "codegen/artifact/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "codegen/artifact/Passes.h.inc"

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_PASSES_H
