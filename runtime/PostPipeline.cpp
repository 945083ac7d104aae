#include "runtime/PostPipeline.h"

namespace trimod {
namespace {

// Keeps the memory of a batch bounded whatever the length of its posts.
constexpr std::size_t kMaxBatchTokens = 8192;

} // namespace

PostPipeline::PostPipeline(Tagger *tagger, const PipelineOptions &options)
    : tagger(tagger), options(options),
      textOptions(tagger ? tagger->textOptions() : TextOptions()) {}

void PostPipeline::add(PostRecord record, std::string_view source) {
  Waiting entry;
  entry.source = source;
  entry.record = std::move(record);
  if (!entry.record.error) {
    entry.features = computeFeatures(entry.record.post, textOptions);
    waitingTokens += entry.record.post.tokens.size();
  }
  waiting.push_back(std::move(entry));
}

bool PostPipeline::isFull() const {
  return waiting.size() >= options.batchSize || waitingTokens >= kMaxBatchTokens;
}

MaybeError PostPipeline::flush(std::string &output, std::string &complaints) {
  if (tagger) {
    batch.clear();
    for (const Waiting &entry : waiting)
      if (!entry.record.error)
        batch.push_back({&entry.record.post, &entry.features});
    if (MaybeError error = tagger->tag(batch, results))
      return error;
  }
  std::size_t next = 0;
  for (const Waiting &entry : waiting) {
    ++posts;
    if (entry.record.error) {
      ++errors;
      appendError(entry, output, complaints);
    } else if (tagger) {
      appendResult(entry, results[next++], output);
    } else {
      appendFeaturesJson(entry.record.post, entry.features, textOptions, output);
    }
  }
  waiting.clear();
  waitingTokens = 0;
  return std::nullopt;
}

void PostPipeline::appendError(const Waiting &entry, std::string &output,
                               std::string &complaints) const {
  const Post &post = entry.record.post;
  const std::string &message = entry.record.error->message;
  if (options.outputFormat == PostFormat::JsonLines) {
    appendErrorJson(post, entry.source, message, output);
    return;
  }
  if (!entry.source.empty())
    complaints += entry.source + ": ";
  complaints += "line " + std::to_string(post.line) + ": " + message + "\n";
}

void PostPipeline::appendResult(const Waiting &entry, const PostTags &tags,
                                std::string &output) const {
  const Post &post = entry.record.post;
  if (options.outputFormat == PostFormat::Conll)
    appendTagsConll(post, tags, output);
  else if (options.explains)
    appendExplainedJson(post, entry.features, tags, tagger->labels(), output);
  else
    appendTagsJson(post, entry.features, tags, output);
}

} // namespace trimod
