//===- ModelDescriptor.h - the tables that describe an artefact -*- C++ -*-===//
//
// Every artefact holds one constant `trimod_model` (runtime.h) and the function `trimod_query` that
// returns it. They are made here as an LLVM module of constants.
//
//===----------------------------------------------------------------------===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_MODELDESCRIPTOR_H
#define TRIMOD_CODEGEN_ARTIFACT_MODELDESCRIPTOR_H

#include "codegen/artifact/WeightStore.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"
#include <memory>

namespace trimod {

struct ModelContents {
  std::string name;
  std::string compiler;
  /// The functions of all levels, in any order.
  std::vector<FunctionSignature> functions;
  /// An image of runtime/Vocabulary.h, or nothing.
  llvm::StringRef vocabulary;
  /// Weights to embed; if null, the runtime gets them from elsewhere.
  const WeightStore *weights = nullptr;
};

/// Section of embedded weights. It starts at a page, and each weight at TRIMOD_ALIGNMENT.
inline constexpr llvm::StringLiteral kWeightSection = ".trimod_weights";

/// A module with `trimod_query` and all it leads to. Functions of one name stand together, highest
/// level first; a parameter that several functions read appears once. Refers to the symbols of
/// getEntrySymbol and getWorkspaceSymbol. Errors: functions that disagree about a parameter, a
/// weight to embed that is missing or of another type.
llvm::Expected<std::unique_ptr<llvm::Module>> buildModelDescriptor(llvm::LLVMContext &context,
                                                                   llvm::TargetMachine &machine,
                                                                   const ModelContents &contents);

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_MODELDESCRIPTOR_H
