//===- Ablation.h - what each optional pass brings --------------*- C++ -*-===//
#ifndef TRIMOD_TOOLS_BENCH_ABLATION_H
#define TRIMOD_TOOLS_BENCH_ABLATION_H

#include "codegen/artifact/Compiler.h"
#include "tools/bench/KernelRun.h"

namespace trimod::bench {

struct AblationResult {
  /// The pass that was left out; empty for the program with all of them.
  std::string pass;
  /// CPU seconds of a post, in bulk and one by one.
  Summary bulk, oneByOne;
  /// Speed with the pass over speed without it, sample by sample.
  Summary bulkGain, oneByOneGain;
};

/// Compiles `model` (files, weights and vocabularies) for `level` as it is and without each
/// optional pass in turn, and times all of them in turns on the posts of a file.
llvm::Expected<std::vector<AblationResult>>
runAblation(CompilerOptions model, trimod_isa_level level, const std::string &posts,
            const SamplingOptions &options, Progress progress);

void printAblation(llvm::raw_ostream &stream, llvm::ArrayRef<AblationResult> results);
llvm::json::Value toJson(llvm::ArrayRef<AblationResult> results);

} // namespace trimod::bench

#endif // TRIMOD_TOOLS_BENCH_ABLATION_H
