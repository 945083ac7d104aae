// The compiled hashtag segmenter against PyTorch: the probabilities of the golden hashtags, which
// models/hashtag/train/golden.py computed with the committed weights.
#include "Golden.h"

#include <cmath>

using namespace trimod;
using namespace trimod::test;

namespace {

// As in golden.py: PyTorch's own single precision stays within 1e-6.
constexpr float kTolerance = 2e-5f;
constexpr size_t kHashtags = 19;

struct Compiled {
  const char *name;
  const char *path;
  trimod_isa_level level;
};

class SegmenterGolden : public ArtefactTest<Compiled> {
protected:
  void SetUp() override {
    ArtefactTest::SetUp();
    if (cannotGoOn())
      return;
    Result<Model> created = Model::open(artefact->model(), modelOptions);
    ASSERT_TRUE(created) << created.error().message;
    model.emplace(std::move(*created));
    Result<CompiledFunction> loaded = model->load("segment");
    ASSERT_TRUE(loaded) << loaded.error().message;
    segment.emplace(std::move(*loaded));
    Result<Safetensors> file = Safetensors::open({TRIMOD_GOLDEN "/segmenter.safetensors"});
    ASSERT_TRUE(file) << file.error().message;
    for (size_t i = 0; i < kHashtags; ++i) {
      std::string prefix = std::to_string(i) + ".";
      characters.push_back(readTensor<int32_t>(*file, prefix + "characters"));
      expected.push_back(readTensor<float>(*file, prefix + "split"));
      ASSERT_EQ(characters[i].size(), expected[i].size()) << "hashtag " << i;
    }
  }

  // The probabilities of hashtags [first, first + count), in one call.
  std::vector<float> split(size_t first, size_t count) {
    std::vector<int32_t> ids;
    std::vector<int64_t> offsets{0};
    for (size_t i = first; i < first + count; ++i) {
      ids.insert(ids.end(), characters[i].begin(), characters[i].end());
      offsets.push_back(int64_t(ids.size()));
    }
    std::vector<float> result(ids.size(), NAN);
    set(segment->input(0), ids.data(), ids.size());
    set(segment->input(1), offsets.data(), offsets.size());
    set(segment->output(0), result.data(), result.size());
    MaybeError error = segment->call();
    EXPECT_FALSE(error) << error->message;
    return result;
  }

  static void set(trimod_tensor &tensor, void *data, size_t length) {
    tensor.data = data;
    tensor.shape[0] = int64_t(length);
  }

  std::optional<Model> model;
  std::optional<CompiledFunction> segment;
  std::vector<std::vector<int32_t>> characters;
  std::vector<std::vector<float>> expected;
};

TEST_P(SegmenterGolden, ProbabilitiesArePyTorchs) {
  std::vector<float> together = split(0, kHashtags);
  size_t at = 0;
  for (size_t i = 0; i < kHashtags; ++i)
    for (float probability : expected[i])
      ASSERT_NEAR(together[at++], probability, kTolerance) << "hashtag " << i;
}

TEST_P(SegmenterGolden, ResultsAreTheSameBitsInAnyBatch) {
  std::vector<float> together = split(0, kHashtags);
  for (size_t size : {size_t(1), size_t(2), size_t(7)}) {
    size_t at = 0;
    for (size_t first = 0; first < kHashtags; first += size)
      for (float probability : split(first, std::min(size, kHashtags - first)))
        ASSERT_EQ(probability, together[at++]) << "batches of " << size << ", from " << first;
  }
}

TEST_P(SegmenterGolden, EmptyBatchesAndHashtagsAreLeftOut) {
  EXPECT_TRUE(split(0, 0).empty());
  characters[1].clear();
  std::vector<float> result = split(0, 3);
  ASSERT_EQ(result.size(), expected[0].size() + expected[2].size());
  EXPECT_EQ(result[0], split(0, 1)[0]);
}

INSTANTIATE_TEST_SUITE_P(Programs, SegmenterGolden,
                         testing::Values(Compiled{"v3", TRIMOD_BUNDLED_MODEL, TRIMOD_X86_64_V3},
                                         Compiled{"v4", TRIMOD_BUNDLED_MODEL, TRIMOD_X86_64_V4},
                                         Compiled{"unfused", TRIMOD_UNFUSED_MODEL,
                                                  TRIMOD_X86_64_V3}),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
