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
  if (options.evaluation && !entry.record.error)
    entry.record.error = options.evaluation->check(entry.record.post, source);
  if (!entry.record.error) {
    entry.features = computeFeatures(entry.record.post, textOptions);
    waitingTokens += entry.record.post.tokens.size();
  }
  waiting.push_back(std::move(entry));
}

bool PostPipeline::isFull() const {
  return waiting.size() >= options.batchSize || waitingTokens >= kMaxBatchTokens;
}

void PostPipeline::tagWaiting() {
  batch.clear();
  for (const Waiting &entry : waiting)
    if (!entry.record.error)
      batch.push_back({&entry.record.post, &entry.features});
  if (tagger->tag(batch, results))
    tagOneByOne();
}

// What fails for a batch, such as finding memory, may well work for most of its posts.
void PostPipeline::tagOneByOne() {
  std::vector<PostTags> result;
  results.clear();
  for (Waiting &entry : waiting) {
    if (entry.record.error)
      continue;
    entry.record.error = tagger->tag({{&entry.record.post, &entry.features}}, result);
    if (!entry.record.error)
      results.push_back(std::move(result.front()));
  }
}

void PostPipeline::flush(std::string &output, std::vector<std::string> &complaints) {
  if (tagger)
    tagWaiting();
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
}

void PostPipeline::appendError(const Waiting &entry, std::string &output,
                               std::vector<std::string> &complaints) const {
  const Post &post = entry.record.post;
  const std::string &message = entry.record.error->message;
  if (!options.evaluation && options.outputFormat == PostFormat::JsonLines) {
    appendErrorJson(post, entry.source, message, output);
    return;
  }
  std::string complaint = entry.source.empty() ? "" : entry.source + ": ";
  complaint += "line " + std::to_string(post.line) + ": " + message;
  if (options.evaluation)
    options.evaluation->leaveOut();
  else
    appendErrorConll(post, complaint, output);
  complaints.push_back(std::move(complaint));
}

void PostPipeline::appendResult(const Waiting &entry, const PostTags &tags,
                                std::string &output) const {
  const Post &post = entry.record.post;
  if (options.evaluation)
    options.evaluation->add(post, tags.tags);
  else if (options.outputFormat == PostFormat::Conll)
    appendTagsConll(post, tags, output);
  else if (options.explains)
    appendExplainedJson(post, entry.features, tags, tagger->labels(), output);
  else
    appendTagsJson(post, entry.features, tags, output);
}

} // namespace trimod
