//===- Pipelines.cpp - the phases of compilation ---------------------------===//

#include "passes/Pipelines.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "passes/Bufferize.h"
#include "passes/Passes.h"

using namespace mlir;
using namespace trimod;

static constexpr StringRef kPhaseNames[] = {"model",     "fused",   "batched",
                                            "scheduled", "kernels", "llvm"};

StringRef trimod::getPhaseName(Phase phase) { return kPhaseNames[static_cast<size_t>(phase)]; }

std::optional<Phase> trimod::parsePhase(StringRef name) {
  for (Phase phase : kAllPhases)
    if (getPhaseName(phase) == name)
      return phase;
  return std::nullopt;
}

ArrayRef<StringRef> trimod::getOptionalPasses() {
  static constexpr StringRef passes[] = {
      "trimod-fold-tables",      "trimod-fuse-attention-pool",     "trimod-fuse-conv-epilogue",
      "trimod-fuse-crf-viterbi", "trimod-fuse-gru-cell",           "trimod-fuse-lstm-cell",
      "trimod-gather-gates",     "trimod-hoist-attention-context", "trimod-merge-directions",
      "trimod-pack-weights",     "trimod-project-inputs",          "trimod-share-tokens"};
  return passes;
}

namespace {

/// Adds passes to a pipeline, but for those that the options leave out.
class PhaseBuilder {
public:
  PhaseBuilder(OpPassManager &manager, const PipelineOptions &options)
      : manager(manager), options(options) {}

  void add(std::unique_ptr<Pass> pass) {
    if (!isSkipped(*pass))
      manager.addPass(std::move(pass));
  }
  void addToFunctions(std::unique_ptr<Pass> pass) {
    if (!isSkipped(*pass))
      manager.addNestedPass<func::FuncOp>(std::move(pass));
  }
  void cleanUp() {
    manager.addPass(createCanonicalizerPass());
    manager.addPass(createCSEPass());
  }

private:
  bool isSkipped(const Pass &pass) const {
    return llvm::is_contained(options.skip, pass.getArgument().str());
  }

  OpPassManager &manager;
  const PipelineOptions &options;
};

} // namespace

static void buildModelPhase(PhaseBuilder &phase, const PipelineOptions &options) {
  if (!options.weights.empty())
    phase.add(createSpecialize({llvm::to_vector(ArrayRef<std::string>(options.weights))}));
}

static void buildFusedPhase(PhaseBuilder &phase) {
  phase.add(createInlinerPass());
  phase.add(createSymbolDCEPass());
  phase.cleanUp();
  phase.addToFunctions(createRefineShapes());
  phase.cleanUp();
  // Recognisers tell weights by "defined outside the body".
  phase.addToFunctions(createLoopInvariantCodeMotionPass());
  phase.addToFunctions(createFuseGRUCell());
  phase.addToFunctions(createFuseLSTMCell());
  phase.addToFunctions(createMergeDirections());
  phase.addToFunctions(createFuseAttentionPool());
  phase.addToFunctions(createFuseConvEpilogue());
  phase.addToFunctions(createFuseCRFViterbi());
  phase.cleanUp();
}

static void buildBatchedPhase(PhaseBuilder &phase, const PipelineOptions &options) {
  for (const std::string &entry : options.entries)
    phase.add(createBatch({entry}));
  // Flattening needs to see that lengths are equal, so offsets come first.
  phase.add(createExpandRagged());
  phase.cleanUp();
  phase.addToFunctions(createFlatten());
  phase.cleanUp();
}

static void buildScheduledPhase(PhaseBuilder &phase, const PipelineOptions &options) {
  if (!options.precision.empty())
    phase.add(createQuantize({llvm::to_vector(options.precision)}));
  phase.addToFunctions(createProjectInputs());
  phase.addToFunctions(createHoistAttentionContext());
  phase.cleanUp();
  phase.addToFunctions(createPackWeights({options.lanes}));
  phase.cleanUp();
  phase.add(createFoldTables({options.foldTables}));
  phase.cleanUp();
  phase.add(createShareTokens());
  phase.addToFunctions(createGatherGates());
  phase.add(createOutlineInit());
  phase.cleanUp();
}

static void buildKernelsPhase(PhaseBuilder &phase, OpPassManager &manager,
                              const PipelineOptions &options) {
  ArrayRef<std::string> kernels(options.kernels);
  phase.add(createParametersToArguments());
  phase.addToFunctions(createDecompose({llvm::to_vector(kernels)}));
  phase.addToFunctions(createLowerLoops({llvm::to_vector(kernels)}));
  phase.cleanUp();
  phase.add(createResultsToArguments());
  buildBufferizePipeline(manager);
  phase.add(createPlanBuffers());
  phase.cleanUp();
}

void trimod::buildPhasePipeline(Phase phase, OpPassManager &manager,
                                const PipelineOptions &options) {
  PhaseBuilder builder(manager, options);
  switch (phase) {
  case Phase::Model:
    buildModelPhase(builder, options);
    break;
  case Phase::Fused:
    buildFusedPhase(builder);
    break;
  case Phase::Batched:
    buildBatchedPhase(builder, options);
    break;
  case Phase::Scheduled:
    buildScheduledPhase(builder, options);
    break;
  case Phase::Kernels:
    buildKernelsPhase(builder, manager, options);
    break;
  case Phase::LLVM:
    llvm::report_fatal_error("the llvm phase is built by codegen/artifact/Phases.h");
  }
  manager.addPass(createVerifyPhase({getPhaseName(phase).str()}));
}

void trimod::registerPhasePipelines() {
  for (Phase phase : {Phase::Model, Phase::Fused, Phase::Batched, Phase::Scheduled}) {
    std::string name = ("trimod-phase-" + getPhaseName(phase)).str();
    std::string description =
        ("From the phase before to phase '" + getPhaseName(phase) + "'").str();
    PassPipelineRegistration<PipelineOptions>(
        name, description, [phase](OpPassManager &manager, const PipelineOptions &options) {
          buildPhasePipeline(phase, manager, options);
        });
  }
}
