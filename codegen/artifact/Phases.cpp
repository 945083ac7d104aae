//===- Phases.cpp - the phases that code generation decides ----------------===//

#include "codegen/artifact/Phases.h"

#include "codegen/artifact/Passes.h"
#include "codegen/cpu/Bufferization.h"
#include "codegen/cpu/LowerToLLVM.h"
#include "mlir/Pass/PassRegistry.h"
#include "passes/Passes.h"

using namespace mlir;
using namespace trimod;

void trimod::buildKernelsPhase(OpPassManager &manager, PipelineOptions &options) {
  if (options.kernels.empty()) {
    SmallVector<std::string> names;
    for (StringRef name : getKernelOpNames())
      names.push_back(name.str());
    options.kernels = names;
  }
  manager.addPass(createExposeInit());
  buildPhasePipeline(Phase::Kernels, manager, options);
}

void trimod::buildLLVMPhase(OpPassManager &manager, const Target &target) {
  manager.addPass(createEntryPoints({target.name()}));
  buildLowerToLLVMPipeline(manager, target);
  manager.addPass(createVerifyPhase({getPhaseName(Phase::LLVM).str()}));
}

namespace {

struct LLVMPhaseOptions : PassPipelineOptions<LLVMPhaseOptions> {
  Option<std::string> level{*this, "level", llvm::cl::desc("x86-64-v3 or x86-64-v4"),
                            llvm::cl::init("x86-64-v3")};
};

} // namespace

using ErrorHandler = llvm::function_ref<LogicalResult(const Twine &)>;
using OptionHandler = llvm::function_ref<void(const mlir::detail::PassOptions &)>;

static LogicalResult addKernelsPhase(OpPassManager &manager, StringRef text, ErrorHandler) {
  PipelineOptions options;
  if (failed(options.parseFromString(text)))
    return failure();
  buildKernelsPhase(manager, options);
  return success();
}

static LogicalResult addLLVMPhase(OpPassManager &manager, StringRef text, ErrorHandler report) {
  LLVMPhaseOptions options;
  if (failed(options.parseFromString(text)))
    return failure();
  Result<trimod_isa_level> level = parseIsaLevel(options.level.getValue());
  if (!level)
    return report("trimod-phase-llvm: " + level.error().message);
  buildLLVMPhase(manager, *level);
  return success();
}

void trimod::registerCodegenPhases() {
  registerPassPipeline("trimod-phase-kernels", "From the phase before to phase 'kernels'",
                       addKernelsPhase, [](OptionHandler show) { show(PipelineOptions()); });
  registerPassPipeline("trimod-phase-llvm", "From the phase before to phase 'llvm'", addLLVMPhase,
                       [](OptionHandler show) { show(LLVMPhaseOptions()); });
}
