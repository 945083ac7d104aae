#include "runtime/PostPipeline.h"

namespace trimod {
namespace {

// Keeps the memory of a batch bounded whatever the length of its posts.
constexpr std::size_t kMaxBatchTokens = 8192;

} // namespace

PostPipeline::PostPipeline(FeatureExtractor &extractor, Tagger *tagger,
                           const PipelineOptions &options)
    : extractor(extractor), tagger(tagger), options(options) {}

void PostPipeline::add(PostRecord record, std::string_view source) {
  Waiting entry;
  entry.source = source;
  entry.record = std::move(record);
  if (options.evaluation && !entry.record.error)
    entry.record.error = options.evaluation->check(entry.record.post, source);
  if (!entry.record.error)
    waitingTokens += entry.record.post.tokens.size();
  waiting.push_back(std::move(entry));
}

bool PostPipeline::isFull() const {
  return waiting.size() >= options.batchSize || waitingTokens >= kMaxBatchTokens;
}

MaybeError PostPipeline::process(const std::vector<Waiting *> &entries) {
  std::vector<const Post *> inputs;
  for (const Waiting *entry : entries)
    inputs.push_back(&entry->record.post);
  std::vector<PostFeatures> features;
  if (MaybeError error = extractor.compute(inputs, features))
    return error;
  std::vector<TaggerInput> batch;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i]->features = std::move(features[i]);
    batch.push_back({inputs[i], &entries[i]->features});
  }
  if (!tagger)
    return std::nullopt;
  std::vector<PostTags> results;
  if (MaybeError error = tagger->tag(batch, results))
    return error;
  for (std::size_t i = 0; i < entries.size(); ++i)
    entries[i]->tags = std::move(results[i]);
  return std::nullopt;
}

void PostPipeline::flush(std::string &output, std::vector<std::string> &complaints) {
  std::vector<Waiting *> good;
  for (Waiting &entry : waiting)
    if (!entry.record.error)
      good.push_back(&entry);
  // What fails for a batch, such as finding memory, may well work for most of its posts.
  if (process(good))
    for (Waiting *entry : good)
      entry->record.error = process({entry});
  for (const Waiting &entry : waiting) {
    ++posts;
    if (entry.record.error) {
      ++errors;
      appendError(entry, output, complaints);
    } else {
      appendResult(entry, output);
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

void PostPipeline::appendResult(const Waiting &entry, std::string &output) const {
  const Post &post = entry.record.post;
  const PostTags &tags = entry.tags;
  if (!tagger)
    appendFeaturesJson(post, entry.features, extractor.options(), output);
  else if (options.evaluation)
    options.evaluation->add(post, tags.tags);
  else if (options.outputFormat == PostFormat::Conll)
    appendTagsConll(post, tags, output);
  else if (options.explains)
    appendExplainedJson(post, entry.features, tags, tagger->labels(), output);
  else
    appendTagsJson(post, entry.features, tags, output);
}

} // namespace trimod
