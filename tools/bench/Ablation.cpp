//===- Ablation.cpp - what each optional pass brings -----------------------===//

#include "tools/bench/Ablation.h"

#include "passes/Pipelines.h"
#include "tools/bench/TaggerSession.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace trimod;
using namespace trimod::bench;

/// A run over few posts repeats them, to be long enough for a clock.
static constexpr size_t kSmallestRun = 256;

namespace {

/// The model in one form, loaded, with its samples.
struct Variant {
  std::string pass;
  std::unique_ptr<TaggerSession> session;
  std::vector<double> bulk, oneByOne;
};

class Ablation {
public:
  Ablation(CompilerOptions model, trimod_isa_level level, Posts &posts, Progress progress)
      : compiler(std::move(model)), posts(posts), progress(progress),
        repetitions((kSmallestRun + posts.lines.size() - 1) / posts.lines.size()) {
    compiler.emit = EmitKind::SharedLibrary;
    compiler.levels = {level};
    compiler.reportError = [this](const std::string &line) { problem = line; };
  }

  llvm::Error prepare(StringRef directory) {
    if (llvm::Error error = addVariant("", directory))
      return error;
    for (StringRef pass : getOptionalPasses())
      if (llvm::Error error = addVariant(pass, directory))
        return error;
    return llvm::Error::success();
  }

  llvm::Error sample() {
    for (Variant &variant : variants) {
      double start = processTime();
      for (size_t i = 0; i < repetitions; ++i)
        if (llvm::Error error = variant.session->run(posts.text))
          return error;
      variant.bulk.push_back(secondsPerPost(start));
      start = processTime();
      for (size_t i = 0; i < repetitions; ++i)
        for (StringRef line : posts.lines)
          if (llvm::Error error = variant.session->run(line))
            return error;
      variant.oneByOne.push_back(secondsPerPost(start));
    }
    return llvm::Error::success();
  }

  std::vector<AblationResult> summarize() const {
    std::vector<AblationResult> results;
    const Variant &whole = variants.front();
    for (const Variant &variant : variants)
      results.push_back({variant.pass, bench::summarize(variant.bulk),
                         bench::summarize(variant.oneByOne), gain(variant.bulk, whole.bulk),
                         gain(variant.oneByOne, whole.oneByOne)});
    return results;
  }

private:
  llvm::Error addVariant(StringRef pass, StringRef directory) {
    progress(pass.empty() ? "compiling" : ("compiling without " + pass).str());
    SmallString<128> path(directory);
    sys::path::append(path, pass.empty() ? "all.so" : (pass + ".so").str());
    compiler.output = path.str().str();
    compiler.skippedPasses.clear();
    if (!pass.empty())
      compiler.skippedPasses.push_back(pass.str());
    if (mlir::failed(compile(compiler)))
      return createStringError(problem);
    Expected<std::unique_ptr<TaggerSession>> session = TaggerSession::open(compiler.output);
    if (!session)
      return session.takeError();
    variants.push_back({pass.str(), std::move(*session), {}, {}});
    // It has run before it is timed.
    return variants.back().session->run(posts.text);
  }

  double secondsPerPost(double start) const {
    return (processTime() - start) / double(repetitions * posts.lines.size());
  }

  static Summary gain(ArrayRef<double> without, ArrayRef<double> with) {
    std::vector<double> ratios;
    for (auto [slow, fast] : llvm::zip(without, with))
      ratios.push_back(slow / fast);
    return bench::summarize(ratios);
  }

  CompilerOptions compiler;
  Posts &posts;
  Progress progress;
  size_t repetitions;
  std::string problem;
  std::vector<Variant> variants;
};

} // namespace

Expected<std::vector<AblationResult>>
trimod::bench::runAblation(CompilerOptions model, trimod_isa_level level, const std::string &path,
                           const SamplingOptions &options, Progress progress) {
  Expected<std::unique_ptr<Posts>> posts = readPosts(path);
  if (!posts)
    return posts.takeError();
  SmallString<128> directory;
  if (std::error_code error = sys::fs::createUniqueDirectory("trimod-bench", directory))
    return createStringError("cannot make a temporary directory: " + error.message());
  scope_exit remove([&] { sys::fs::remove_directories(directory); });
  Ablation ablation(std::move(model), level, **posts, progress);
  if (llvm::Error error = ablation.prepare(directory))
    return std::move(error);
  for (unsigned i = 0; i < options.samples; ++i) {
    progress(formatv("timing: {0} of {1}", i + 1, options.samples));
    if (llvm::Error error = ablation.sample())
      return std::move(error);
  }
  return ablation.summarize();
}

void trimod::bench::printAblation(raw_ostream &stream, ArrayRef<AblationResult> results) {
  stream << formatv("{0,-34} {1,16} {2,22} {3,16} {4,22}\n", "left out", "bulk, us a post",
                    "the pass brings", "one by one", "the pass brings");
  auto describeGain = [](const Summary &gain) {
    return formatv("{0:f2} ({1:f2} to {2:f2})", gain.median, gain.low, gain.high).str();
  };
  for (const AblationResult &result : results)
    stream << formatv("{0,-34} {1,16:f1} {2,22} {3,16:f1} {4,22}\n",
                      result.pass.empty() ? "nothing" : result.pass, 1e6 * result.bulk.median,
                      describeGain(result.bulkGain), 1e6 * result.oneByOne.median,
                      describeGain(result.oneByOneGain));
}

json::Value trimod::bench::toJson(ArrayRef<AblationResult> results) {
  json::Array list;
  for (const AblationResult &result : results)
    list.push_back(json::Object{{"pass", result.pass},
                                {"bulk_seconds", result.bulk.median},
                                {"one_by_one_seconds", result.oneByOne.median},
                                {"bulk_gain", toJson(result.bulkGain)},
                                {"one_by_one_gain", toJson(result.oneByOneGain)}});
  return list;
}
