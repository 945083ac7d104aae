#include "runtime/TaggerRun.h"

#include "runtime/Captions.h"
#include "runtime/OutputFile.h"
#include "runtime/PostPipeline.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trimod {
namespace {

constexpr std::size_t kWriteBytes = std::size_t(1) << 16;

struct Input {
  int descriptor;
  std::string name;
};

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
      : program(program), options(options), output(OutputFile::standardOutput()) {}

  ~Run() {
    for (const Input &input : inputs)
      if (input.descriptor != STDIN_FILENO)
        ::close(input.descriptor);
  }

  MaybeError run(const trimod_model *model);

private:
  MaybeError openInputs();
  MaybeError readCaptions();
  MaybeError loadModel(const trimod_model *model);
  MaybeError tagInput(const Input &input, PostPipeline &pipeline, Progress &progress);
  MaybeError flush(PostPipeline &pipeline, bool writesAll);

  const std::string &program;
  const TaggerOptions &options;
  OutputFile output;
  std::vector<Input> inputs;
  Captions captions;
  FeatureExtractor extractor;
  std::optional<Tagger> tagger; // none if only features are printed
  std::optional<Evaluation> evaluation;
  std::string pending; // results not yet written
};

Result<int> openForReading(const std::string &path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return Error{path + ": cannot open: " + std::strerror(errno)};
  struct stat status;
  if (::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
    ::close(descriptor);
    return Error{path + ": expected a file, found a folder"};
  }
  return descriptor;
}

MaybeError Run::openInputs() {
  if (options.files.empty())
    inputs.push_back({STDIN_FILENO, "standard input"});
  for (const std::string &path : options.files) {
    if (path == "-") {
      inputs.push_back({STDIN_FILENO, "standard input"});
      continue;
    }
    Result<int> descriptor = openForReading(path);
    if (!descriptor)
      return descriptor.error();
    inputs.push_back({*descriptor, path});
  }
  return std::nullopt;
}

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
  captions = std::move(*read);
  return std::nullopt;
}

MaybeError Run::flush(PostPipeline &pipeline, bool writesAll) {
  std::vector<std::string> complaints;
  pipeline.flush(pending, complaints);
  for (const std::string &complaint : complaints)
    reportError(program, complaint);
  if (!writesAll && pending.size() < kWriteBytes)
    return std::nullopt;
  MaybeError error = output.write(pending);
  pending.clear();
  return error;
}

MaybeError Run::tagInput(const Input &input, PostPipeline &pipeline, Progress &progress) {
  PostReader reader(LineReader(input.descriptor, input.name), options.inputFormat);
  std::string_view source = inputs.size() > 1 ? std::string_view(input.name) : "";
  PostRecord record;
  while (reader.next(record)) {
    captions.addTo(record.post);
    pipeline.add(std::move(record), source);
    // Whoever feeds posts slowly wants each result now, not when a batch is full.
    bool waits = reader.wouldWait();
    if (!waits && !pipeline.isFull())
      continue;
    if (MaybeError error = flush(pipeline, waits))
      return error;
    progress.update(pipeline.postCount());
  }
  if (MaybeError error = flush(pipeline, true))
    return error;
  return reader.readError();
}

MaybeError Run::loadModel(const trimod_model *model) {
  Result<std::optional<trimod_isa_level>> level = isaLevelFromEnvironment();
  if (!level)
    return level.error();
  ModelOptions modelOptions = {options.weightsPaths, *level};
  Result<FeatureExtractor> features = FeatureExtractor::create(model, modelOptions);
  if (!features)
    return features.error();
  extractor = std::move(*features);
  if (options.printsFeatures)
    return std::nullopt;
  TaggerWishes wishes;
  wishes.entityProbabilities = !options.evaluates && options.outputFormat == PostFormat::JsonLines;
  wishes.sequences = options.sequences;
  Result<Tagger> created = Tagger::create(model, modelOptions, wishes);
  if (!created)
    return created.error();
  tagger.emplace(std::move(*created));
  if (options.evaluates)
    evaluation.emplace(tagger->labels());
  return std::nullopt;
}

MaybeError Run::run(const trimod_model *model) {
  if (MaybeError error = openInputs())
    return error;
  if (MaybeError error = readCaptions())
    return error;
  if (MaybeError error = loadModel(model))
    return error;
  if (!options.outputPath.empty()) {
    Result<OutputFile> file = OutputFile::create(options.outputPath);
    if (!file)
      return file.error();
    output = std::move(*file);
  }
  PostPipeline pipeline(extractor, tagger ? &*tagger : nullptr,
                        {options.explains, options.outputFormat, options.batchSize,
                         evaluation ? &*evaluation : nullptr});
  Progress progress;
  for (const Input &input : inputs)
    if (MaybeError error = tagInput(input, pipeline, progress))
      return error;
  if (evaluation) {
    if (MaybeError error = evaluation->failure())
      return error->in(inputs.size() > 1 ? "--eval" : inputs.front().name);
    if (MaybeError error =
            output.write(options.evaluatesAsJson ? evaluation->json() : evaluation->table()))
      return error;
  }
  if (MaybeError error = output.commit())
    return error;
  std::size_t posts = pipeline.postCount();
  if (posts != 0 && pipeline.errorCount() == posts)
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
