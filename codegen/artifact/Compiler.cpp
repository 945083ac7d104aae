//===- Compiler.cpp - from model files to an artefact ----------------------===//

#include "codegen/artifact/Compiler.h"

#include "codegen/artifact/CodeGen.h"
#include "codegen/artifact/Diagnostics.h"
#include "codegen/artifact/Evaluate.h"
#include "codegen/artifact/ModelDescriptor.h"
#include "codegen/artifact/ModelFiles.h"
#include "codegen/artifact/ModelVocabulary.h"
#include "codegen/artifact/Passes.h"
#include "codegen/artifact/Phases.h"
#include "codegen/artifact/Reproducer.h"
#include "codegen/artifact/WeightConversion.h"
#include "codegen/cpu/Bufferization.h"
#include "dialect/Lifter.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "passes/Precision.h"
#include "passes/Remarks.h"
#include "runtime/OutputFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"

using namespace mlir;
using namespace trimod;

void trimod::registerCompilerDialects(DialectRegistry &registry) {
  registerAllDialects(registry);
  registerAllExtensions(registry);
  registry.insert<TriModDialect>();
  registerLiftModels(registry);
  registerBufferizationModels(registry);
}

static DialectRegistry getCompilerDialects() {
  DialectRegistry registry;
  registerCompilerDialects(registry);
  return registry;
}

namespace {

/// One run of the compiler.
class Compilation {
public:
  explicit Compilation(const CompilerOptions &options)
      : options(options), context(getCompilerDialects()),
        diagnostics(context, options.reportError) {
    // Errors are single lines for users; who wants the op dumps the phases.
    context.printOpOnDiagnostic(false);
  }

  ~Compilation() {
    if (output && !output->temporaryPath().empty())
      llvm::sys::DontRemoveFileOnSignal(output->temporaryPath());
  }

  LogicalResult run();

private:
  // What can be found out before the long work.
  LogicalResult checkOptions();
  LogicalResult openFiles();
  LogicalResult checkHasWeights();

  // Phases. `level` is null while a program is for all levels.
  LogicalResult runPhase(Phase phase, ModuleOp module, const trimod_isa_level *level);
  LogicalResult runCommonPhases();
  LogicalResult checkVocabulary();
  FailureOr<OwningOpRef<ModuleOp>> runSchedule(trimod_isa_level level);
  LogicalResult compileLevel(trimod_isa_level level);
  LogicalResult lowerToMachine(ModuleOp module, trimod_isa_level level,
                               std::vector<FunctionSignature> &signatures);
  LogicalResult dump(Phase phase, ModuleOp module, const trimod_isa_level *level);

  // Outputs.
  LogicalResult writeModule(ModuleOp module);
  LogicalResult writeCode(ModuleOp module, trimod_isa_level level, CodeKind kind);
  LogicalResult writeArtefact();
  LogicalResult writeWeights();
  LogicalResult writeOutput(StringRef content);
  LogicalResult commit();

  LogicalResult fail(const Twine &message) {
    options.reportError("error: " + message.str());
    return failure();
  }
  LogicalResult fail(llvm::Error error) { return fail(llvm::toString(std::move(error))); }
  void progress(const Twine &what) {
    if (options.reportProgress)
      options.reportProgress(++step, stepCount, what.str());
  }

  const CompilerOptions &options;
  MLIRContext context;
  DiagnosticLines diagnostics;
  std::vector<trimod_isa_level> levels;
  std::optional<OutputFile> output;
  WeightStore weights;
  std::string vocabulary;
  OwningOpRef<ModuleOp> model;
  std::vector<std::string> entries;
  std::vector<ObjectCode> objects;
  std::vector<FunctionSignature> functions;
  unsigned step = 0, stepCount = 0;
  /// Phases run on an init function, not on the program that dumps show.
  bool isEvaluating = false;
};

} // namespace

//===----------------------------------------------------------------------===//
// Before the long work
//===----------------------------------------------------------------------===//

static bool showsOneLevel(EmitKind kind) {
  return kind == EmitKind::MLIR || kind == EmitKind::LLVMIR || kind == EmitKind::Assembly ||
         kind == EmitKind::Weights;
}

/// Each level once; without any, those that the kind of output has room for.
static std::vector<trimod_isa_level> selectLevels(const CompilerOptions &options) {
  if (options.levels.empty() && showsOneLevel(options.emit))
    return {TRIMOD_X86_64_V3};
  if (options.levels.empty())
    return {TRIMOD_X86_64_V3, TRIMOD_X86_64_V4};
  std::vector<trimod_isa_level> levels;
  for (trimod_isa_level level : options.levels)
    if (!llvm::is_contained(levels, level))
      levels.push_back(level);
  return levels;
}

std::string trimod::findUsageError(const CompilerOptions &options) {
  for (const std::string &pass : options.skippedPasses)
    if (!llvm::is_contained(getOptionalPasses(), pass))
      return "cannot leave out '" + pass + "': expected one of " +
             llvm::join(getOptionalPasses(), ", ");
  if (llvm::Expected<Precision> precision = parsePrecision(options.precision); !precision)
    return llvm::toString(precision.takeError());
  if (options.emit == EmitKind::Executable && options.vocabularies.empty())
    return "no vocabulary: expected --vocabulary FILE, because an executable reads text "
           "(--emit=so makes a library that takes numbers)";
  const size_t levelCount = selectLevels(options).size();
  if (showsOneLevel(options.emit) && levelCount > 1)
    return "this kind of output shows one instruction level: expected one --isa, got " +
           std::to_string(levelCount);
  return "";
}

LogicalResult Compilation::checkOptions() {
  if (std::string error = findUsageError(options); !error.empty())
    return fail(error);
  levels = selectLevels(options);
  stepCount = 2 + 2 * levels.size() + 1;
  return success();
}

LogicalResult Compilation::openFiles() {
  Result<OutputFile> file =
      options.output == "-" ? OutputFile::standardOutput() : OutputFile::create(options.output);
  if (!file)
    return fail(file.error().message);
  output.emplace(std::move(*file));
  if (!output->temporaryPath().empty())
    llvm::sys::RemoveFileOnSignal(output->temporaryPath());
  if (!options.dumpDirectory.empty()) {
    if (std::error_code error = llvm::sys::fs::create_directories(options.dumpDirectory))
      return fail("cannot create directory '" + options.dumpDirectory + "': " + error.message());
    // What exists already counts as created, whatever it is.
    if (!llvm::sys::fs::is_directory(options.dumpDirectory))
      return fail("cannot create directory '" + options.dumpDirectory + "': a file has that name");
  }
  llvm::Expected<WeightStore> store = WeightStore::open(options.weights);
  if (!store)
    return fail(store.takeError());
  weights = std::move(*store);
  llvm::Expected<std::string> image = readVocabularies(options.vocabularies);
  if (!image)
    return fail(image.takeError());
  vocabulary = std::move(*image);
  return success();
}

/// Without a weight file, only a model without parameters gets past its first phase.
LogicalResult Compilation::checkHasWeights() {
  auto parameters = model->getOps<ParameterOp>();
  size_t count = std::distance(parameters.begin(), parameters.end());
  if (!options.weights.empty() || count == 0 || options.lastPhase == Phase::Model)
    return success();
  return fail("no weights: expected --weights FILE, because the model has " + Twine(count) +
              (count == 1 ? " parameter" : " parameters"));
}

//===----------------------------------------------------------------------===//
// Phases
//===----------------------------------------------------------------------===//

LogicalResult Compilation::runPhase(Phase phase, ModuleOp module, const trimod_isa_level *level) {
  PassManager manager(&context);
  Reproducer reproducer(options.output + ".reproducer.mlir");
  if (!output->temporaryPath().empty())
    reproducer.watch(manager, [this] { return diagnostics.hasSeenErrors(); });
  PipelineOptions pipeline;
  pipeline.weights = options.weights;
  pipeline.entries = entries;
  pipeline.precision = options.precision;
  pipeline.foldTables = options.foldedBytes;
  pipeline.skip = options.skippedPasses;
  if (level)
    pipeline.lanes = Target(*level).lanes();
  if (phase == Phase::LLVM)
    buildLLVMPhase(manager, *level);
  else if (phase == Phase::Kernels)
    buildKernelsPhase(manager, pipeline);
  else
    buildPhasePipeline(phase, manager, pipeline);
  if (phase == Phase::Batched)
    manager.addPass(createIndexBounds());
  if (failed(manager.run(module))) {
    const std::string file = reproducer.describe();
    if (!file.empty())
      return fail("a pass of phase '" + getPhaseName(phase) + "' broke down; " + file);
    if (!diagnostics.hasSeenErrors())
      return fail("phase '" + getPhaseName(phase) + "' failed without a message");
    return failure();
  }
  return dump(phase, module, level);
}

LogicalResult Compilation::dump(Phase phase, ModuleOp module, const trimod_isa_level *level) {
  if (options.dumpDirectory.empty() || isEvaluating)
    return success();
  llvm::SmallString<128> path(options.dumpDirectory);
  std::string name = std::to_string(static_cast<int>(phase)) + "-" + getPhaseName(phase).str();
  if (level)
    name += "." + isaLevelName(*level);
  llvm::sys::path::append(path, name + ".mlir");
  std::error_code error;
  llvm::raw_fd_ostream stream(path, error);
  if (!error) {
    module.print(stream);
    stream.close();
    error = stream.error();
  }
  if (error) {
    stream.clear_error();
    return fail("cannot write '" + Twine(path) + "': " + error.message());
  }
  return success();
}

LogicalResult Compilation::runCommonPhases() {
  progress("reading " + llvm::join(options.modelFiles, ", "));
  model = readModelFiles(context, options.modelFiles);
  if (!model)
    return failure();
  FailureOr<std::vector<std::string>> selected = selectEntries(*model, options.entries);
  if (failed(selected) || failed(checkHasWeights()))
    return failure();
  entries = *selected;
  progress("fusing and batching");
  for (Phase phase : {Phase::Model, Phase::Fused, Phase::Batched}) {
    if (failed(runPhase(phase, *model, nullptr)))
      return failure();
    if (options.emit == EmitKind::MLIR && phase == options.lastPhase)
      return success();
  }
  return checkVocabulary();
}

LogicalResult Compilation::checkVocabulary() {
  if (vocabulary.empty())
    return success();
  Result<VocabularyView> view = VocabularyView::open(vocabulary);
  if (!view)
    return fail(view.error().message);
  return trimod::checkVocabulary(*model, *view, llvm::join(options.vocabularies, ", "));
}

/// The program of one level after its scheduled phase, with what depends on weights alone
/// evaluated or left for the runtime.
FailureOr<OwningOpRef<ModuleOp>> Compilation::runSchedule(trimod_isa_level level) {
  OwningOpRef<ModuleOp> module = model->clone();
  (*module)->setAttr(isaLevelAttrName, StringAttr::get(&context, isaLevelName(level)));
  if (failed(runPhase(Phase::Scheduled, *module, &level)))
    return failure();
  if (options.emit == EmitKind::MLIR && options.lastPhase == Phase::Scheduled)
    return module;
  // With external weights the kernels phase exports the init functions.
  if (!options.embedsWeights)
    return module;
  if (failed(convertWeights(*module, weights)))
    return failure();
  auto lower = [&](ModuleOp init) -> FailureOr<std::vector<FunctionSignature>> {
    const int host = detectIsaLevel();
    if (host == 0)
      return fail("cannot prepare the weights on this machine, which has no AVX2 and FMA: expected "
                  "--external-weights, which prepares them where the model runs");
    std::vector<FunctionSignature> signatures;
    // It runs here, so it is compiled for what this machine has.
    if (failed(lowerToMachine(init, static_cast<trimod_isa_level>(host), signatures)))
      return failure();
    return signatures;
  };
  isEvaluating = true;
  LogicalResult evaluated = evaluateInit(*module, level, weights, lower);
  isEvaluating = false;
  if (failed(evaluated))
    return failure();
  return module;
}

/// The kernels phase and the LLVM dialect.
LogicalResult Compilation::lowerToMachine(ModuleOp module, trimod_isa_level level,
                                          std::vector<FunctionSignature> &signatures) {
  if (failed(runPhase(Phase::Kernels, module, &level)))
    return failure();
  FailureOr<std::vector<FunctionSignature>> found = readSignatures(module, level);
  if (failed(found))
    return failure();
  signatures = std::move(*found);
  return runPhase(Phase::LLVM, module, &level);
}

LogicalResult Compilation::compileLevel(trimod_isa_level level) {
  progress("scheduling for " + isaLevelName(level));
  FailureOr<OwningOpRef<ModuleOp>> module = runSchedule(level);
  if (failed(module))
    return failure();
  if (options.emit == EmitKind::MLIR && options.lastPhase == Phase::Scheduled)
    return writeModule(**module);
  if (options.emit == EmitKind::MLIR && options.lastPhase == Phase::Kernels)
    return failed(runPhase(Phase::Kernels, **module, &level)) ? failure() : writeModule(**module);
  progress("generating code for " + isaLevelName(level));
  std::vector<FunctionSignature> signatures;
  if (failed(lowerToMachine(**module, level, signatures)))
    return failure();
  switch (options.emit) {
  case EmitKind::MLIR:
    return writeModule(**module);
  case EmitKind::LLVMIR:
    return writeCode(**module, level, CodeKind::LLVMIR);
  case EmitKind::Assembly:
    return writeCode(**module, level, CodeKind::Assembly);
  case EmitKind::Executable:
  case EmitKind::SharedLibrary:
  case EmitKind::Object:
  case EmitKind::Weights:
    break;
  }
  llvm::Expected<ObjectCode> object =
      compileModule(**module, isaLevelName(level), CodeKind::Object);
  if (!object)
    return fail(object.takeError());
  objects.push_back(std::move(*object));
  llvm::append_range(functions, signatures);
  return success();
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

LogicalResult Compilation::commit() {
  const std::string temporary = output->temporaryPath();
  if (MaybeError error = output->commit())
    return fail(error->message);
  llvm::sys::DontRemoveFileOnSignal(temporary);
  return success();
}

LogicalResult Compilation::writeOutput(StringRef content) {
  if (MaybeError error = output->write({content.data(), content.size()}))
    return fail(error->message);
  return commit();
}

LogicalResult Compilation::writeModule(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  stream << '\n';
  return writeOutput(text);
}

LogicalResult Compilation::writeCode(ModuleOp module, trimod_isa_level level, CodeKind kind) {
  llvm::Expected<llvm::SmallVector<char, 0>> code =
      compileModule(module, isaLevelName(level), kind);
  if (!code)
    return fail(code.takeError());
  return writeOutput(StringRef(code->data(), code->size()));
}

LogicalResult Compilation::writeArtefact() {
  progress("writing " + options.output);
  if (output->temporaryPath().empty())
    return fail("linking needs a file to write to: name one with -o");
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine =
      createTargetMachine(isaLevelName(levels.front()));
  if (!machine)
    return fail(machine.takeError());
  ModelContents contents;
  contents.name = llvm::sys::path::stem(options.modelFiles.front()).str();
  contents.compiler = TRIMOD_VERSION;
  contents.functions = functions;
  contents.vocabulary = vocabulary;
  contents.weights = options.embedsWeights ? &weights : nullptr;
  llvm::LLVMContext llvmContext;
  llvm::Expected<std::unique_ptr<llvm::Module>> descriptor =
      buildModelDescriptor(llvmContext, **machine, contents);
  if (!descriptor)
    return fail(descriptor.takeError());
  llvm::Expected<ObjectCode> object = emitCode(**descriptor, **machine, CodeKind::Object);
  if (!object)
    return fail(object.takeError());
  objects.push_back(std::move(*object));
  LinkKind kind = options.emit == EmitKind::Executable      ? LinkKind::Executable
                  : options.emit == EmitKind::SharedLibrary ? LinkKind::SharedLibrary
                                                            : LinkKind::Object;
  if (llvm::Error error = link(objects, kind, output->temporaryPath(), options.linker))
    return fail(std::move(error));
  return commit();
}

/// The weights that the model reads, as the scheduled phase wants them.
LogicalResult Compilation::writeWeights() {
  progress("writing " + options.output);
  if (failed(runPhase(Phase::Scheduled, *model, &levels.front())) ||
      failed(convertWeights(*model, weights)))
    return failure();
  llvm::Expected<std::string> contents = formatWeights(*model, weights);
  return contents ? writeOutput(*contents) : fail(contents.takeError());
}

LogicalResult Compilation::run() {
  if (options.remarks && failed(collectRemarks(context, *options.remarks)))
    return fail("cannot collect remarks");
  if (failed(checkOptions()) || failed(openFiles()) || failed(runCommonPhases()))
    return failure();
  if (options.emit == EmitKind::MLIR && options.lastPhase <= Phase::Batched)
    return writeModule(*model);
  if (options.emit == EmitKind::Weights)
    return writeWeights();
  for (trimod_isa_level level : levels)
    if (failed(compileLevel(level)))
      return failure();
  return showsOneLevel(options.emit) ? success() : writeArtefact();
}

LogicalResult trimod::compile(const CompilerOptions &options) { return Compilation(options).run(); }
