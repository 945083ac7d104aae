// The text rules as a model wants them: with its options, and with its hashtag network if it has
// one.
#ifndef TRIMOD_RUNTIME_FEATUREEXTRACTOR_H
#define TRIMOD_RUNTIME_FEATUREEXTRACTOR_H

#include "runtime/HashtagSegmenter.h"

namespace trimod {

// One thread at a time: a copy serves another one.
class FeatureExtractor {
public:
  // The rules alone.
  FeatureExtractor() = default;

  // Loads only what features need. `model` must outlive the result; null stands for no model.
  static Result<FeatureExtractor> create(const trimod_model *model, const ModelOptions &options);

  const TextOptions &options() const { return textOptions; }

  // Features of all posts, with one call of the network for all their hashtags; features[i] are
  // those of posts[i], and `features` grows if it must. Fails only if the network does.
  MaybeError compute(const std::vector<const Post *> &posts, std::vector<PostFeatures> &features);

private:
  TextOptions textOptions;
  std::optional<Model> model; // its weights are used by the network
  std::optional<HashtagSegmenter> segmenter;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_FEATUREEXTRACTOR_H
