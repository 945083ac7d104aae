// The compiled model against PyTorch: emissions, path scores and labels of the golden posts, which
// models/trimod/train/golden.py computed with the committed weights. The tolerances stand in the
// golden file's metadata and in golden.py.
#include "Golden.h"
#include "runtime/PostReader.h"
#include "runtime/Tagger.h"
#include "gtest/gtest.h"

#include <cmath>
#include <fcntl.h>
#include <unistd.h>

using namespace trimod;
using namespace trimod::test;

namespace {

constexpr float kEmissionTolerance = 5e-5f;
constexpr float kScoreTolerance = 5e-4f;

std::vector<Post> readPosts(const std::string &path) {
  int descriptor = open(path.c_str(), O_RDONLY);
  EXPECT_GE(descriptor, 0) << "cannot read " << path;
  PostReader reader(LineReader(descriptor, path), PostFormat::JsonLines);
  std::vector<Post> posts;
  for (PostRecord record; reader.next(record);) {
    EXPECT_FALSE(record.error) << record.error->message;
    posts.push_back(record.post);
  }
  close(descriptor);
  return posts;
}

struct Program {
  const char *name;
  const char *path;
  trimod_isa_level level;
  /// Its golden tensors; named after the model.
  const char *golden = TRIMOD_GOLDEN "/trimod.safetensors";
};

class Golden : public ArtefactTest<Program> {
protected:
  void SetUp() override {
    ArtefactTest::SetUp();
    if (cannotGoOn())
      return;
    Result<Tagger> created = Tagger::create(artefact->model(), modelOptions);
    ASSERT_TRUE(created) << created.error().message;
    tagger.emplace(std::move(*created));
    Result<Safetensors> file = Safetensors::open({GetParam().golden});
    ASSERT_TRUE(file) << file.error().message;
    golden.emplace(std::move(*file));
    posts = readPosts(TRIMOD_GOLDEN "/posts.jsonl");
    ASSERT_EQ(posts.size(), 20u);
    for (const Post &post : posts)
      features.push_back(computeFeatures(post, tagger->textOptions()));
  }

  /// Tags posts [first, first + count) in one call.
  std::vector<PostTags> tag(size_t first, size_t count) {
    std::vector<TaggerInput> inputs;
    for (size_t i = first; i < first + count; ++i)
      inputs.push_back({&posts[i], &features[i]});
    std::vector<PostTags> results;
    MaybeError error = tagger->tag(inputs, results);
    EXPECT_FALSE(error) << error->message;
    return results;
  }

  std::optional<Tagger> tagger;
  std::optional<Safetensors> golden;
  std::vector<Post> posts;
  std::vector<PostFeatures> features;
};

TEST_P(Golden, EmissionsScoresAndLabelsArePyTorchs) {
  std::vector<PostTags> results = tag(0, posts.size());
  for (size_t i = 0; i < posts.size(); ++i) {
    SCOPED_TRACE("post " + std::to_string(i));
    std::string prefix = std::to_string(i) + ".";
    auto emissions = readTensor<float>(*golden, prefix + "emissions");
    ASSERT_EQ(results[i].emissions.size(), emissions.size());
    for (size_t k = 0; k < emissions.size(); ++k)
      ASSERT_NEAR(results[i].emissions[k], emissions[k], kEmissionTolerance) << "element " << k;
    auto score = readTensor<float>(*golden, prefix + "score");
    ASSERT_TRUE(results[i].score);
    EXPECT_NEAR(*results[i].score, score.at(0), kScoreTolerance);
    auto labels = readTensor<int32_t>(*golden, prefix + "labels");
    ASSERT_EQ(results[i].tags.size(), labels.size());
    for (size_t t = 0; t < labels.size(); ++t)
      EXPECT_EQ(results[i].tags[t], tagger->labels()[labels[t]]) << "token " << t;
  }
}

TEST_P(Golden, ResultsAreTheSameBitsInAnyBatch) {
  std::vector<PostTags> together = tag(0, posts.size());
  for (size_t size : {size_t(1), size_t(3), size_t(7)}) {
    for (size_t first = 0; first < posts.size(); first += size) {
      std::vector<PostTags> results = tag(first, std::min(size, posts.size() - first));
      for (size_t i = 0; i < results.size(); ++i) {
        EXPECT_EQ(results[i].emissions, together[first + i].emissions) << "post " << first + i;
        EXPECT_EQ(results[i].score, together[first + i].score) << "post " << first + i;
      }
    }
  }
}

constexpr const char *kBiLstmCrf = TRIMOD_GOLDEN "/bilstm_crf.safetensors";
constexpr const char *kCnnBiLstmCrf = TRIMOD_GOLDEN "/cnn_bilstm_crf.safetensors";

INSTANTIATE_TEST_SUITE_P(
    Programs, Golden,
    testing::Values(
        Program{"v3", TRIMOD_BUNDLED_MODEL, TRIMOD_X86_64_V3},
        Program{"v4", TRIMOD_BUNDLED_MODEL, TRIMOD_X86_64_V4},
        Program{"unfused", TRIMOD_UNFUSED_MODEL, TRIMOD_X86_64_V3},
        Program{"bilstm_crf_v3", TRIMOD_BILSTM_CRF, TRIMOD_X86_64_V3, kBiLstmCrf},
        Program{"bilstm_crf_v4", TRIMOD_BILSTM_CRF, TRIMOD_X86_64_V4, kBiLstmCrf},
        Program{"cnn_bilstm_crf_v3", TRIMOD_CNN_BILSTM_CRF, TRIMOD_X86_64_V3, kCnnBiLstmCrf},
        Program{"cnn_bilstm_crf_v4", TRIMOD_CNN_BILSTM_CRF, TRIMOD_X86_64_V4, kCnnBiLstmCrf}),
    [](const auto &info) { return std::string(info.param.name); });

} // namespace
