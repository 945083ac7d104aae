//===- Evaluate.cpp - computing at compile time what weights decide -------===//

#include "codegen/artifact/Evaluate.h"

#include "codegen/artifact/Jit.h"
#include "codegen/artifact/Passes.h"
#include "codegen/cpu/Target.h"
#include "dialect/TriMod.h"
#include "passes/Schedule.h"
#include "runtime/AlignedBuffer.h"
#include <cstring>

namespace trimod {
#define GEN_PASS_DEF_EXPOSEINIT
#include "codegen/artifact/Passes.h.inc"
} // namespace trimod

using namespace mlir;
using namespace trimod;

static std::string getDerivedKey(StringRef entry, trimod_isa_level level, int64_t number) {
  return ("derived:" + entry + "." + isaLevelSuffix(level) + "." + Twine(number)).str();
}

/// The init function of `entry`, or null.
static FailureOr<func::FuncOp> findInit(ModuleOp module, func::FuncOp entry) {
  auto symbol = entry->getAttrOfType<FlatSymbolRefAttr>(kInitAttr);
  if (!symbol)
    return func::FuncOp();
  auto init = module.lookupSymbol<func::FuncOp>(symbol.getValue());
  if (!init || init.isExternal() || init.getNumArguments() != 0)
    return entry.emitError() << "function '" << entry.getName() << "': expected '"
                             << symbol.getValue()
                             << "' to be a function without arguments that computes its "
                                "derived parameters";
  return init;
}

/// Results of an init function are named by the parameters they become.
static void nameResults(func::FuncOp init, StringRef entry, trimod_isa_level level) {
  Builder builder(init.getContext());
  for (unsigned i = 0; i < init.getNumResults(); ++i)
    init.setResultAttr(i, kNameAttr, builder.getStringAttr(getDerivedKey(entry, level, i)));
}

/// Makes the arguments of `entry` that take results of its init function parameters.
static LogicalResult replaceDerivedArguments(ModuleOp module, func::FuncOp entry, func::FuncOp init,
                                             trimod_isa_level level) {
  SymbolTable symbols(module);
  OpBuilder builder(module.getContext());
  SmallVector<std::pair<int64_t, unsigned>> derived;
  for (unsigned i = 0; i < entry.getNumArguments(); ++i)
    if (auto number = entry.getArgAttrOfType<IntegerAttr>(i, kDerivedAttr))
      derived.push_back({number.getInt(), i});
  llvm::sort(derived);
  if (derived.size() != init.getNumResults())
    return entry.emitError() << "function '" << entry.getName() << "': expected as many '"
                             << kDerivedAttr << "' arguments as '" << init.getName()
                             << "' has results, " << init.getNumResults() << ", got "
                             << derived.size();
  llvm::BitVector replaced(entry.getNumArguments());
  for (auto [number, index] : derived) {
    BlockArgument argument = entry.getArgument(index);
    builder.setInsertionPoint(entry);
    const std::string name =
        (entry.getName() + "_derived_" + Twine(number) + "_" + isaLevelSuffix(level)).str();
    auto parameter =
        ParameterOp::create(builder, argument.getLoc(), builder.getStringAttr(name),
                            builder.getStringAttr(getDerivedKey(entry.getName(), level, number)),
                            TypeAttr::get(argument.getType()));
    symbols.insert(parameter);
    builder.setInsertionPointToStart(&entry.getBody().front());
    auto read = GetParameterOp::create(builder, argument.getLoc(), argument.getType(),
                                       parameter.getSymName());
    argument.replaceAllUsesWith(read.getValue());
    replaced.set(index);
  }
  entry->removeAttr(kInitAttr);
  return entry.eraseArguments(replaced);
}

namespace {

/// A call of a compiled function that takes parameters only.
class InitCall {
public:
  InitCall(const FunctionSignature &signature, const WeightStore &weights)
      : signature(signature), weights(weights) {}

  llvm::Error run(Jit &jit) {
    for (const NamedTensor &parameter : signature.parameters)
      if (llvm::Error error = addParameter(parameter))
        return error;
    auto workspace = jit.lookup<int64_t(const trimod_tensor *)>(
        getWorkspaceSymbol(signature.name, signature.level));
    if (!workspace)
      return workspace.takeError();
    auto entry =
        jit.lookup<void(const trimod_tensor *)>(getEntrySymbol(signature.name, signature.level));
    if (!entry)
      return entry.takeError();
    // There are no inputs whose shapes the workspace could depend on.
    const int64_t bytes = (*workspace)(nullptr);
    if (llvm::Error error = addTensor({TRIMOD_U8, {bytes}}))
      return error;
    for (const NamedTensor &output : signature.outputs)
      if (llvm::Error error = addTensor(output.tensor))
        return error;
    (*entry)(tensors.data());
    return llvm::Error::success();
  }

  llvm::SmallVector<char, 0> getOutput(size_t number) const {
    const trimod_tensor &tensor = tensors[signature.parameters.size() + 1 + number];
    const auto *data = static_cast<const char *>(tensor.data);
    const size_t size = getSize(signature.outputs[number].tensor);
    return llvm::SmallVector<char, 0>(data, data + size);
  }

private:
  static size_t getSize(const TensorSignature &tensor) {
    size_t size = getElementSize(tensor.dtype);
    for (int64_t extent : tensor.shape)
      size *= static_cast<size_t>(extent);
    return size;
  }

  /// Copied, because weights in a file are aligned to nothing and compiled code may rely on more.
  llvm::Error addParameter(const NamedTensor &parameter) {
    llvm::Expected<Weight> weight = weights.find(parameter.name, parameter.tensor);
    if (!weight)
      return weight.takeError();
    if (llvm::Error error = addTensor(parameter.tensor))
      return error;
    std::memcpy(tensors.back().data, weight->bytes.data(), weight->bytes.size());
    return llvm::Error::success();
  }

  llvm::Error addTensor(const TensorSignature &signature) {
    AlignedBuffer buffer;
    if (llvm::is_contained(signature.shape, -1) || !buffer.reserve(getSize(signature)))
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     "cannot allocate a tensor " + describe(signature));
    trimod_tensor tensor{buffer.data(), {}};
    llvm::copy(signature.shape, tensor.shape);
    tensors.push_back(tensor);
    buffers.push_back(std::move(buffer));
    return llvm::Error::success();
  }

  const FunctionSignature &signature;
  const WeightStore &weights;
  std::vector<trimod_tensor> tensors;
  std::vector<AlignedBuffer> buffers;
};

} // namespace

/// A copy of `module` in which `init` is the only entry function.
static OwningOpRef<ModuleOp> isolate(ModuleOp module, func::FuncOp init) {
  OwningOpRef<ModuleOp> copy = module.clone();
  SymbolTable symbols(*copy);
  SetVector<Operation *> others;
  for (auto function : copy->getOps<func::FuncOp>()) {
    if (function.isPublic())
      others.insert(function);
    if (auto other = function->getAttrOfType<FlatSymbolRefAttr>(kInitAttr))
      if (Operation *otherInit = symbols.lookup(other.getValue()))
        others.insert(otherInit);
  }
  Operation *kept = symbols.lookup(init.getName());
  others.remove(kept);
  for (Operation *function : others)
    symbols.erase(function);
  cast<func::FuncOp>(kept).setPublic();
  return copy;
}

static llvm::Error runInit(ModuleOp lowered, const FunctionSignature &signature,
                           WeightStore &weights) {
  // Compiled for this machine, whatever level the results are for: the bits are the same. Runs
  // once, so the time to compile it counts.
  llvm::Expected<std::unique_ptr<Jit>> jit =
      Jit::create(lowered, kHostCpu, llvm::OptimizationLevel::O1);
  if (!jit)
    return jit.takeError();
  InitCall call(signature, weights);
  if (llvm::Error error = call.run(**jit))
    return error;
  for (auto [i, output] : llvm::enumerate(signature.outputs))
    weights.add(output.name, output.tensor, call.getOutput(i));
  return llvm::Error::success();
}

static LogicalResult evaluate(ModuleOp module, func::FuncOp init, WeightStore &weights,
                              LowerToMachine lower) {
  OwningOpRef<ModuleOp> isolated = isolate(module, init);
  FailureOr<std::vector<FunctionSignature>> signatures = lower(*isolated);
  if (failed(signatures))
    return failure();
  if (signatures->size() != 1)
    return init.emitError() << "function '" << init.getName()
                            << "': expected one entry function, got " << signatures->size();
  if (llvm::Error error = runInit(*isolated, signatures->front(), weights))
    return init.emitError() << "cannot evaluate '" << init.getName()
                            << "': " << llvm::toString(std::move(error));
  return success();
}

using FinishInit = llvm::function_ref<LogicalResult(func::FuncOp entry, func::FuncOp init)>;

/// Makes the results of every init function parameters of the entry function it belongs to, and
/// then gives it to `finish`, with its results named by those parameters.
static LogicalResult replaceInits(ModuleOp module, trimod_isa_level level, FinishInit finish) {
  for (auto entry : llvm::to_vector(module.getOps<func::FuncOp>())) {
    FailureOr<func::FuncOp> init = findInit(module, entry);
    if (failed(init))
      return failure();
    if (!*init)
      continue;
    nameResults(*init, entry.getName(), level);
    if (failed(replaceDerivedArguments(module, entry, *init, level)) ||
        failed(finish(entry, *init)))
      return failure();
  }
  return success();
}

LogicalResult trimod::evaluateInit(ModuleOp module, trimod_isa_level level, WeightStore &weights,
                                   LowerToMachine lower) {
  return replaceInits(module, level, [&](func::FuncOp, func::FuncOp init) -> LogicalResult {
    if (failed(evaluate(module, init, weights, lower)))
      return failure();
    init.erase();
    return success();
  });
}

LogicalResult trimod::exposeInit(ModuleOp module, trimod_isa_level level) {
  return replaceInits(module, level, [](func::FuncOp entry, func::FuncOp init) {
    init.setName((entry.getName() + ".init").str());
    init.setPublic();
    return success();
  });
}

namespace {

struct ExposeInit : trimod::impl::ExposeInitBase<ExposeInit> {
  void runOnOperation() override {
    if (failed(exposeInit(getOperation(), targetOf(getOperation()).isaLevel())))
      signalPassFailure();
  }
};

} // namespace
