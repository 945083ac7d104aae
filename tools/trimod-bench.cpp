//===- trimod-bench.cpp - how far kernels and taggers are from the machine's limit ===//

#include "runtime/CommandLine.h"
#include "runtime/OutputFile.h"
#include "tools/bench/Ablation.h"
#include "tools/bench/Roofline.h"
#include "tools/bench/Table.h"
#include "tools/bench/WholeModel.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Regex.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;
using namespace trimod;
using namespace trimod::bench;

static cl::OptionCategory category("Options");

static cl::opt<std::string>
    filter("filter", cl::desc("Only kernels and runs of the model whose name matches"),
           cl::value_desc("regex"), cl::init("."), cl::cat(category));
static cl::opt<bool> quick("quick", cl::desc("Few and short samples: to see that it works"),
                           cl::cat(category));
static cl::opt<std::string>
    artefact("artefact", cl::desc("The compiled model (default: the one that make demo makes)"),
             cl::value_desc("file.so"), cl::cat(category));
static cl::opt<std::string>
    executable("executable",
               cl::desc("The same model as an executable, to measure its start (default: the "
                        "artefact's name without .so, if there is one)"),
               cl::value_desc("file"), cl::cat(category));
static cl::opt<std::string> posts("posts",
                                  cl::desc("Posts as JSON Lines (default: those of make demo)"),
                                  cl::value_desc("file.jsonl"),
                                  cl::init(TRIMOD_MODELS "/trimod/demo.jsonl"), cl::cat(category));
static cl::opt<bool> ablate("ablate",
                            cl::desc("Instead: what each optional pass brings the bundled model"),
                            cl::cat(category));
static cl::opt<std::string> jsonFile("json",
                                     cl::desc("Write the figures as JSON; - is standard "
                                              "output, then without tables"),
                                     cl::value_desc("file"), cl::cat(category));
static cl::opt<std::string> compareFile("compare",
                                        cl::desc("Hold this run against a file that --json wrote"),
                                        cl::value_desc("old.json"), cl::cat(category));
static cl::opt<std::string> svgFile("svg", cl::desc("Draw the roofline of the kernels"),
                                    cl::value_desc("file.svg"), cl::cat(category));
static cl::opt<bool> quiet("quiet", cl::desc("No progress on a terminal"), cl::cat(category));

static cl::extrahelp examples(R"(
EXAMPLES:
  Everything, on the posts of make demo:
    trimod-bench
  Your model on your posts, with the figures kept:
    trimod-bench --artefact tagger.so --posts posts.jsonl --json before.json
  Did a change make anything slower?
    trimod-bench --artefact tagger.so --posts posts.jsonl --compare before.json
  One kernel; the recurrent ones as a picture; another instruction level:
    trimod-bench --filter='^gru-150-batch-1$'
    trimod-bench --filter='gru|lstm' --svg roofline.svg
    TRIMOD_ISA=x86-64-v3 trimod-bench --filter=gemm
  What does each pass bring?
    trimod-bench --ablate --posts posts.jsonl

Shares are of the limit measured beside each sample: what the FMA loop computes, or what a loop of
loads reads from memory of the kernel's size, whichever is nearer. CPU time is that of the process,
so that other programs disturb less.

EXIT STATUS:
  0 if all was measured, 1 if something could not be or got slower (--compare), 2 if the command line
  is wrong.
)");

static int fail(const Twine &message, ExitStatus status = kExitFailure) {
  errs() << "trimod-bench: error: " << message << '\n';
  return status;
}
static int fail(llvm::Error error) { return fail(toString(std::move(error))); }

/// On a terminal, one line that the next step overwrites.
static void showProgress(const std::string &what) {
  if (quiet || !sys::Process::StandardErrIsDisplayed())
    return;
  errs() << "\r\x1b[K" << what;
  errs().flush();
}

static llvm::Error writeFile(const std::string &path, const std::string &content) {
  Result<OutputFile> file = path == "-" ? OutputFile::standardOutput() : OutputFile::create(path);
  if (!file)
    return createStringError(file.error().message);
  if (MaybeError error = file->write(content))
    return createStringError(error->message);
  if (MaybeError error = file->commit())
    return createStringError(error->message);
  return llvm::Error::success();
}

static llvm::Error writeJson(const json::Value &value) {
  return writeFile(jsonFile, formatv("{0:2}\n", value));
}

//===----------------------------------------------------------------------===//
// Ablation
//===----------------------------------------------------------------------===//

static CompilerOptions describeBundledModel() {
  CompilerOptions model;
  for (const char *name : {"trimod/trimod", "hashtag/segmenter"}) {
    SmallString<128> stem(TRIMOD_MODELS);
    sys::path::append(stem, name);
    model.modelFiles.push_back((stem + ".mlir").str());
    model.weights.push_back((stem + ".safetensors").str());
    SmallString<128> vocabulary(sys::path::parent_path(stem));
    sys::path::append(vocabulary, "vocabulary.json");
    model.vocabularies.push_back(vocabulary.str().str());
  }
  return model;
}

static int measurePasses(trimod_isa_level level, const SamplingOptions &sampling) {
  Expected<std::vector<AblationResult>> results =
      runAblation(describeBundledModel(), level, posts, sampling, showProgress);
  showProgress("");
  if (!results)
    return fail(results.takeError());
  if (jsonFile != "-")
    printAblation(outs(), *results);
  if (!jsonFile.empty())
    if (llvm::Error error = writeJson(toJson(*results)))
      return fail(std::move(error));
  return kExitSuccess;
}

//===----------------------------------------------------------------------===//
// Kernels and the whole model
//===----------------------------------------------------------------------===//

namespace {

/// What the command line asks for.
struct Selection {
  std::vector<Kernel> kernels;
  std::vector<StringRef> modelRuns;
  std::optional<ComparableReport> before;
};

} // namespace

/// Names that match the filter. Error: a broken filter, or one that nothing matches.
static llvm::Error select(trimod_isa_level level, Selection &selection) {
  Regex regex(filter);
  if (std::string problem; !regex.isValid(problem))
    return createStringError("--filter: expected a regular expression, found '" + filter +
                             "': " + problem);
  std::vector<std::string> names;
  auto isSelected = [&](StringRef name) {
    names.push_back(name.str());
    return regex.match(name);
  };
  for (Kernel &kernel : listKernels(trimod::Target(level).lanes()))
    if (isSelected(kernel.name))
      selection.kernels.push_back(std::move(kernel));
  for (StringRef run : {kOneByOne, kBulk, kBulkTwoThreads, kStart})
    if (isSelected(run))
      selection.modelRuns.push_back(run);
  if (selection.kernels.empty() && selection.modelRuns.empty())
    return createStringError("--filter: nothing matches '" + filter + "': expected a part of " +
                             join(names, ", "));
  return llvm::Error::success();
}

static llvm::Error readComparison(Selection &selection) {
  if (compareFile.empty())
    return llvm::Error::success();
  ErrorOr<std::unique_ptr<MemoryBuffer>> file = MemoryBuffer::getFile(compareFile);
  if (!file)
    return createStringError("cannot read '" + compareFile + "': " + file.getError().message());
  Expected<ComparableReport> before = parseReport((*file)->getBuffer());
  if (!before)
    return createStringError("'" + compareFile + "': expected a file that --json wrote: " +
                             toString(before.takeError()));
  selection.before = std::move(*before);
  return llvm::Error::success();
}

static ModelBenchmark describeModel(const char *program, std::vector<StringRef> runs) {
  ModelBenchmark benchmark{artefact, executable, posts, std::move(runs)};
  if (benchmark.artefact.empty()) {
    SmallString<128> path(
        sys::fs::getMainExecutable(program, reinterpret_cast<void *>(&showProgress)));
    sys::path::remove_filename(path);
    sys::path::append(path, "..", "demo", "tagger.so");
    sys::path::remove_dots(path, /*remove_dot_dot=*/true);
    benchmark.artefact = path.str().str();
  }
  StringRef stem = benchmark.artefact;
  if (benchmark.executable.empty() && stem.consume_back(".so") && sys::fs::can_execute(stem))
    benchmark.executable = stem.str();
  return benchmark;
}

/// The report, with what was asked for.
static Expected<Report> measure(const Selection &selection, const ModelBenchmark &model,
                                trimod_isa_level level, const SamplingOptions &sampling) {
  Report report{TRIMOD_VERSION, sys::getHostCPUName().str(), isaLevelName(level), {}, {}, {}};
  uint64_t largest = 0;
  for (const Kernel &kernel : selection.kernels)
    largest = std::max(largest, kernel.footprint());
  showProgress("measuring bounds");
  Expected<std::unique_ptr<Bounds>> bounds =
      Bounds::create(level, sampling.sampleSeconds / 3, largest);
  if (!bounds)
    return bounds.takeError();
  report.bounds = (*bounds)->measure(sampling.samples);
  // First, so that its memory is not taken from what kernels have left.
  if (!selection.modelRuns.empty()) {
    Expected<ModelResult> result = runModel(model, **bounds, sampling, showProgress);
    if (!result)
      return result.takeError();
    report.model = std::move(*result);
  }
  Expected<std::vector<KernelResult>> kernels =
      runKernels(selection.kernels, level, **bounds, sampling, showProgress);
  if (!kernels)
    return kernels.takeError();
  report.kernels = std::move(*kernels);
  return report;
}

/// Prints how the run compares. The names of what got slower.
static Expected<std::vector<std::string>> compareWith(const ComparableReport &before,
                                                      const Report &report) {
  Expected<std::vector<Comparison>> comparisons = compare(before, makeComparable(report));
  if (!comparisons)
    return createStringError("'" + compareFile + "': " + toString(comparisons.takeError()));
  if (jsonFile != "-")
    printComparisons(outs(), *comparisons);
  std::vector<std::string> slower;
  for (const Comparison &comparison : *comparisons)
    if (comparison.change() == Change::Slower)
      slower.push_back(comparison.name);
  return slower;
}

static int measureSelection(const char *program, trimod_isa_level level,
                            const SamplingOptions &sampling) {
  Selection selection;
  if (llvm::Error error = select(level, selection))
    return fail(toString(std::move(error)), kExitUsage);
  if (llvm::Error error = readComparison(selection))
    return fail(std::move(error));
  Expected<Report> report =
      measure(selection, describeModel(program, selection.modelRuns), level, sampling);
  showProgress("");
  if (!report)
    return fail(report.takeError());
  if (jsonFile != "-")
    printReport(outs(), *report);
  if (!jsonFile.empty())
    if (llvm::Error error = writeJson(toJson(*report)))
      return fail(std::move(error));
  if (!svgFile.empty())
    if (llvm::Error error = writeFile(svgFile, drawRoofline(*report)))
      return fail(std::move(error));
  if (!selection.before)
    return kExitSuccess;
  Expected<std::vector<std::string>> slower = compareWith(*selection.before, *report);
  if (!slower)
    return fail(slower.takeError());
  return slower->empty() ? kExitSuccess
                         : fail("slower than in '" + compareFile + "': " + join(*slower, ", "));
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::SetVersionPrinter([](raw_ostream &stream) { stream << "trimod-bench " TRIMOD_VERSION "\n"; });
  cl::HideUnrelatedOptions(category);
  std::string problem;
  raw_string_ostream problems(problem);
  if (!cl::ParseCommandLineOptions(
          argc, argv, "Measures kernels and taggers beside the machine's limits.\n", &problems)) {
    // "trimod-bench: Unknown command line argument '--x'.  Try: '...'": the first sentence.
    StringRef text = StringRef(problem).trim();
    text.consume_front("trimod-bench: ");
    return text.empty() ? kExitUsage
                        : fail(text.split(".  Try").first + " (see --help)", kExitUsage);
  }
  Expected<trimod_isa_level> level = selectLevel();
  if (!level)
    return fail(level.takeError());
  SamplingOptions sampling;
  if (quick)
    sampling = {/*samples=*/3, /*sampleSeconds=*/1e-4};
  return ablate ? measurePasses(*level, sampling) : measureSelection(argv[0], *level, sampling);
}
