#include "runtime/PostPipeline.h"

#include "FakeModel.h"
#include "trimod/tagger.h"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <thread>

using namespace trimod;
using namespace trimod::test;

namespace {

class PostPipelineTest : public testing::Test {
protected:
  void SetUp() override {
    if (detectIsaLevel() < TRIMOD_X86_64_V3)
      GTEST_SKIP() << "needs x86-64-v3";
  }

  std::string run(std::string_view text, const PipelineOptions &options,
                  PostFormat format = PostFormat::JsonLines) {
    TaggerWishes wishes;
    wishes.entityProbabilities = true;
    Result<Tagger> tagger = Tagger::create(&fake.model, {}, wishes);
    Result<FeatureExtractor> extractor = FeatureExtractor::create(&fake.model, {});
    PostPipeline pipeline(*extractor, givesFeatures ? nullptr : &*tagger, options);
    PostReader reader(LineReader(text), format);
    std::string output;
    std::vector<PostRecord> records;
    for (PostRecord record; reader.next(record);)
      records.push_back(std::move(record));
    pipeline.process(records, "", output, complaints);
    EXPECT_EQ(pipeline.postCount(), records.size());
    return output;
  }

  FakeModel fake{true};
  bool givesFeatures = false;
  std::vector<std::string> complaints;
};

constexpr char kPosts[] = "{\"id\": 1, \"tokens\": [\"Adele\"]}\n"
                          "oops\n"
                          "{\"id\": 3, \"tokens\": [\"New\", \"York\"]}\n"
                          "{\"id\": 4, \"text\": \"\"}\n";

TEST_F(PostPipelineTest, KeepsTheOrderWhateverTheBatch) {
  std::string expected = run(kPosts, {});
  std::vector<std::size_t> positions;
  for (const char *part : {"{\"id\":1,", "{\"id\":null,\"line\":2,\"error\":", "{\"id\":3,",
                           "{\"id\":4,\"tokens\":[],\"tags\":[]"})
    positions.push_back(expected.find(part));
  EXPECT_TRUE(std::is_sorted(positions.begin(), positions.end()));
  EXPECT_NE(positions.back(), std::string::npos) << expected;
  for (std::size_t batch : {1, 2, 3}) {
    PipelineOptions options;
    options.batchSize = batch;
    EXPECT_EQ(run(kPosts, options), expected);
  }
}

TEST_F(PostPipelineTest, APostWithoutMemoryIsTheOnlyError) {
  fake.functions[0].workspace = [](const trimod_tensor *inputs) -> std::int64_t {
    return inputs[0].shape[0] > 2 ? -1 : 64;
  };
  std::string output = run("{\"id\": 1, \"tokens\": [\"Adele\"]}\n"
                           "{\"id\": 2, \"tokens\": [\"a\", \"b\", \"c\"]}\n"
                           "oops\n"
                           "{\"id\": 4, \"tokens\": [\"New\", \"York\"]}\n",
                           {});
  std::size_t position = 0;
  for (const char *part :
       {R"({"id":1,"tokens":["Adele"],"tags":["B-PER"])",
        R"({"id":2,"line":2,"error":"function 'tag': no memory for a workspace of )",
        R"({"id":null,"line":3,"error":"malformed)",
        R"({"id":4,"tokens":["New","York"],"tags":["B-LOC","I-LOC"])"}) {
    position = output.find(part, position);
    ASSERT_NE(position, std::string::npos) << part << " in " << output;
  }
}

TEST_F(PostPipelineTest, ScoresThatAreNotFiniteAreErrors) {
  constexpr char kExpected[] = "\"error\":\"the model gave a score that is not finite\"}\n";
  fake.charWeights[2] = std::numeric_limits<float>::quiet_NaN(); // of "a"
  std::string output = run("{\"id\": 1, \"text\": \"le\"}\n{\"id\": 2, \"text\": \"a\"}\n", {});
  EXPECT_EQ(output.find("{\"id\":1,\"tokens\":[\"le\"],\"tags\":[\"O\"]"), 0u) << output;
  std::string second = output.substr(output.find('\n') + 1);
  EXPECT_EQ(second, std::string("{\"id\":2,\"line\":2,") + kExpected);
  fake.charWeights[2] = 100;
  fake.bias[4] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(run("{\"text\": \"le\"}\n", {}), std::string("{\"id\":null,\"line\":1,") + kExpected);
}

TEST_F(PostPipelineTest, ConllErrorsKeepTheirPlace) {
  PipelineOptions options;
  options.outputFormat = PostFormat::Conll;
  EXPECT_EQ(
      run("Adele\tO\n\nNew\tO\nYork\n\nYork\tO\n", options, PostFormat::Conll),
      "Adele\tO\tB-PER\n\n"
      "# error line 3: expected a tag in every line of the post or in none, found none in line 4"
      "\n\n"
      "York\tO\tI-LOC\n\n");
  EXPECT_EQ(complaints, std::vector<std::string>{"line 3: expected a tag in every line of the post "
                                                 "or in none, found none in line 4"});
}

TEST_F(PostPipelineTest, UsesTheHashtagNetwork) {
  constexpr char kHashtags[] = "{\"id\": 1, \"text\": \"#abAb\"}\n"
                               "{\"id\": 2, \"text\": \"#AbaX #baA\"}\n";
  std::string output = run(kHashtags, {});
  EXPECT_NE(output.find(R"("hashtags":[{"hashtag":"#abAb","words":["ab","ab"]}],)"
                        R"("hashtag_source":"network")"),
            std::string::npos)
      << output;
  EXPECT_NE(output.find(R"("hashtags":[{"hashtag":"#AbaX","words":["aba","x"],"source":"case"},)"
                        R"({"hashtag":"#baA","words":["b","aa"]}],"hashtag_source":"network")"),
            std::string::npos)
      << output;
  givesFeatures = true;
  output = run(kHashtags, {});
  EXPECT_NE(output.find(R"("hashtag_words":["ab"])"), std::string::npos) << output;
  EXPECT_NE(output.find(R"("hashtag_words":["aba","x","b","aa"])"), std::string::npos) << output;

  fake.model.function_count = 4;
  givesFeatures = false;
  output = run(kHashtags, {});
  EXPECT_NE(output.find(R"("words":["ba","a"]}],"hashtag_source":"case")"), std::string::npos)
      << output;
}

TEST_F(PostPipelineTest, APostWhoseHashtagsFailIsTheOnlyError) {
  fake.functions[4].workspace = [](const trimod_tensor *inputs) -> std::int64_t {
    return inputs[0].shape[0] > 3 ? -1 : 64;
  };
  std::string output = run("{\"id\": 1, \"text\": \"#ab\"}\n"
                           "{\"id\": 2, \"text\": \"#abab\"}\n",
                           {});
  EXPECT_NE(output.find("{\"id\":1,\"tokens\""), std::string::npos) << output;
  EXPECT_NE(output.find("{\"id\":2,\"line\":2,\"error\":\"function 'segment': no memory"),
            std::string::npos)
      << output;
}

TEST_F(PostPipelineTest, BatchesHaveABoundedNumberOfPostsAndTokens) {
  auto countCalls = [&](std::size_t posts, std::size_t tokens) {
    std::string line = "{\"text\": \"";
    for (std::size_t i = 0; i < tokens; ++i)
      line += "a ";
    std::string lines;
    for (std::size_t i = 0; i < posts; ++i)
      lines += line + "\"}\n";
    int before = fakeCallCount();
    run(lines, {});
    return fakeCallCount() - before;
  };
  EXPECT_EQ(countCalls(32, 1), 1);
  EXPECT_EQ(countCalls(33, 1), 2);
  EXPECT_EQ(countCalls(65, 1), 3);
  EXPECT_EQ(countCalls(3, 10000), 3);
  EXPECT_EQ(countCalls(4, 5000), 2);
}

TEST_F(PostPipelineTest, TheCInterfaceTagsABuffer) {
  char error[32] = "";
  trimod_tagger *tagger = trimod_tagger_create(&fake.model, nullptr, 0, error, sizeof error);
  ASSERT_NE(tagger, nullptr) << error;
  std::string output;
  auto append = [](void *context, const char *bytes, size_t size) {
    static_cast<std::string *>(context)->append(bytes, size);
    return 0;
  };
  EXPECT_EQ(
      trimod_tagger_run(tagger, kPosts, sizeof kPosts - 1, append, &output, error, sizeof error),
      0);
  EXPECT_EQ(output, run(kPosts, {}));
  auto stop = [](void *, const char *, size_t) { return 1; };
  EXPECT_NE(
      trimod_tagger_run(tagger, kPosts, sizeof kPosts - 1, stop, nullptr, error, sizeof error), 0);
  EXPECT_STREQ(error, "stopped by the caller");
  trimod_tagger_destroy(tagger);
  EXPECT_EQ(trimod_tagger_create(nullptr, nullptr, 0, error, sizeof error), nullptr);
  EXPECT_STREQ(error, "expected an artefact of interfa"); // cut to the buffer
}

// With weights from a file, which the copies share and which outlive the first tagger.
TEST_F(PostPipelineTest, CopiesOfATaggerServeThreads) {
  std::string expected = run(kPosts, {});
  std::string path = testing::TempDir() + "tagger-copies.safetensors";
  std::ofstream(path, std::ios::binary) << fakeWeightsFile();
  FakeModel external(/*isEmbedded=*/false);
  const char *weights = path.c_str();
  char error[256] = "";
  trimod_tagger *first = trimod_tagger_create(&external.model, &weights, 1, error, sizeof error);
  ASSERT_NE(first, nullptr) << error;
  std::vector<trimod_tagger *> copies;
  for (int i = 0; i < 3; ++i)
    copies.push_back(trimod_tagger_copy(first));
  trimod_tagger_destroy(first);
  std::remove(path.c_str());
  std::vector<std::string> outputs(copies.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < copies.size(); ++i)
    threads.emplace_back([&, i] {
      auto append = [](void *context, const char *bytes, size_t size) {
        static_cast<std::string *>(context)->append(bytes, size);
        return 0;
      };
      for (int round = 0; round < 10; ++round) {
        outputs[i].clear();
        EXPECT_EQ(trimod_tagger_run(copies[i], kPosts, sizeof kPosts - 1, append, &outputs[i],
                                    nullptr, 0),
                  0);
      }
      trimod_tagger_destroy(copies[i]);
    });
  for (std::thread &thread : threads)
    thread.join();
  for (const std::string &output : outputs)
    EXPECT_EQ(output, expected);
}

} // namespace
