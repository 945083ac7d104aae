#include "runtime/PostPipeline.h"

namespace trimod {
namespace {

// Keeps the memory of a batch bounded whatever the length of its posts.
constexpr std::size_t kMaxBatchTokens = 8192;

} // namespace

PostPipeline::PostPipeline(FeatureExtractor &extractor, Tagger *tagger,
                           const PipelineOptions &options)
    : extractor(extractor), tagger(tagger), options(options) {}

void PostPipeline::process(std::vector<PostRecord> &records, std::string_view source,
                           std::string &output, std::vector<std::string> &complaints) {
  Target target = {source, output, complaints};
  PostRecord *begin = records.data(), *end = begin + records.size(), *record = begin;
  for (std::size_t tokens = 0; record != end;) {
    if (options.evaluation && !record->error)
      record->error = options.evaluation->check(record->post, source);
    tokens += record->error ? 0 : record->post.tokens.size();
    ++record;
    if (record != end && record != begin + options.batchSize && tokens < kMaxBatchTokens)
      continue;
    processBatch(begin, record, target);
    begin = record;
    tokens = 0;
  }
}

// Tags `good`. Fails for all or none of them.
MaybeError PostPipeline::tagGood() {
  if (MaybeError error = extractor.compute(good, features))
    return error;
  if (!tagger)
    return std::nullopt;
  inputs.clear();
  for (std::size_t i = 0; i < good.size(); ++i)
    inputs.push_back({good[i], &features[i]});
  return tagger->tag(inputs, tags);
}

void PostPipeline::processBatch(PostRecord *begin, PostRecord *end, const Target &target) {
  good.clear();
  for (const PostRecord *record = begin; record != end; ++record)
    if (!record->error)
      good.push_back(&record->post);
  // What fails for a batch, such as finding memory, may well work for most of its posts.
  bool isTogether = !tagGood();
  std::size_t index = 0;
  for (PostRecord *record = begin; record != end; ++record) {
    if (!isTogether && !record->error) {
      good.assign(1, &record->post);
      record->error = tagGood();
      index = 0;
    }
    ++posts;
    if (record->error) {
      ++errors;
      appendError(*record, target);
    } else {
      appendResult(index++, target.output);
    }
  }
}

void PostPipeline::appendError(const PostRecord &record, const Target &target) const {
  const Post &post = record.post;
  const std::string &message = record.error->message;
  if (!options.evaluation && options.outputFormat == PostFormat::JsonLines) {
    appendErrorJson(post, target.source, message, target.output);
    return;
  }
  std::string complaint = target.source.empty() ? "" : std::string(target.source) + ": ";
  complaint += "line " + std::to_string(post.line) + ": " + message;
  if (options.evaluation)
    options.evaluation->leaveOut();
  else
    appendErrorConll(post, complaint, target.output);
  target.complaints.push_back(std::move(complaint));
}

void PostPipeline::appendResult(std::size_t index, std::string &output) const {
  const Post &post = *good[index];
  if (!tagger)
    appendFeaturesJson(post, features[index], extractor.options(), output);
  else if (options.evaluation)
    options.evaluation->add(post, tags[index].tags);
  else if (options.outputFormat == PostFormat::Conll)
    appendTagsConll(post, tags[index], output);
  else if (options.explains)
    appendExplainedJson(post, features[index], tags[index], tagger->labels(), output);
  else
    appendTagsJson(post, features[index], tags[index], output);
}

} // namespace trimod
