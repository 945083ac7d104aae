#include "FakeModel.h"

#include "runtime/Vocabulary.h"

#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>

namespace trimod::test {
namespace {

constexpr char kVocabulary[] =
    R"({"words": ["<pad>", "<unk>", "<url>", "<user>", "<num>", "adele", "new", "york", "red", "car"],
        "chars": ["<pad>", "<unk>", "a", "d", "e", "l"],
        "hashtag_characters": ["<pad>", "<unk>", "a", "b", "A", "_", "é"],
        "labels": ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]})";
constexpr int kLabels = 5;

enum TensorIndex {
  Words,
  TokenOffsets,
  Chars,
  CharOffsets,
  Visual,
  VisualOffsets,
  Hashtags,
  HashtagItems,
  HashtagOffsets,
  WordLabels,
  Bias,
  CharWeights,
  Workspace,
  Labels,
  Score,
  Emissions
};

std::atomic<int> callCount{0};

const std::int64_t *offsetsOf(const trimod_tensor *tensors, TensorIndex index) {
  return static_cast<const std::int64_t *>(tensors[index].data);
}

void tag(const trimod_tensor *tensors) {
  ++callCount;
  const auto *words = static_cast<const std::int32_t *>(tensors[Words].data);
  const auto *wordLabels = static_cast<const std::int32_t *>(tensors[WordLabels].data);
  const auto *bias = static_cast<const float *>(tensors[Bias].data);
  auto *labels = static_cast<std::int32_t *>(tensors[Labels].data);
  auto *score = static_cast<float *>(tensors[Score].data);
  auto *emissions = static_cast<float *>(tensors[Emissions].data);
  // Whoever relies on the workspace being too small would see it here.
  std::memset(tensors[Workspace].data, 0xAB, std::size_t(tensors[Workspace].shape[0]));
  for (std::int64_t token = 0; token < tensors[Words].shape[0]; ++token) {
    labels[token] = wordLabels[words[token]];
    for (int label = 0; label < kLabels; ++label)
      emissions[token * kLabels + label] = float(words[token]) + 1000 * bias[label];
  }
  const auto *charIds = static_cast<const std::int32_t *>(tensors[Chars].data);
  const auto *charWeights = static_cast<const float *>(tensors[CharWeights].data);
  const std::int64_t *tokens = offsetsOf(tensors, TokenOffsets);
  const std::int64_t *chars = offsetsOf(tensors, CharOffsets);
  const std::int64_t *visual = offsetsOf(tensors, VisualOffsets);
  const std::int64_t *hashtags = offsetsOf(tensors, HashtagOffsets);
  for (std::int64_t post = 0; post + 1 < tensors[TokenOffsets].shape[0]; ++post) {
    score[post] =
        float(tokens[post + 1] - tokens[post] + 10000 * (visual[post + 1] - visual[post]) +
              1000000 * (hashtags[post + 1] - hashtags[post]));
    for (std::int64_t i = chars[tokens[post]]; i < chars[tokens[post + 1]]; ++i)
      score[post] += charWeights[charIds[i]];
  }
}

std::int64_t tagWorkspace(const trimod_tensor *inputs) { return 64 * inputs[Words].shape[0]; }

void init(const trimod_tensor *tensors) {
  const auto *scale = static_cast<const float *>(tensors[0].data);
  auto *bias = static_cast<float *>(tensors[2].data);
  for (int label = 0; label < kLabels; ++label)
    bias[label] = 2 * scale[label];
}

void posterior(const trimod_tensor *tensors) {
  const auto *emissions = static_cast<const float *>(tensors[0].data);
  const auto *offsets = static_cast<const std::int64_t *>(tensors[1].data);
  auto *marginals = static_cast<float *>(tensors[3].data);
  auto *pairs = static_cast<float *>(tensors[4].data);
  auto *logPartition = static_cast<float *>(tensors[5].data);
  for (std::int64_t post = 0; post + 1 < tensors[1].shape[0]; ++post) {
    logPartition[post] = 0;
    for (std::int64_t token = offsets[post]; token < offsets[post + 1]; ++token) {
      float *row = marginals + token * kLabels, sum = 0;
      for (int label = 0; label < kLabels; ++label)
        sum += row[label] = std::exp(emissions[token * kLabels + label] / 1000);
      logPartition[post] += std::log(sum);
      for (int label = 0; label < kLabels; ++label)
        row[label] /= sum;
      for (int i = 0; i < kLabels * kLabels; ++i)
        pairs[token * kLabels * kLabels + i] =
            token == offsets[post] ? 0 : row[i / kLabels - kLabels] * row[i % kLabels];
    }
  }
}

void nBest(const trimod_tensor *tensors) {
  const auto *offsets = static_cast<const std::int64_t *>(tensors[1].data);
  auto *paths = static_cast<std::int32_t *>(tensors[3].data);
  auto *scores = static_cast<float *>(tensors[4].data);
  for (std::int64_t post = 0; post + 1 < tensors[1].shape[0]; ++post) {
    std::int64_t tokens = offsets[post + 1] - offsets[post];
    scores[2 * post] = 5 * float(tokens);
    scores[2 * post + 1] =
        tokens == 1 ? -std::numeric_limits<float>::infinity() : 4 * float(tokens);
    for (std::int64_t token = offsets[post]; token < offsets[post + 1]; ++token) {
      paths[2 * token] = 4;
      paths[2 * token + 1] = tokens == 1 ? 0 : 3;
    }
  }
}

void segment(const trimod_tensor *tensors) {
  const auto *characters = static_cast<const std::int32_t *>(tensors[0].data);
  const auto *endsWord = static_cast<const float *>(tensors[2].data);
  for (std::int64_t i = 0; i < tensors[0].shape[0]; ++i)
    static_cast<float *>(tensors[4].data)[i] = endsWord[characters[i]];
}

trimod_value value(const char *name, trimod_dtype dtype, std::vector<std::int64_t> shape) {
  trimod_value result = {name, dtype, std::int32_t(shape.size()), {}, 0};
  std::copy(shape.begin(), shape.end(), result.shape);
  return result;
}

trimod_parameter vector(const char *key, trimod_dtype dtype, std::int64_t size, const void *data) {
  return {key, dtype, 1, {size}, data};
}

// Ids below `bound`.
trimod_value ids(const char *name, std::int64_t bound) {
  trimod_value result = value(name, TRIMOD_I32, {-1});
  result.index_bound = bound;
  return result;
}

// One column.
trimod_parameter table(const char *key, trimod_dtype dtype, std::int64_t rows, const void *data) {
  return {key, dtype, 2, {rows, 1}, data};
}

} // namespace

FakeModel::FakeModel(bool isEmbedded) {
  vocabularyImage = *buildVocabularyImage({{"fake", kVocabulary}});
  wordLabels = {0, 0, 0, 0, 0, 1, 3, 4, 0, 0};
  charWeights.assign(6, 100);
  scale = {0.5f, 1.0f, 1.5f, 2.0f, 2.5f};
  bias = {1, 2, 3, 4, 5};
  endsWord = {0, 0, 0, 1, 0, 0, 0};
  inputs = {ids("words", 10),
            value("tokens.offsets", TRIMOD_INDEX, {-1}),
            ids("chars", 6),
            value("chars.item_offsets", TRIMOD_INDEX, {-1}),
            ids("visual", 10),
            value("visual.offsets", TRIMOD_INDEX, {-1}),
            ids("hashtags", 10),
            value("hashtags.item_offsets", TRIMOD_INDEX, {-1}),
            value("hashtags.offsets", TRIMOD_INDEX, {-1})};
  outputs = {value("labels", TRIMOD_I32, {-1}), value("score", TRIMOD_F32, {-1}),
             value("emissions", TRIMOD_F32, {-1, kLabels})};
  initOutputs = {value("derived:bias", TRIMOD_F32, {kLabels})};
  parameters = {table("word.labels", TRIMOD_I32, 10, isEmbedded ? wordLabels.data() : nullptr),
                vector("scale", TRIMOD_F32, kLabels, isEmbedded ? scale.data() : nullptr),
                vector("derived:bias", TRIMOD_F32, kLabels, isEmbedded ? bias.data() : nullptr),
                table("char.weights", TRIMOD_F32, 6, isEmbedded ? charWeights.data() : nullptr),
                table("segmenter.ends", TRIMOD_F32, 7, endsWord.data())};
  crfInputs = {value("emissions", TRIMOD_F32, {-1, kLabels}),
               value("tokens.offsets", TRIMOD_INDEX, {-1})};
  posteriorOutputs = {value("marginals", TRIMOD_F32, {-1, kLabels}),
                      value("pairs", TRIMOD_F32, {-1, kLabels, kLabels}),
                      value("log_partition", TRIMOD_F32, {-1})};
  nBestOutputs = {value("paths", TRIMOD_I32, {-1, 2}), value("scores", TRIMOD_F32, {-1, 2})};
  segmentInputs = {ids("characters", 7), value("characters.offsets", TRIMOD_INDEX, {-1})};
  segmentOutputs = {value("split", TRIMOD_F32, {-1})};
  segmentParameters = {4};
  tagParameters = {0, 2, 3};
  initParameters = {1};
  functions = {{"tag", TRIMOD_X86_64_V3, std::uint32_t(inputs.size()), 3, 3, inputs.data(),
                tagParameters.data(), outputs.data(), tag, tagWorkspace},
               {"tag.init", TRIMOD_X86_64_V3, 0, 1, 1, nullptr, initParameters.data(),
                initOutputs.data(), init, nullptr},
               {"posterior", TRIMOD_X86_64_V3, 2, 0, 3, crfInputs.data(), nullptr,
                posteriorOutputs.data(), posterior, nullptr},
               {"nbest", TRIMOD_X86_64_V3, 2, 0, 2, crfInputs.data(), nullptr, nBestOutputs.data(),
                nBest, nullptr},
               {"segment", TRIMOD_X86_64_V3, 2, 1, 1, segmentInputs.data(),
                segmentParameters.data(), segmentOutputs.data(), segment, nullptr}};
  model = {TRIMOD_ABI_VERSION,
           sizeof(trimod_model),
           "fake",
           "0.0",
           std::uint32_t(functions.size()),
           std::uint32_t(parameters.size()),
           functions.data(),
           parameters.data(),
           {vocabularyImage.data(), vocabularyImage.size()}};
}

std::string fakeWeightsFile() {
  std::string header = R"({"char.weights":{"dtype":"F32","shape":[6,1],"data_offsets":[60,84]},)"
                       R"("scale":{"dtype":"F32","shape":[5],"data_offsets":[40,60]},)"
                       R"("word.labels":{"dtype":"I32","shape":[10,1],"data_offsets":[0,40]}})";
  // An odd length, so that the data is not aligned.
  if (header.size() % 2 == 0)
    header += ' ';
  FakeModel values(/*isEmbedded=*/true);
  std::uint64_t length = header.size();
  std::string file(reinterpret_cast<const char *>(&length), 8);
  file += header;
  file.append(reinterpret_cast<const char *>(values.wordLabels.data()), 40);
  file.append(reinterpret_cast<const char *>(values.scale.data()), 20);
  file.append(reinterpret_cast<const char *>(values.charWeights.data()), 24);
  return file;
}

int fakeCallCount() { return callCount; }

} // namespace trimod::test
