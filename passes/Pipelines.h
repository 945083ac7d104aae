//===- Pipelines.h - the phases of compilation ------------------*- C++ -*-===//
//
// A model goes through named phases. Each can be stopped at, dumped and tested
// alone, and ends with a check of what it promises (trimod-verify-phase).
//
//   model      parsed, parameter shapes filled in from the weights
//   fused      inlined, recurrent cells, attention pooling and CRF recognised
//   batched    one post -> a batch of posts, without padding
//   scheduled  what is computed when and how weights are laid out, for one instruction level
//   kernels    loops and vectors over buffers in one arena, for one instruction level
//   llvm       the LLVM dialect, ready for object code (codegen/artifact/Phases.h)
//
//===----------------------------------------------------------------------===//

#ifndef TRIMOD_PASSES_PIPELINES_H
#define TRIMOD_PASSES_PIPELINES_H

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"
#include <optional>

namespace trimod {

enum class Phase { Model, Fused, Batched, Scheduled, Kernels, LLVM };

inline constexpr Phase kAllPhases[] = {Phase::Model,     Phase::Fused,   Phase::Batched,
                                       Phase::Scheduled, Phase::Kernels, Phase::LLVM};

llvm::StringRef getPhaseName(Phase phase);
/// The phase of that name, or nothing.
std::optional<Phase> parsePhase(llvm::StringRef name);

/// Tables of characters, but not of words.
inline constexpr uint64_t kDefaultFoldedBytes = 1 << 20;

/// The one set of options that all phases share.
struct PipelineOptions : mlir::PassPipelineOptions<PipelineOptions> {
  ListOption<std::string> weights{
      *this, "weights", llvm::cl::desc("safetensors files that fill in parameter shapes")};
  ListOption<std::string> entries{*this, "entry", llvm::cl::desc("entry functions to batch"),
                                  llvm::cl::list_init<std::string>({"tag"})};
  Option<int64_t> lanes{*this, "lanes", llvm::cl::desc("f32 lanes of a vector register"),
                        llvm::cl::init(8)};
  ListOption<std::string> kernels{*this, "kernels",
                                  llvm::cl::desc("ops that code generation has kernels for")};
  ListOption<std::string> precision{
      *this, "precision", llvm::cl::desc("PART:FORMAT (trimod-quantize); else as weights are")};
  Option<uint64_t> foldTables{
      *this, "fold-tables",
      llvm::cl::desc("bytes that folded tables may take (trimod-fold-tables)"),
      llvm::cl::init(kDefaultFoldedBytes)};
  ListOption<std::string> skip{*this, "skip", llvm::cl::desc("optional passes to leave out")};
};

/// Passes that only make the program faster: each may be named in
/// PipelineOptions::skip, and without it the result is the same program in a
/// slower form (the oracle of the faster one).
llvm::ArrayRef<llvm::StringRef> getOptionalPasses();

/// Adds the passes that lead from the phase before `phase` to `phase`. The LLVM
/// phase belongs to code generation and is refused here.
void buildPhasePipeline(Phase phase, mlir::OpPassManager &manager, const PipelineOptions &options);

/// Makes the phases up to `scheduled` known as pass pipelines: `trimod-phase-fused`, ... The others
/// depend on code generation (codegen/artifact/Phases.h).
void registerPhasePipelines();

} // namespace trimod

#endif // TRIMOD_PASSES_PIPELINES_H
