#include "runtime/PostWorker.h"

namespace trimod {
namespace {

PipelineOptions withEvaluation(PipelineOptions options, std::optional<Evaluation> &evaluation) {
  options.evaluation = evaluation ? &*evaluation : nullptr;
  return options;
}

std::optional<Evaluation> startEvaluation(const std::optional<Tagger> &tagger, bool evaluates) {
  return evaluates ? std::optional<Evaluation>(tagger->labels()) : std::nullopt;
}

} // namespace

PostWorker::PostWorker(const PostTreatment &treatment)
    : captions(treatment.captions), extractor(treatment.extractor), tagger(treatment.tagger),
      evaluation(startEvaluation(tagger, treatment.evaluates)),
      pipeline(extractor, tagger ? &*tagger : nullptr,
               withEvaluation(treatment.pipeline, evaluation)) {}

ChunkResult PostWorker::process(PostChunk &chunk) {
  ChunkResult result;
  result.isLastAtHand = chunk.isLastAtHand;
  std::size_t posts = pipeline.postCount(), errors = pipeline.errorCount();
  for (PostRecord &record : chunk.records) {
    parse(record);
    captions.addTo(record.post);
  }
  pipeline.process(chunk.records, chunk.source, result.output, result.complaints);
  result.posts = pipeline.postCount() - posts;
  result.errors = pipeline.errorCount() - errors;
  if (evaluation)
    result.evaluation = std::exchange(*evaluation, Evaluation(tagger->labels()));
  return result;
}

} // namespace trimod
