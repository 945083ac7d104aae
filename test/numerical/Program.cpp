#include "Program.h"

#include "codegen/artifact/Compiler.h"
#include "codegen/artifact/Evaluate.h"
#include "codegen/artifact/ModelFiles.h"
#include "codegen/artifact/Passes.h"
#include "codegen/cpu/Bufferization.h"
#include "codegen/cpu/LowerToLLVM.h"
#include "dialect/TriMod.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "passes/Passes.h"
#include "passes/Pipelines.h"
#include "runtime/AlignedBuffer.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace trimod;
using namespace trimod::test;

static MLIRContext &getContext() {
  static DialectRegistry registry = [] {
    DialectRegistry all;
    registerCompilerDialects(all);
    registerTriModPasses();
    registerPhasePipelines();
    registerTransformsPasses();
    return all;
  }();
  static MLIRContext context(registry);
  return context;
}

static LogicalResult runPasses(ModuleOp module, StringRef pipeline) {
  if (pipeline.empty())
    return success();
  PassManager manager(module.getContext());
  FailureOr<OpPassManager> parsed = parsePassPipeline(pipeline);
  if (failed(parsed))
    return failure();
  static_cast<OpPassManager &>(manager) = std::move(*parsed);
  return manager.run(module);
}

static LogicalResult runKernelsPhase(ModuleOp module, Lowering lowering) {
  PassManager manager(module.getContext());
  PipelineOptions options;
  SmallVector<std::string> kernels;
  if (lowering == Lowering::Kernels)
    for (StringRef name : getKernelOpNames())
      kernels.push_back(name.str());
  options.kernels = kernels;
  buildPhasePipeline(Phase::Kernels, manager, options);
  return manager.run(module);
}

static LogicalResult runLLVMPhase(ModuleOp module, const Target &target) {
  PassManager manager(module.getContext());
  manager.addPass(createEntryPoints({target.name()}));
  buildLowerToLLVMPipeline(manager, target);
  return manager.run(module);
}

/// All phases; gives the functions that the runtime would call.
static FailureOr<std::vector<FunctionSignature>> runPhases(ModuleOp module,
                                                           const ProgramOptions &options) {
  Target target{options.level};
  trimod_isa_level level = target.isaLevel();
  if (!options.entry.empty() && failed(selectEntries(module, options.entry)))
    return failure();
  module->setAttr(isaLevelAttrName, StringAttr::get(module.getContext(), target.name()));
  if (failed(runPasses(module, options.pipeline)))
    return failure();
  if (options.change)
    options.change(module);
  if (failed(exposeInit(module, level)) || failed(runKernelsPhase(module, options.lowering)))
    return failure();
  FailureOr<std::vector<FunctionSignature>> signatures = readSignatures(module, level);
  if (failed(signatures) || failed(runLLVMPhase(module, target)))
    return failure();
  return signatures;
}

std::vector<NamedTensor> trimod::test::readParameters(StringRef modelText) {
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(modelText, &getContext());
  std::vector<NamedTensor> parameters;
  if (!module) {
    ADD_FAILURE() << "the model does not parse";
    return parameters;
  }
  for (ParameterOp parameter : module->getOps<ParameterOp>()) {
    auto type = cast<RankedTensorType>(parameter.getType());
    NamedTensor tensor{parameter.getKey().str(), {*getElementType(type.getElementType()), {}}};
    for (int64_t size : type.getShape())
      tensor.tensor.shape.push_back(ShapedType::isDynamic(size) ? -1 : size);
    parameters.push_back(tensor);
  }
  return parameters;
}

std::unique_ptr<Program> Program::create(StringRef text, const ProgramOptions &options) {
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &getContext());
  auto program = std::make_unique<Program>();
  FailureOr<std::vector<FunctionSignature>> functions = failure();
  if (module)
    functions = runPhases(*module, options);
  if (failed(functions)) {
    ADD_FAILURE() << "the program does not compile";
    return nullptr;
  }
  size_t entries = 0;
  for (const FunctionSignature &found : *functions) {
    if (StringRef(found.name).ends_with(".init")) {
      program->init = found;
      continue;
    }
    program->function = found;
    ++entries;
  }
  EXPECT_EQ(entries, 1u);
  // These programs run a few times each, so the time to compile them counts.
  llvm::Expected<std::unique_ptr<Jit>> jit =
      Jit::create(*module, Target{options.level}.name(), llvm::OptimizationLevel::O1);
  if (!jit) {
    ADD_FAILURE() << llvm::toString(jit.takeError());
    return nullptr;
  }
  program->jit = std::move(*jit);
  return program;
}

namespace {

/// Tensors of one call, in memory aligned as the compiled code may rely on. What has no content yet
/// is filled with NaNs, so that a result that is not written, or a read of memory that is not,
/// shows.
class Tensors {
public:
  void add(const std::vector<int64_t> &shape, const Array *content, size_t elementSize) {
    size_t size = elementSize;
    for (int64_t extent : shape)
      size *= extent;
    buffers.emplace_back();
    ASSERT_TRUE(buffers.back().reserve(size + kGuardSize));
    char *data = static_cast<char *>(buffers.back().data());
    std::fill_n(data, size, '\xff');
    std::fill_n(data + size, kGuardSize, kGuard);
    if (content) {
      ASSERT_EQ(content->bytes.size(), size);
      std::copy_n(content->bytes.data(), size, data);
    }
    sizes.push_back(size);
    contents.push_back(content);
    tensors.push_back({data, {}});
    llvm::copy(shape, tensors.back().shape);
  }
  const trimod_tensor *data() const { return tensors.data(); }
  const trimod_tensor &back() const { return tensors.back(); }

  void expectGivenUnchanged() const {
    for (auto [number, tensor, content] : llvm::enumerate(tensors, contents))
      if (content)
        EXPECT_TRUE(std::equal(content->bytes.begin(), content->bytes.end(),
                               static_cast<const char *>(tensor.data)))
            << "tensor #" << number << " was overwritten";
  }

  void expectNothingWrittenBehind() const {
    for (auto [number, tensor, size] : llvm::enumerate(tensors, sizes)) {
      StringRef guard(static_cast<const char *>(tensor.data) + size, kGuardSize);
      EXPECT_EQ(guard.find_first_not_of(kGuard), StringRef::npos) << "behind tensor #" << number;
    }
  }

private:
  static constexpr size_t kGuardSize = 64;
  static constexpr char kGuard = '\x5a';

  std::vector<AlignedBuffer> buffers;
  std::vector<size_t> sizes;
  /// What was given, or null for the workspace and outputs.
  std::vector<const Array *> contents;
  std::vector<trimod_tensor> tensors;
};

} // namespace

Arrays Program::withDerived(Arrays parameters) const {
  if (init)
    for (auto &[name, value] : call(*init, parameters, {}))
      parameters[name] = value;
  return parameters;
}

Arrays Program::call(const Arrays &values, const std::map<std::string, int64_t> &lengths) const {
  return call(function, values, lengths);
}

Arrays Program::call(const FunctionSignature &called, const Arrays &values,
                     const std::map<std::string, int64_t> &lengths) const {
  Tensors tensors;
  auto addGiven = [&](const NamedTensor &tensor) {
    auto found = values.find(tensor.name);
    ASSERT_NE(found, values.end()) << "no value for " << tensor.name;
    tensors.add(found->second.shape, &found->second, getElementSize(tensor.tensor.dtype));
  };
  for (const NamedTensor &input : called.inputs)
    addGiven(input);
  auto workspace = cantFail(
      jit->lookup<int64_t(const trimod_tensor *)>(getWorkspaceSymbol(called.name, called.level)));
  int64_t bytes = workspace(tensors.data());
  for (const NamedTensor &parameter : called.parameters)
    addGiven(parameter);
  tensors.add({bytes}, nullptr, 1);
  std::vector<trimod_tensor> outputs;
  for (const NamedTensor &output : called.outputs) {
    std::vector<int64_t> shape = output.tensor.shape;
    if (!shape.empty() && shape[0] == -1)
      shape[0] = lengths.at(output.name);
    tensors.add(shape, nullptr, getElementSize(output.tensor.dtype));
    outputs.push_back(tensors.back());
  }
  cantFail(jit->lookup<void(const trimod_tensor *)>(getEntrySymbol(called.name, called.level)))(
      tensors.data());
  tensors.expectGivenUnchanged();
  tensors.expectNothingWrittenBehind();
  Arrays results;
  for (auto [output, tensor] : llvm::zip(called.outputs, outputs)) {
    Array result;
    size_t size = getElementSize(output.tensor.dtype);
    for (size_t i = 0; i < output.tensor.shape.size(); ++i) {
      result.shape.push_back(tensor.shape[i]);
      size *= tensor.shape[i];
    }
    const char *data = static_cast<const char *>(tensor.data);
    result.bytes.assign(data, data + size);
    results[output.name] = std::move(result);
  }
  return results;
}
