//===- WholeModel.h - the compiled tagger on posts --------------*- C++ -*-===//
#ifndef TRIMOD_TOOLS_BENCH_WHOLEMODEL_H
#define TRIMOD_TOOLS_BENCH_WHOLEMODEL_H

#include "tools/bench/KernelRun.h"

namespace trimod::bench {

/// Names of the runs, in order.
inline constexpr llvm::StringLiteral kOneByOne = "model-one-by-one", kBulk = "model-bulk",
                                     kBulkTwoThreads = "model-bulk-2-threads",
                                     kStart = "model-start";

struct ModelBenchmark {
  std::string artefact;
  /// The same model as an executable; empty if there is none, then nothing is said of its start.
  std::string executable;
  std::string posts;
  /// Runs to make.
  std::vector<llvm::StringRef> runs;
};

/// Errors: artefact or posts that cannot be read, an executable that fails, a post that cannot be
/// tagged.
llvm::Expected<ModelResult> runModel(const ModelBenchmark &benchmark, Bounds &bounds,
                                     const SamplingOptions &options, Progress progress);

} // namespace trimod::bench

#endif // TRIMOD_TOOLS_BENCH_WHOLEMODEL_H
