#include "runtime/FeatureExtractor.h"

#include <iterator>

namespace trimod {

Result<FeatureExtractor> FeatureExtractor::create(const trimod_model *description,
                                                  const ModelOptions &options) {
  FeatureExtractor result;
  if (!description || description->vocabulary.size == 0)
    return result;
  Result<VocabularyView> vocabulary = VocabularyView::open(
      {static_cast<const char *>(description->vocabulary.data), description->vocabulary.size});
  if (!vocabulary)
    return vocabulary.error();
  result.textOptions = vocabulary->options();
  Result<Model> model = Model::open(description, options);
  if (!model)
    return model.error();
  result.model.emplace(std::move(*model));
  if (!result.model->has("segment"))
    return result;
  Result<HashtagSegmenter> segmenter = HashtagSegmenter::load(*result.model, *vocabulary);
  if (!segmenter)
    return segmenter.error();
  result.segmenter.emplace(std::move(*segmenter));
  return result;
}

MaybeError FeatureExtractor::compute(const std::vector<const Post *> &posts,
                                     std::vector<PostFeatures> &features) {
  if (features.size() < posts.size())
    features.resize(posts.size());
  auto result = features.begin();
  if (!segmenter) {
    for (const Post *post : posts)
      *result++ = computeFeatures(*post, textOptions);
    return std::nullopt;
  }
  std::vector<std::string_view> hashtags;
  for (const Post *post : posts)
    for (std::string_view hashtag : findHashtags(*post))
      hashtags.push_back(hashtag);
  std::vector<HashtagSplit> splits;
  if (MaybeError error = segmenter->split(hashtags, splits))
    return error;
  auto next = splits.begin();
  for (const Post *post : posts) {
    auto end = next + std::ptrdiff_t(findHashtags(*post).size());
    std::vector<HashtagSplit> own(std::make_move_iterator(next), std::make_move_iterator(end));
    *result++ = computeFeatures(*post, textOptions, own);
    next = end;
  }
  return std::nullopt;
}

} // namespace trimod
