// What one thread of a run does with its posts.
#ifndef TRIMOD_RUNTIME_POSTWORKER_H
#define TRIMOD_RUNTIME_POSTWORKER_H

#include "runtime/Captions.h"
#include "runtime/PostPipeline.h"
#include "runtime/PostSource.h"

namespace trimod {

// What becomes of a chunk of posts.
struct ChunkResult {
  std::string output;
  std::vector<std::string> complaints;
  std::optional<Evaluation> evaluation; // if that is what the run is for
  std::size_t posts = 0, errors = 0;
  bool isLastAtHand = false; // of the chunk
};

// How a run reads its posts; not changed by workers.
struct PostTreatment {
  FeatureExtractor extractor;
  std::optional<Tagger> tagger; // none if only features are printed
  Captions captions;
  PipelineOptions pipeline;
  bool evaluates = false;
};

class PostWorker {
public:
  // `treatment` must outlive the worker, which uses copies of its extractor and tagger.
  explicit PostWorker(const PostTreatment &treatment);
  PostWorker(const PostWorker &) = delete;

  ChunkResult process(PostChunk &chunk);

private:
  const Captions &captions;
  FeatureExtractor extractor;
  std::optional<Tagger> tagger;
  std::optional<Evaluation> evaluation; // of the chunk
  PostPipeline pipeline;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_POSTWORKER_H
