//===- Program.cpp - one function, compiled and called in this process -----===//

#include "tools/bench/Program.h"

#include "codegen/artifact/Compiler.h"
#include "codegen/artifact/Diagnostics.h"
#include "codegen/artifact/Phases.h"
#include "mlir/Parser/Parser.h"
#include <cstring>

using namespace mlir;
using namespace trimod;
using namespace trimod::bench;

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Expected<trimod_isa_level> trimod::bench::selectLevel() {
  Result<std::optional<trimod_isa_level>> forced = isaLevelFromEnvironment();
  if (!forced)
    return makeError(forced.error().message);
  const int host = detectIsaLevel();
  if (host == 0)
    return makeError("this machine has no AVX2 and FMA, which compiled models need");
  if (*forced && **forced > host)
    return makeError("TRIMOD_ISA: this machine cannot run " + isaLevelName(**forced));
  return *forced ? **forced : static_cast<trimod_isa_level>(host);
}

static MLIRContext &getContext() {
  static DialectRegistry registry = [] {
    DialectRegistry all;
    registerCompilerDialects(all);
    return all;
  }();
  static MLIRContext context(registry);
  return context;
}

static FailureOr<FunctionSignature> lower(ModuleOp module, trimod_isa_level level, Phase from) {
  module->setAttr(isaLevelAttrName, StringAttr::get(module.getContext(), Target(level).name()));
  PassManager kernels(module.getContext()), machine(module.getContext());
  PipelineOptions options;
  if (from == Phase::Scheduled)
    buildKernelsPhase(kernels, options);
  buildLLVMPhase(machine, level);
  if (failed(kernels.run(module)))
    return failure();
  FailureOr<std::vector<FunctionSignature>> functions = readSignatures(module, level);
  if (failed(functions) || functions->size() != 1 || failed(machine.run(module)))
    return failure();
  return functions->front();
}

llvm::Expected<std::unique_ptr<Program>> Program::compile(StringRef text, trimod_isa_level level,
                                                          Phase from) {
  std::string problem = "the program does not compile";
  DiagnosticLines diagnostics(getContext(), [&](const std::string &line) { problem = line; });
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &getContext());
  FailureOr<FunctionSignature> function = failure();
  if (module)
    function = lower(*module, level, from);
  if (failed(function))
    return makeError(problem);

  auto program = std::make_unique<Program>();
  program->function = std::move(*function);
  llvm::Expected<std::unique_ptr<Jit>> jit = Jit::create(*module, Target(level).name());
  if (!jit)
    return jit.takeError();
  program->jit = std::move(*jit);
  const std::string name = program->function.name;
  auto entry =
      program->jit->lookup<std::remove_pointer_t<trimod_entry>>(getEntrySymbol(name, level));
  if (!entry)
    return entry.takeError();
  auto workspace = program->jit->lookup<std::remove_pointer_t<trimod_workspace>>(
      getWorkspaceSymbol(name, level));
  if (!workspace)
    return workspace.takeError();
  program->entry = *entry;
  program->workspace = *workspace;
  return program;
}

void Call::addTensor(const std::vector<int64_t> &shape, size_t elementSize) {
  size_t bytes = elementSize;
  for (int64_t size : shape)
    bytes *= size;
  buffers.emplace_back();
  if (!buffers.back().reserve(bytes))
    llvm::report_bad_alloc_error("no memory for a benchmark");
  std::memset(buffers.back().data(), 0, bytes);
  tensors.push_back({buffers.back().data(), {}});
  llvm::copy(shape, tensors.back().shape);
}

Call::Call(const Program &program, ArrayRef<std::vector<int64_t>> shapes) : entry(program.entry) {
  const FunctionSignature &function = program.function;
  for (auto [input, shape] : llvm::zip(function.inputs, shapes))
    addTensor(shape, getElementSize(input.tensor.dtype));
  const int64_t workspaceBytes = program.workspace(tensors.data());
  for (auto [output, shape] : llvm::zip(function.outputs, shapes.drop_front(tensors.size())))
    addTensor(shape, getElementSize(output.tensor.dtype));
  addTensor({workspaceBytes}, 1);
  std::rotate(tensors.begin() + function.inputs.size(), tensors.end() - 1, tensors.end());
}
