#include "runtime/TaggerRun.h"

#include "runtime/ChunkQueue.h"
#include "runtime/OutputFile.h"
#include "runtime/Threads.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <unistd.h>

namespace trimod {
namespace {

constexpr std::size_t kWriteBytes = std::size_t(1) << 16;

// Posts done and posts a second, on a terminal that shows nothing else.
class Progress {
public:
  Progress() : isShown(::isatty(STDERR_FILENO) && !::isatty(STDOUT_FILENO)) {}
  ~Progress() {
    if (isPrinted)
      std::fputs("\r\033[K", stderr);
  }

  void update(std::size_t posts) {
    constexpr std::chrono::milliseconds kInterval(500);
    if (!isShown)
      return;
    Clock::time_point now = Clock::now();
    if (now - last < kInterval)
      return;
    last = now;
    isPrinted = true;
    double seconds = std::chrono::duration<double>(now - start).count();
    std::fprintf(stderr, "\r\033[K%zu posts, %.0f a second", posts, double(posts) / seconds);
  }

private:
  using Clock = std::chrono::steady_clock;
  bool isShown, isPrinted = false;
  Clock::time_point start = Clock::now(), last = start;
};

class Run {
public:
  Run(const std::string &program, const TaggerOptions &options)
      : program(program), options(options), source(options.inputFormat, options.batchSize),
        output(OutputFile::standardOutput()),
        maxThreads(options.threads ? options.threads : countProcessors()) {}

  MaybeError run(const trimod_model *model);

private:
  MaybeError readCaptions();
  MaybeError loadModel(const trimod_model *model);
  MaybeError openOutput();
  MaybeError tagAll();
  void work(ChunkQueue &queue, ThreadGroup &helpers);
  void startHelper(ChunkQueue &queue, ThreadGroup &helpers);
  MaybeError write(const ChunkResult &result);
  MaybeError writePending();
  MaybeError writeFigures();

  const std::string &program;
  const TaggerOptions &options;
  PostSource source;
  OutputFile output;
  PostTreatment treatment;
  std::size_t maxThreads;
  std::atomic<std::size_t> threads{1};

  // What has come out so far.
  std::optional<Evaluation> evaluation;
  std::string pending; // results not yet written
  std::size_t posts = 0, errors = 0;
  Progress progress;
};

MaybeError Run::readCaptions() {
  if (options.captionsPath.empty())
    return std::nullopt;
  Result<int> descriptor = openForReading(options.captionsPath);
  if (!descriptor)
    return descriptor.error();
  std::vector<std::string> complaints;
  Result<Captions> read = Captions::read({*descriptor, options.captionsPath}, complaints);
  ::close(*descriptor);
  if (!read)
    return read.error();
  for (const std::string &complaint : complaints)
    reportError(program, complaint);
  treatment.captions = std::move(*read);
  return std::nullopt;
}

MaybeError Run::loadModel(const trimod_model *model) {
  Result<std::optional<trimod_isa_level>> level = isaLevelFromEnvironment();
  if (!level)
    return level.error();
  ModelOptions modelOptions = {options.weightsPaths, *level};
  Result<FeatureExtractor> features = FeatureExtractor::create(model, modelOptions);
  if (!features)
    return features.error();
  treatment.extractor = std::move(*features);
  treatment.pipeline = {options.explains, options.outputFormat, options.batchSize, nullptr};
  treatment.evaluates = options.evaluates;
  if (options.printsFeatures)
    return std::nullopt;
  TaggerWishes wishes;
  wishes.entityProbabilities = !options.evaluates && options.outputFormat == PostFormat::JsonLines;
  wishes.sequences = options.sequences;
  Result<Tagger> created = Tagger::create(model, modelOptions, wishes);
  if (!created)
    return created.error();
  treatment.tagger.emplace(std::move(*created));
  if (options.evaluates)
    evaluation.emplace(treatment.tagger->labels());
  return std::nullopt;
}

MaybeError Run::openOutput() {
  if (options.outputPath.empty())
    return std::nullopt;
  Result<OutputFile> file = OutputFile::create(options.outputPath);
  if (!file)
    return file.error();
  output = std::move(*file);
  return std::nullopt;
}

MaybeError Run::writePending() {
  MaybeError error = output.write(pending);
  pending.clear();
  return error;
}

MaybeError Run::write(const ChunkResult &result) {
  for (const std::string &complaint : result.complaints)
    reportError(program, complaint);
  posts += result.posts;
  errors += result.errors;
  if (evaluation)
    evaluation->append(*result.evaluation);
  pending += result.output;
  if (!result.isLastAtHand && pending.size() < kWriteBytes)
    return std::nullopt;
  MaybeError error = writePending();
  progress.update(posts);
  return error;
}

void Run::startHelper(ChunkQueue &queue, ThreadGroup &helpers) {
  if (threads.fetch_add(1) < maxThreads)
    helpers.start([&] { work(queue, helpers); });
  else
    threads.fetch_sub(1);
}

// A further thread is started only if there is work for it: where posts come slowly, or are few,
// there is one.
void Run::work(ChunkQueue &queue, ThreadGroup &helpers) {
  PostWorker worker(treatment);
  PostChunk chunk;
  for (std::size_t number; queue.take(chunk, number);) {
    if (!chunk.isLastAtHand)
      startHelper(queue, helpers);
    queue.give(number, worker.process(chunk));
  }
}

MaybeError Run::tagAll() {
  constexpr std::size_t kAheadOfEachThread = 4;
  ChunkQueue queue(source, kAheadOfEachThread * maxThreads,
                   [this](const ChunkResult &result) { return write(result); });
  ThreadGroup helpers;
  work(queue, helpers);
  helpers.join();
  if (queue.writeError())
    return queue.writeError();
  if (MaybeError error = writePending())
    return error;
  return source.readError();
}

MaybeError Run::writeFigures() {
  if (MaybeError error = evaluation->failure())
    return error->in(source.describe("--eval"));
  return output.write(options.evaluatesAsJson ? evaluation->json() : evaluation->table());
}

MaybeError Run::run(const trimod_model *model) {
  if (MaybeError error = source.open(options.files))
    return error;
  if (MaybeError error = readCaptions())
    return error;
  if (MaybeError error = loadModel(model))
    return error;
  if (MaybeError error = openOutput())
    return error;
  if (MaybeError error = tagAll())
    return error;
  if (evaluation)
    if (MaybeError error = writeFigures())
      return error;
  if (MaybeError error = output.commit())
    return error;
  if (posts != 0 && errors == posts)
    return Error{"expected at least one good post, found " + std::to_string(posts) +
                 " bad ones; the results say why"};
  return std::nullopt;
}

} // namespace

int runTagger(const std::string &program, const TaggerOptions &options, const trimod_model *model) {
  // A reader that goes away is an error of write(), not a silent death.
  std::signal(SIGPIPE, SIG_IGN);
  if (MaybeError error = Run(program, options).run(model)) {
    reportError(program, error->message);
    return kExitFailure;
  }
  return kExitSuccess;
}

} // namespace trimod
