#include "Program.h"

#include "codegen/artifact/Compiler.h"
#include "codegen/artifact/Passes.h"
#include "codegen/cpu/Bufferization.h"
#include "codegen/cpu/LowerToLLVM.h"
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
    registerTransformsPasses();
    return all;
  }();
  static MLIRContext context(registry);
  return context;
}

static LogicalResult runPhases(ModuleOp module, StringRef pipeline, Lowering lowering,
                               std::vector<FunctionSignature> &signatures) {
  MLIRContext *context = module.getContext();
  Target target{IsaLevel::V3};
  module->setAttr(isaLevelAttrName, StringAttr::get(context, target.name()));
  PassManager kernels(context), machine(context);
  if (!pipeline.empty()) {
    FailureOr<OpPassManager> parsed = parsePassPipeline(pipeline);
    if (failed(parsed))
      return failure();
    static_cast<OpPassManager &>(kernels) = std::move(*parsed);
  }
  PipelineOptions options;
  SmallVector<std::string> kernelOps;
  if (lowering == Lowering::Kernels)
    for (StringRef name : getKernelOpNames())
      kernelOps.push_back(name.str());
  options.kernels = kernelOps;
  buildPhasePipeline(Phase::Kernels, kernels, options);
  if (failed(kernels.run(module)))
    return failure();
  FailureOr<std::vector<FunctionSignature>> found = readSignatures(module, TRIMOD_X86_64_V3);
  if (failed(found))
    return failure();
  signatures = *found;
  machine.addPass(createEntryPoints({"v3"}));
  buildLowerToLLVMPipeline(machine, target);
  return machine.run(module);
}

std::unique_ptr<Program> Program::create(llvm::StringRef text, llvm::StringRef pipeline,
                                         Lowering lowering) {
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &getContext());
  std::vector<FunctionSignature> signatures;
  if (!module || failed(runPhases(*module, pipeline, lowering, signatures)) ||
      signatures.size() != 1) {
    ADD_FAILURE() << "the program does not compile";
    return nullptr;
  }
  llvm::Expected<std::unique_ptr<Jit>> jit =
      Jit::create(*module, kHostCpu, llvm::OptimizationLevel::O1);
  if (!jit) {
    ADD_FAILURE() << llvm::toString(jit.takeError());
    return nullptr;
  }
  auto program = std::make_unique<Program>();
  program->function = signatures.front();
  program->jit = std::move(*jit);
  return program;
}

namespace {

/// Tensors of one call, in memory aligned as the compiled code may rely on.
class Tensors {
public:
  void add(const std::vector<int64_t> &shape, const Array *content, size_t elementSize) {
    size_t size = elementSize;
    for (int64_t extent : shape)
      size *= extent;
    buffers.emplace_back();
    ASSERT_TRUE(buffers.back().reserve(size + 1));
    if (content) {
      ASSERT_EQ(content->bytes.size(), size);
      std::copy_n(content->bytes.data(), size, static_cast<char *>(buffers.back().data()));
    }
    tensors.push_back({buffers.back().data(), {}});
    llvm::copy(shape, tensors.back().shape);
  }
  const trimod_tensor *data() const { return tensors.data(); }
  const trimod_tensor &back() const { return tensors.back(); }

private:
  std::vector<AlignedBuffer> buffers;
  std::vector<trimod_tensor> tensors;
};

} // namespace

Arrays Program::call(const Arrays &values, const std::map<std::string, int64_t> &lengths) const {
  Tensors tensors;
  auto addGiven = [&](const NamedTensor &tensor) {
    auto found = values.find(tensor.name);
    ASSERT_NE(found, values.end()) << "no value for " << tensor.name;
    tensors.add(found->second.shape, &found->second, getElementSize(tensor.tensor.dtype));
  };
  for (const NamedTensor &input : function.inputs)
    addGiven(input);
  auto workspace = cantFail(jit->lookup<int64_t(const trimod_tensor *)>(
      getWorkspaceSymbol(function.name, function.level)));
  int64_t bytes = workspace(tensors.data());
  for (const NamedTensor &parameter : function.parameters)
    addGiven(parameter);
  tensors.add({bytes}, nullptr, 1);
  std::vector<trimod_tensor> outputs;
  for (const NamedTensor &output : function.outputs) {
    std::vector<int64_t> shape = output.tensor.shape;
    if (!shape.empty() && shape[0] == -1)
      shape[0] = lengths.at(output.name);
    tensors.add(shape, nullptr, getElementSize(output.tensor.dtype));
    outputs.push_back(tensors.back());
  }
  cantFail(jit->lookup<void(const trimod_tensor *)>(getEntrySymbol(function.name, function.level)))(
      tensors.data());
  Arrays results;
  for (auto [output, tensor] : llvm::zip(function.outputs, outputs)) {
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
