//===- Compiler.h - from model files to an artefact -------------*- C++ -*-===//
//
// The whole compiler as a library; trimod-compile is its command line.
//
//===----------------------------------------------------------------------===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_COMPILER_H
#define TRIMOD_CODEGEN_ARTIFACT_COMPILER_H

#include "codegen/artifact/Linker.h"
#include "codegen/artifact/Signature.h"
#include "mlir/IR/DialectRegistry.h"
#include "passes/Pipelines.h"
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace trimod {

class RemarkCollector;

enum class EmitKind { Executable, SharedLibrary, Object, MLIR, LLVMIR, Assembly, Weights };

struct CompilerOptions {
  std::vector<std::string> modelFiles;
  /// Entry functions; if empty, all public functions of the model.
  std::vector<std::string> entries;
  /// safetensors files, each tensor in one of them; none if the model has no parameters.
  std::vector<std::string> weights;
  /// False: the artefact finds its weights at run time, and `weights` gives the sizes only.
  bool embedsWeights = true;
  /// Files of the vocabulary (JSON, runtime/Vocabulary.h), each key in one of them; may be empty.
  std::vector<std::string> vocabularies;
  /// Instruction levels, each of which counts once; if empty, both, or for kinds that show one
  /// level, x86-64-v3.
  std::vector<trimod_isa_level> levels;
  EmitKind emit = EmitKind::Executable;
  /// With EmitKind::MLIR, the phase whose program is written.
  Phase lastPhase = Phase::LLVM;
  /// Types of numbers that weights are kept in (passes/Precision.h); as the weights are, if empty.
  std::vector<std::string> precision;
  /// Bytes that folded tables may take (trimod-fold-tables).
  uint64_t foldedBytes = kDefaultFoldedBytes;
  /// Optional passes to leave out (getOptionalPasses).
  std::vector<std::string> skippedPasses;
  /// A directory that gets the program after each phase; may be empty.
  std::string dumpDirectory;
  /// Output file, "-" for standard output.
  std::string output;
  LinkerOptions linker;

  /// Where the passes' remarks go; may be null.
  RemarkCollector *remarks = nullptr;
  /// Called with each error, one line: what was expected, what was found, where.
  std::function<void(const std::string &)> reportError;
  /// Called before each step of the work; may be empty.
  std::function<void(unsigned step, unsigned stepCount, const std::string &what)> reportProgress;
};

/// All dialects of models and of their lowerings, with the interfaces that passes need.
void registerCompilerDialects(mlir::DialectRegistry &registry);

/// What is wrong with the options themselves, whatever the files hold; or "". compile() says it
/// too.
std::string findUsageError(const CompilerOptions &options);

/// Compiles. On failure errors have been reported, and the output is as it was before. If a pass
/// crashed or failed without an error, "<output>.reproducer.mlir" holds what it failed on.
llvm::LogicalResult compile(const CompilerOptions &options);

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_COMPILER_H
