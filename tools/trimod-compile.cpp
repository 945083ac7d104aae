//===- trimod-compile.cpp - model and weights in, executable out -----------===//

#include "codegen/artifact/Compiler.h"

#include "passes/Remarks.h"
#include "runtime/CommandLine.h"
#include "runtime/Isa.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace trimod;

static cl::OptionCategory category("Options");

static cl::list<std::string> modelFiles(cl::Positional, cl::desc("MODEL.mlir..."),
                                        cl::cat(category));
static cl::opt<std::string> output("o", cl::desc("Output file; - is standard output"),
                                   cl::value_desc("file"), cl::cat(category));
static cl::list<std::string> weights("weights",
                                     cl::desc("Trained weights (safetensors); may be repeated"),
                                     cl::value_desc("file"), cl::cat(category));
static cl::opt<bool> externalWeights(
    "external-weights",
    cl::desc("Do not embed the weights: the artefact is given them when it runs (--weights)"),
    cl::cat(category));
static cl::list<std::string>
    vocabularies("vocabulary", cl::desc("Words, characters and labels (JSON); may be repeated"),
                 cl::value_desc("file"), cl::cat(category));
static cl::list<std::string> entries("entry", cl::CommaSeparated,
                                     cl::desc("Entry functions (default: all public functions)"),
                                     cl::value_desc("name"), cl::cat(category));
static cl::list<std::string>
    levels("isa", cl::CommaSeparated,
           cl::desc("Instruction levels: x86-64-v3, x86-64-v4 (default: both)"),
           cl::value_desc("level"), cl::cat(category));
static cl::opt<std::string>
    emit("emit",
         cl::desc("What to write: exe (an executable that tags posts, the default), so (a library "
                  "for trimod-run or your program), obj (one relocatable object), mlir (the "
                  "program in the LLVM dialect), llvm (optimized LLVM IR), asm, weights (the "
                  "weights in the types of --precision, safetensors)"),
         cl::value_desc("kind"), cl::init("exe"), cl::cat(category));
static cl::opt<std::string>
    lastPhase("compile-to",
              cl::desc("Stop after a phase and write the program: model, fused, batched, "
                       "scheduled, kernels, llvm"),
              cl::value_desc("phase"), cl::cat(category));
static cl::opt<std::string> dumpDirectory("dump-phases-to",
                                          cl::desc("Write the program after each phase"),
                                          cl::value_desc("directory"), cl::cat(category));
static cl::list<std::string>
    precision("precision", cl::CommaSeparated,
              cl::desc("Types of numbers that weights are kept in: embedding:f32, embedding:f16, "
                       "embedding:int8 (default: as the weights are)"),
              cl::value_desc("part:format"), cl::cat(category));
static cl::opt<uint64_t>
    foldedBytes("fold-tables",
                cl::desc("Bytes that products of tables with weights, computed when compiling, may "
                         "take at each level; 0 for none (default: 1048576)"),
                cl::value_desc("bytes"), cl::init(kDefaultFoldedBytes), cl::cat(category));
static cl::list<std::string> skippedPasses("skip", cl::CommaSeparated,
                                           cl::desc("Optional passes to leave out"),
                                           cl::value_desc("pass"), cl::cat(category));
static cl::opt<bool> showRemarks("remarks",
                                 cl::desc("Print what the passes did, and why they did not"),
                                 cl::cat(category));
static cl::opt<bool> quiet("quiet", cl::desc("No progress on a terminal"), cl::cat(category));
static cl::opt<std::string> linker("linker", cl::desc("C++ compiler driver that links"),
                                   cl::value_desc("program"), cl::cat(category));
static cl::opt<std::string> runtimeDirectory("runtime-dir",
                                             cl::desc("Where libtrimod-runtime.a is"),
                                             cl::value_desc("directory"), cl::cat(category));

static cl::extrahelp examples(R"(
EXAMPLES:
  An executable with its weights in it:
    trimod-compile trimod.mlir --weights trimod.safetensors --vocabulary vocabulary.json -o tagger
  Several models in one artefact; each keeps its own weights and vocabulary:
    trimod-compile trimod.mlir segmenter.mlir --weights trimod.safetensors
        --weights segmenter.safetensors --vocabulary vocabulary.json
        --vocabulary characters.json -o tagger
  A library, and what became of the program on the way:
    trimod-compile trimod.mlir --weights trimod.safetensors --vocabulary vocabulary.json
        --emit=so --dump-phases-to=phases -o tagger.so
  Word vectors in a quarter of the bytes, as a weight file of its own:
    trimod-compile trimod.mlir --weights trimod.safetensors --precision=embedding:int8
        --emit=weights --remarks -o small.safetensors
  Why something did or did not fuse:
    trimod-compile trimod.mlir --weights trimod.safetensors --compile-to=fused --remarks -o -

EXIT STATUS:
  0 if the output was written, 1 if the model could not be compiled, 2 if the command line is wrong.
)");

static std::optional<EmitKind> parseEmitKind(StringRef name) {
  return StringSwitch<std::optional<EmitKind>>(name)
      .Case("exe", EmitKind::Executable)
      .Case("so", EmitKind::SharedLibrary)
      .Case("obj", EmitKind::Object)
      .Case("mlir", EmitKind::MLIR)
      .Case("llvm", EmitKind::LLVMIR)
      .Case("asm", EmitKind::Assembly)
      .Case("weights", EmitKind::Weights)
      .Default(std::nullopt);
}

static int fail(const Twine &message, ExitStatus status = kExitFailure) {
  errs() << "trimod-compile: error: " << message << '\n';
  return status;
}

static int failUsage(const Twine &message) { return fail(message, kExitUsage); }

/// On a terminal, one line that the next step overwrites.
static void showProgress(unsigned step, unsigned stepCount, const std::string &what) {
  errs() << "\r\x1b[K[" << step << "/" << stepCount << "] " << what;
  errs().flush();
}

static void clearProgress(bool shown) {
  if (shown)
    errs() << "\r\x1b[K";
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::SetVersionPrinter(
      [](raw_ostream &stream) { stream << "trimod-compile " TRIMOD_VERSION "\n"; });
  cl::HideUnrelatedOptions(category);
  std::string problem;
  raw_string_ostream problems(problem);
  if (!cl::ParseCommandLineOptions(argc, argv, "Compiles a model of the trimod dialect.\n",
                                   &problems)) {
    // "trimod-compile: Unknown command line argument '--x'.  Try: '...'": the first sentence.
    StringRef text = StringRef(problem).trim();
    text.consume_front("trimod-compile: ");
    return text.empty() ? kExitUsage : failUsage(text.split(".  Try").first + " (see --help)");
  }
  if (modelFiles.empty())
    return failUsage("no model: expected MODEL.mlir (see --help)");
  if (output.empty())
    return failUsage("no output: expected -o FILE (see --help)");

  CompilerOptions options;
  options.modelFiles.assign(modelFiles.begin(), modelFiles.end());
  options.entries.assign(entries.begin(), entries.end());
  options.weights.assign(weights.begin(), weights.end());
  options.embedsWeights = !externalWeights;
  options.vocabularies.assign(vocabularies.begin(), vocabularies.end());
  for (const std::string &name : levels) {
    Result<trimod_isa_level> level = parseIsaLevel(name);
    if (!level)
      return failUsage("--isa: " + level.error().message);
    options.levels.push_back(*level);
  }
  std::optional<EmitKind> kind = parseEmitKind(emit);
  if (!kind)
    return failUsage("unknown kind of output '" + emit +
                     "': expected exe, so, obj, mlir, llvm, asm or weights");
  options.emit = *kind;
  if (!lastPhase.empty()) {
    std::optional<Phase> phase = parsePhase(lastPhase);
    if (!phase) {
      SmallVector<StringRef> names;
      for (Phase each : kAllPhases)
        names.push_back(getPhaseName(each));
      return failUsage("unknown phase '" + lastPhase + "': expected one of " + join(names, ", "));
    }
    if (emit.getNumOccurrences() > 0)
      return failUsage("--emit=" + emit + " with --compile-to=" + lastPhase +
                       ": expected one of them, because both say what to write");
    options.emit = EmitKind::MLIR;
    options.lastPhase = *phase;
  }
  options.precision.assign(precision.begin(), precision.end());
  options.foldedBytes = foldedBytes;
  options.skippedPasses.assign(skippedPasses.begin(), skippedPasses.end());
  options.dumpDirectory = dumpDirectory;
  options.output = output;
  options.linker = {linker, runtimeDirectory};
  if (std::string error = findUsageError(options); !error.empty())
    return failUsage(error);
  if (options.emit == EmitKind::Executable && runtimeDirectory.empty()) {
    std::string self = sys::fs::getMainExecutable(argv[0], reinterpret_cast<void *>(&showProgress));
    Expected<std::string> directory = findRuntimeDirectory(self);
    if (!directory)
      return fail(toString(directory.takeError()));
    options.linker.runtimeDirectory = *directory;
  }
  bool showsProgress = !quiet && sys::Process::StandardErrIsDisplayed();
  if (showsProgress)
    options.reportProgress = showProgress;
  options.reportError = [&](const std::string &line) {
    clearProgress(showsProgress);
    errs() << "trimod-compile: " << line << '\n';
  };
  RemarkCollector remarks;
  if (showRemarks)
    options.remarks = &remarks;

  bool succeeded = mlir::succeeded(compile(options));
  clearProgress(showsProgress);
  for (const CollectedRemark &remark : remarks.take())
    errs() << remark.str() << '\n';
  return succeeded ? kExitSuccess : kExitFailure;
}
