// The C interface of trimod/tagger.h.

#include "trimod/tagger.h"

#include "runtime/PostPipeline.h"
#include "runtime/PostSource.h"

#include <algorithm>
#include <cstring>
#include <new>

using namespace trimod;

struct trimod_tagger {
  FeatureExtractor extractor;
  Tagger tagger;
};

namespace {

void giveError(const std::string &message, char *error, size_t errorSize) {
  if (errorSize == 0)
    return;
  size_t length = std::min(message.size(), errorSize - 1);
  std::memcpy(error, message.data(), length);
  error[length] = '\0';
}

MaybeError runLines(trimod_tagger &tagger, std::string_view lines, trimod_write write,
                    void *context) {
  PipelineOptions options;
  PostPipeline pipeline(tagger.extractor, &tagger.tagger, options);
  PostSource source(lines, PostFormat::JsonLines, options.batchSize);
  std::string results;
  std::vector<std::string> complaints; // none: results are JSON Lines
  for (PostChunk chunk; source.next(chunk);) {
    for (PostRecord &record : chunk.records)
      parse(record);
    results.clear();
    pipeline.process(chunk.records, chunk.source, results, complaints);
    if (write(context, results.data(), results.size()) != 0)
      return Error{"stopped by the caller"};
  }
  return std::nullopt;
}

} // namespace

trimod_tagger *trimod_tagger_create(const trimod_model *model, const char *const *weights,
                                    size_t weight_count, char *error, size_t error_size) {
  Result<std::optional<trimod_isa_level>> level = isaLevelFromEnvironment();
  if (!level) {
    giveError(level.error().message, error, error_size);
    return nullptr;
  }
  ModelOptions options = {{weights, weights + weight_count}, *level};
  Result<FeatureExtractor> extractor = FeatureExtractor::create(model, options);
  if (!extractor) {
    giveError(extractor.error().message, error, error_size);
    return nullptr;
  }
  TaggerWishes wishes;
  wishes.entityProbabilities = true;
  Result<Tagger> tagger = Tagger::create(model, options, wishes);
  if (!tagger) {
    giveError(tagger.error().message, error, error_size);
    return nullptr;
  }
  auto *result = new (std::nothrow) trimod_tagger{std::move(*extractor), std::move(*tagger)};
  if (!result)
    giveError("no memory", error, error_size);
  return result;
}

trimod_tagger *trimod_tagger_copy(const trimod_tagger *tagger) {
  return new (std::nothrow) trimod_tagger(*tagger);
}

int trimod_tagger_run(trimod_tagger *tagger, const char *lines, size_t size, trimod_write write,
                      void *context, char *error, size_t error_size) {
  MaybeError failure = runLines(*tagger, std::string_view(lines, size), write, context);
  if (!failure)
    return 0;
  giveError(failure->message, error, error_size);
  return 1;
}

void trimod_tagger_destroy(trimod_tagger *tagger) { delete tagger; }
