//===- WholeModel.cpp - the compiled tagger on posts -----------------------===//

#include "tools/bench/WholeModel.h"

#include "codegen/artifact/Signature.h"
#include "tools/bench/TaggerSession.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include <thread>

using namespace llvm;
using namespace trimod;
using namespace trimod::bench;

/// A measure of time that goes with the machine: what the FMA loop does in it, for each post.
static constexpr double kOperationsPerPost = 1e6;
/// A run over few posts repeats them, to be long enough for a clock.
static constexpr size_t kSmallestRun = 256;

//===----------------------------------------------------------------------===//
// What is asked once
//===----------------------------------------------------------------------===//

/// A number of bytes that the system tells of a process ("self" or its id); 0 if it does not.
static uint64_t readProcessMemory(const std::string &process, StringRef key) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFileAsStream("/proc/" + process + "/status");
  if (!file)
    return 0;
  StringRef line = (*file)->getBuffer();
  const size_t start = line.find(key);
  uint64_t kilobytes = 0;
  if (start != StringRef::npos)
    line.substr(start + key.size()).ltrim(": \t").consumeInteger(10, kilobytes);
  return kilobytes * 1024;
}

/// Bytes of this process's memory that no file backs.
static uint64_t readPrivateMemory() { return readProcessMemory("self", "RssAnon"); }

/// Counts the tags of all results. Error: a result that is the record of an error.
static Expected<int64_t> countTokens(StringRef results) {
  int64_t tokens = 0;
  SmallVector<StringRef> lines;
  results.split(lines, '\n', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef line : lines) {
    Expected<json::Value> value = json::parse(line);
    if (!value)
      return value.takeError();
    const json::Object *object = value->getAsObject();
    const json::Array *tags = object ? object->getArray("tags") : nullptr;
    if (!tags)
      return createStringError("a post cannot be tagged: " + line);
    tokens += int64_t(tags->size());
  }
  return tokens;
}

static void describeArtefact(const trimod_model &model, const std::string &path,
                             ModelResult &result) {
  (void)sys::fs::file_size(path, result.artefactBytes);
  result.vocabularyBytes = model.vocabulary.size;
  for (const trimod_parameter &parameter : ArrayRef(model.parameters, model.parameter_count)) {
    uint64_t bytes = getElementSize(static_cast<trimod_dtype>(parameter.dtype));
    for (int64_t size : ArrayRef(parameter.shape, parameter.rank))
      bytes *= size;
    result.weightBytes += parameter.data ? bytes : 0;
  }
}

//===----------------------------------------------------------------------===//
// Timing
//===----------------------------------------------------------------------===//

namespace {

/// Times of runs that do the same, each beside the FMA loop on as many threads.
class RunSamples {
public:
  /// Runs `work` once, on one thread, for `posts` posts.
  llvm::Error sample(size_t posts, Bounds &bounds, function_ref<llvm::Error()> work) {
    const double cpuStart = processTime(), wallStart = wallTime();
    llvm::Error error = work();
    const double cpu = processTime() - cpuStart, wall = wallTime() - wallStart;
    add(cpu / double(posts), wall / double(posts), bounds.sampleFma());
    return error;
  }

  /// Seconds of a post, or of a start: those that count, and those on the wall.
  void add(double seconds, double wallSeconds, double fmaRate) {
    counted.add(seconds, kOperationsPerPost / fmaRate);
    wall.push_back(wallSeconds);
  }

  ModelRun summarize(StringRef name, StringRef what) const {
    return {name.str(), what.str(), counted.summarize(), trimod::bench::summarize(wall)};
  }

private:
  PairedSamples counted;
  std::vector<double> wall;
};

/// The executable, run with posts from a file and its results thrown away.
class Executable {
public:
  Executable(StringRef path, StringRef posts) : path(path), posts(posts) {}

  /// The CPU seconds of one run.
  Expected<double> run() const {
    std::string problem;
    std::optional<sys::ProcessStatistics> statistics;
    const int status =
        sys::ExecuteAndWait(path, {path, posts}, std::nullopt, redirects, /*SecondsToWait=*/0,
                            /*MemoryLimit=*/0, &problem, nullptr, &statistics);
    if (status != 0 || !statistics)
      return makeError(status, problem);
    return 1e-6 * double(statistics->TotalTime.count());
  }

  /// The most memory of one run, which must take some milliseconds. Asked for while it runs: what
  /// wait() tells of a process begins with the memory of its parent.
  Expected<uint64_t> findPeakMemory() const {
    std::string problem;
    const sys::ProcessInfo started = sys::ExecuteNoWait(path, {path, posts}, std::nullopt,
                                                        redirects, /*MemoryLimit=*/0, &problem);
    if (started.Pid == sys::ProcessInfo::InvalidPid)
      return makeError(-1, problem);
    uint64_t peak = 0;
    sys::ProcessInfo ended;
    do {
      peak = std::max(peak, readProcessMemory(std::to_string(started.Pid), "VmHWM"));
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      ended = sys::Wait(started, /*SecondsToWait=*/0, &problem, nullptr, /*Polling=*/true);
    } while (ended.Pid == 0);
    if (ended.ReturnCode != 0)
      return makeError(ended.ReturnCode, problem);
    return peak;
  }

private:
  llvm::Error makeError(int status, const std::string &problem) const {
    return createStringError(formatv("'{0}' failed with status {1}{2}{3}", path, status,
                                     problem.empty() ? "" : ": ", problem)
                                 .str());
  }

  StringRef path, posts;
  /// Input and output go nowhere; errors are shown.
  std::optional<StringRef> redirects[3] = {StringRef(), StringRef(), std::nullopt};
};

/// A file of posts that lives as long as the object.
class TemporaryPosts {
public:
  static Expected<std::unique_ptr<TemporaryPosts>> create(StringRef text) {
    auto posts = std::make_unique<TemporaryPosts>();
    int descriptor;
    if (std::error_code error =
            sys::fs::createTemporaryFile("trimod-bench", "jsonl", descriptor, posts->path))
      return createStringError("cannot make a temporary file: " + error.message());
    raw_fd_ostream(descriptor, /*shouldClose=*/true) << text << '\n';
    return posts;
  }
  ~TemporaryPosts() { sys::fs::remove(path); }

  StringRef getPath() const { return path; }

private:
  SmallString<128> path;
};

class ModelRunner {
public:
  ModelRunner(const ModelBenchmark &benchmark, Bounds &bounds, const SamplingOptions &options,
              Progress progress)
      : benchmark(benchmark), bounds(bounds), options(options), progress(progress) {}

  Expected<ModelResult> run() {
    result.artefact = benchmark.artefact;
    result.posts = benchmark.posts;
    Expected<std::unique_ptr<Posts>> read = readPosts(benchmark.posts);
    if (!read)
      return read.takeError();
    posts = std::move(*read);
    result.postCount = int64_t(posts->lines.size());
    repetitions = divideCeil(kSmallestRun, posts->lines.size());
    for (size_t i = 0; i < repetitions; ++i)
      bulk += posts->text;
    if (llvm::Error error = runLibrary())
      return std::move(error);
    if (!benchmark.executable.empty() && isWanted(kStart))
      if (llvm::Error error = runExecutable())
        return std::move(error);
    return std::move(result);
  }

private:
  bool isWanted(StringRef run) const { return is_contained(benchmark.runs, run); }

  llvm::Error runLibrary() {
    const uint64_t privateBefore = readPrivateMemory();
    Expected<std::unique_ptr<TaggerSession>> session = TaggerSession::open(benchmark.artefact);
    if (!session)
      return session.takeError();
    if (llvm::Error error = (*session)->run(posts->text))
      return error;
    const uint64_t privateAfter = readPrivateMemory();
    result.privateBytes = privateAfter - std::min(privateBefore, privateAfter);
    Expected<int64_t> tokens = countTokens((*session)->results());
    if (!tokens)
      return tokens.takeError();
    result.tokenCount = *tokens;
    describeArtefact((*session)->model(), benchmark.artefact, result);
    return timeLibrary(**session);
  }

  llvm::Error timeLibrary(TaggerSession &session) {
    const size_t count = repetitions * posts->lines.size();
    Expected<std::unique_ptr<TaggerSession>> second = session.copy();
    if (!second)
      return second.takeError();
    RunSamples oneByOne, inBulk, onTwoThreads;
    for (unsigned i = 0; i < getSampleCount(); ++i) {
      progress(formatv("timing the model: {0} of {1}", i + 1, getSampleCount()));
      if (isWanted(kOneByOne))
        if (llvm::Error error =
                oneByOne.sample(count, bounds, [&] { return runOneByOne(session); }))
          return error;
      if (isWanted(kBulk))
        if (llvm::Error error = inBulk.sample(count, bounds, [&] { return session.run(bulk); }))
          return error;
      if (isWanted(kBulkTwoThreads))
        if (llvm::Error error = runOnTwoThreads(session, **second, onTwoThreads))
          return error;
    }
    if (isWanted(kOneByOne)) {
      result.runs.push_back(oneByOne.summarize(kOneByOne, "post, one by one"));
      summarizeLatencies();
    }
    if (isWanted(kBulk))
      result.runs.push_back(inBulk.summarize(kBulk, "post, 32 in a batch"));
    if (isWanted(kBulkTwoThreads))
      result.runs.push_back(
          onTwoThreads.summarize(kBulkTwoThreads, "post, 32 in a batch, on two threads"));
    return llvm::Error::success();
  }

  llvm::Error runOneByOne(TaggerSession &session) {
    for (size_t i = 0; i < repetitions; ++i)
      for (StringRef line : posts->lines) {
        const double start = wallTime();
        if (llvm::Error error = session.run(line))
          return error;
        latencies.push_back(wallTime() - start);
      }
    return llvm::Error::success();
  }

  /// Each thread tags all posts. On the wall, because that is what a second thread is for.
  llvm::Error runOnTwoThreads(TaggerSession &first, TaggerSession &second, RunSamples &samples) {
    const double start = wallTime();
    std::optional<llvm::Error> otherError;
    std::thread other([&] { otherError.emplace(second.run(bulk)); });
    llvm::Error error = first.run(bulk);
    other.join();
    const double posts = 2.0 * double(repetitions * this->posts->lines.size());
    const double seconds = (wallTime() - start) / posts;
    samples.add(seconds, seconds, bounds.sampleFmaOnTwoThreads());
    return joinErrors(std::move(error), std::move(*otherError));
  }

  void summarizeLatencies() {
    llvm::sort(latencies);
    result.latency = {1e6 * percentile(latencies, 0.5), 1e6 * percentile(latencies, 0.9),
                      1e6 * percentile(latencies, 0.99), 1e6 * latencies.back()};
  }

  llvm::Error runExecutable() {
    Expected<std::unique_ptr<TemporaryPosts>> one = TemporaryPosts::create(posts->lines.front());
    if (!one)
      return one.takeError();
    const Executable onOnePost(benchmark.executable, (*one)->getPath());
    RunSamples starts;
    for (unsigned i = 0; i < getSampleCount(); ++i) {
      progress(formatv("starting the executable: {0} of {1}", i + 1, getSampleCount()));
      const double start = wallTime();
      Expected<double> seconds = onOnePost.run();
      if (!seconds)
        return seconds.takeError();
      starts.add(*seconds, wallTime() - start, bounds.sampleFma());
    }
    result.runs.push_back(starts.summarize(kStart, "start with one post"));
    Expected<std::unique_ptr<TemporaryPosts>> all = TemporaryPosts::create(bulk);
    if (!all)
      return all.takeError();
    Expected<uint64_t> peak = Executable(benchmark.executable, (*all)->getPath()).findPeakMemory();
    if (!peak)
      return peak.takeError();
    result.peakBytes = *peak;
    return llvm::Error::success();
  }

  /// A run of the whole model takes longer than a sample of a kernel.
  unsigned getSampleCount() const { return std::max(3u, options.samples / 3); }

  const ModelBenchmark &benchmark;
  Bounds &bounds;
  const SamplingOptions &options;
  Progress progress;
  std::unique_ptr<Posts> posts;
  /// All posts, `repetitions` times.
  std::string bulk;
  size_t repetitions = 1;
  /// Seconds on the wall of single posts.
  std::vector<double> latencies;
  ModelResult result;
};

} // namespace

Expected<ModelResult> trimod::bench::runModel(const ModelBenchmark &benchmark, Bounds &bounds,
                                              const SamplingOptions &options, Progress progress) {
  return ModelRunner(benchmark, bounds, options, progress).run();
}
