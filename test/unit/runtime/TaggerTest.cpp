#include "runtime/Tagger.h"

#include "FakeModel.h"
#include "runtime/PostReader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace trimod;
using namespace trimod::test;

namespace {

class TaggerTest : public testing::Test {
protected:
  void SetUp() override {
    if (detectIsaLevel() < TRIMOD_X86_64_V3)
      GTEST_SKIP() << "needs x86-64-v3";
  }

  void add(std::string_view line) {
    posts.emplace_back();
    MaybeError error = parsePost(line, posts.back());
    ASSERT_FALSE(error) << error->message;
  }

  // All posts at once.
  void tag(Tagger &tagger) {
    features.clear();
    for (const Post &post : posts)
      features.push_back(computeFeatures(post, tagger.textOptions()));
    batch.clear();
    for (std::size_t i = 0; i < posts.size(); ++i)
      batch.push_back({&posts[i], &features[i]});
    MaybeError error = tagger.tag(batch, results);
    ASSERT_FALSE(error) << error->message;
  }

  std::string refusal(const FakeModel &fake, const TaggerWishes &wishes = {}) {
    Result<Tagger> tagger = Tagger::create(&fake.model, {}, wishes);
    return tagger ? "accepted" : tagger.error().message;
  }

  std::vector<Post> posts;
  std::vector<PostFeatures> features;
  std::vector<TaggerInput> batch;
  std::vector<PostTags> results;
};

TEST_F(TaggerTest, LaysOutABatchWithoutPadding) {
  FakeModel fake(true);
  Result<Tagger> tagger = Tagger::create(&fake.model, {});
  ASSERT_TRUE(bool(tagger)) << tagger.error().message;
  add(R"({"text": "Adele in New York #RedCar #Red", "caption": "a red car"})");
  add(R"({"text": ""})");
  add(R"({"tokens": ["york", ""], "objects": ["dog"]})");
  int calls = fakeCallCount();
  tag(*tagger);
  EXPECT_EQ(fakeCallCount(), calls + 1);
  using Tags = std::vector<std::string_view>;
  EXPECT_EQ(results[0].tags, (Tags{"B-PER", "O", "B-LOC", "I-LOC", "O", "O"}));
  EXPECT_EQ(results[1].tags, Tags{});
  EXPECT_EQ(results[2].tags, (Tags{"I-LOC", "O"}));
  // 6 tokens, 5 + 2 + 3 + 4 + 7 + 4 characters, 2 visual words, 1 hashtag: #Red adds nothing to
  // #RedCar.
  EXPECT_EQ(results[0].score, 6 + 100 * 25 + 10000 * 2 + 1000000 * 1);
  EXPECT_EQ(results[1].score, 0);
  // The empty token reads "_".
  EXPECT_EQ(results[2].score, 2 + 100 * 5 + 10000 * 1);
  ASSERT_EQ(results[2].emissions.size(), 10u);
  EXPECT_EQ(results[2].emissions[0], 7 + 1000); // york is word 7
  EXPECT_EQ(results[2].emissions[9], 1 + 5000);
}

TEST_F(TaggerTest, GivesTheSameResultsForAnyBatch) {
  FakeModel fake(true);
  Result<Tagger> tagger = Tagger::create(&fake.model, {});
  add(R"({"text": "Adele #RedCar", "caption": "red"})");
  add(R"({"text": "in New York", "caption": "car"})");
  tag(*tagger);
  std::vector<PostTags> together = {results[0], results[1]};
  std::vector<Post> all = posts;
  for (std::size_t i = 0; i < all.size(); ++i) {
    posts = {all[i]};
    tag(*tagger);
    EXPECT_EQ(results[0].tags, together[i].tags);
    EXPECT_EQ(results[0].score, together[i].score);
    EXPECT_EQ(results[0].emissions, together[i].emissions);
  }
}

TEST_F(TaggerTest, CallsAModelOfOnePostForEach) {
  FakeModel fake(true);
  std::vector<trimod_value> inputs = {fake.inputs[0], fake.inputs[2], fake.inputs[3]};
  std::vector<trimod_value> outputs = {fake.outputs[0]};
  fake.functions[0].inputs = inputs.data();
  fake.functions[0].input_count = 3;
  fake.functions[0].outputs = outputs.data();
  fake.functions[0].output_count = 1;
  fake.functions[0].workspace = nullptr;
  static int calls;
  calls = 0;
  fake.functions[0].entry = [](const trimod_tensor *tensors) {
    ++calls;
    // inputs 3, parameters 3, workspace, labels
    for (std::int64_t i = 0; i < tensors[0].shape[0]; ++i)
      static_cast<std::int32_t *>(tensors[7].data)[i] = tensors[0].shape[0] == 1 ? 1 : 3;
  };
  Result<Tagger> tagger = Tagger::create(&fake.model, {});
  ASSERT_TRUE(bool(tagger)) << tagger.error().message;
  add(R"({"text": "a"})");
  add(R"({"text": "a b"})");
  tag(*tagger);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(results[0].tags, std::vector<std::string_view>{"B-PER"});
  EXPECT_EQ(results[1].tags, (std::vector<std::string_view>{"B-LOC", "B-LOC"}));
  EXPECT_FALSE(results[0].score);
}

TEST_F(TaggerTest, AddsProbabilitiesAndSequencesIfWanted) {
  FakeModel fake(true);
  TaggerWishes wishes;
  wishes.entityProbabilities = true;
  wishes.sequences = 2;
  Result<Tagger> tagger = Tagger::create(&fake.model, {}, wishes);
  ASSERT_TRUE(bool(tagger)) << tagger.error().message;
  add(R"({"tokens": ["Adele", "in", "York"]})");
  add(R"({"tokens": []})");
  add(R"({"tokens": ["new"]})");
  tag(*tagger);
  // P(label) of every token is e^label / sum; a step of 3 in the emissions matters little.
  double sum = 0, p[5];
  for (int label = 0; label < 5; ++label)
    sum += p[label] = std::exp(label);
  for (double &probability : p)
    probability /= sum;
  ASSERT_EQ(results[0].entityProbabilities.size(), 2u);
  // B-PER or, at the start of a post, I-PER; then no I-PER.
  EXPECT_NEAR(results[0].entityProbabilities[0], (p[1] + p[2]) * (1 - p[2]), 1e-4);
  // B-LOC, or I-LOC after neither of the two.
  EXPECT_NEAR(results[0].entityProbabilities[1], p[3] + p[4] * (1 - p[3] - p[4]), 1e-4);
  EXPECT_TRUE(results[1].entityProbabilities.empty());
  ASSERT_EQ(results[2].entityProbabilities.size(), 1u);
  EXPECT_NEAR(results[2].entityProbabilities[0], p[3] + p[4], 1e-4);

  using Tags = std::vector<std::string_view>;
  ASSERT_EQ(results[0].sequences.size(), 2u);
  EXPECT_EQ(results[0].sequences[0].tags, (Tags{"I-LOC", "I-LOC", "I-LOC"}));
  EXPECT_EQ(results[0].sequences[0].score, 15);
  EXPECT_NEAR(*results[0].sequences[0].probability, std::exp(15) / std::pow(sum * std::exp(1), 3),
              1e-2);
  EXPECT_EQ(results[0].sequences[1].tags, (Tags{"B-LOC", "B-LOC", "B-LOC"}));
  ASSERT_EQ(results[1].sequences.size(), 2u);
  EXPECT_EQ(results[1].sequences[0].tags, Tags{});
  EXPECT_EQ(results[1].sequences[0].probability, 1);
  ASSERT_EQ(results[2].sequences.size(), 1u); // there is no second one
}

TEST_F(TaggerTest, AsksOnlyForWhatIsWanted) {
  FakeModel fake(true);
  for (int function : {2, 3})
    fake.functions[function].entry = [](const trimod_tensor *) { FAIL() << "called"; };
  Result<Tagger> tagger = Tagger::create(&fake.model, {});
  add(R"({"text": "Adele"})");
  tag(*tagger);
  EXPECT_TRUE(results[0].entityProbabilities.empty());
  EXPECT_TRUE(results[0].sequences.empty());

  // Probabilities are given where the model can; sequences are an order.
  fake.model.function_count = 2;
  TaggerWishes wishes;
  wishes.entityProbabilities = true;
  EXPECT_EQ(refusal(fake, wishes), "accepted");
  wishes.sequences = 1;
  EXPECT_EQ(refusal(fake, wishes), "expected a model with function 'nbest', found none in 'fake'");
}

TEST_F(TaggerTest, RefusesCrfsThatItCannotServe) {
  TaggerWishes wishes;
  wishes.entityProbabilities = true;
  wishes.sequences = 2;
  {
    FakeModel fake(true);
    wishes.sequences = 3;
    EXPECT_EQ(refusal(fake, wishes), "expected at most the 2 best label sequences, which this "
                                     "model gives, found 3");
    wishes.sequences = 2;
  }
  {
    FakeModel fake(true);
    fake.posteriorOutputs[1].shape[2] = 4;
    EXPECT_EQ(refusal(fake, wishes), "function 'posterior': 'pairs': expected f32[?x5x5], found "
                                     "f32[?x5x4]: the vocabulary has 5 labels");
  }
  {
    FakeModel fake(true);
    fake.functions[2].output_count = 2;
    EXPECT_EQ(refusal(fake, wishes),
              "function 'posterior': expected an output 'log_partition', found none");
  }
  {
    FakeModel fake(true);
    fake.nBestOutputs[1].shape[1] = 4;
    EXPECT_EQ(refusal(fake, wishes), "function 'nbest': expected a fixed number of sequences, "
                                     "found i32[?x2] paths and f32[?x4] scores");
  }
  {
    FakeModel fake(true);
    fake.functions[0].output_count = 2;
    EXPECT_EQ(refusal(fake, wishes),
              "function 'tag': expected an output 'emissions' for 'nbest', found none");
  }
}

TEST_F(TaggerTest, RefusesProbabilitiesOfNothing) {
  FakeModel fake(true);
  fake.functions[2].entry = [](const trimod_tensor *tensors) {
    static_cast<float *>(tensors[5].data)[0] = std::numeric_limits<float>::quiet_NaN();
  };
  TaggerWishes wishes;
  wishes.entityProbabilities = true;
  Result<Tagger> tagger = Tagger::create(&fake.model, {}, wishes);
  add(R"({"text": "Adele"})");
  features.push_back(PostFeatures());
  MaybeError error = tagger->tag({{&posts[0], &features[0]}}, results);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message,
            "function 'posterior': the model gave a log partition that is not finite");
}

TEST_F(TaggerTest, RefusesModelsThatItCannotServe) {
  {
    FakeModel fake(true);
    fake.inputs[4].name = "images";
    EXPECT_EQ(refusal(fake), "function 'tag': expected inputs among words, tokens.offsets, chars, "
                             "chars.item_offsets, visual, visual.offsets, hashtags, "
                             "hashtags.item_offsets, hashtags.offsets, tokens, "
                             "token_rows; found 'images'");
  }
  {
    FakeModel fake(true);
    fake.inputs[0].dtype = TRIMOD_INDEX;
    EXPECT_EQ(refusal(fake), "function 'tag': 'words': expected i32[?], found index[?]");
  }
  {
    FakeModel fake(true);
    fake.outputs[2].shape[1] = 9;
    EXPECT_EQ(refusal(fake), "function 'tag': 'emissions': expected f32[?x5], found f32[?x9]: the "
                             "vocabulary has 5 labels");
  }
  {
    FakeModel fake(true);
    fake.functions[0].output_count = 0;
    EXPECT_EQ(refusal(fake), "function 'tag': expected an output 'labels', found none");
  }
  {
    FakeModel fake(true);
    fake.model.vocabulary.size = 0;
    EXPECT_EQ(refusal(fake),
              "expected a model with a vocabulary, found none: compile it with --vocabulary");
  }
}

TEST_F(TaggerTest, RefusesAVocabularyOfAnotherModel) {
  const std::string advice = ": it is of another model";
  for (std::int64_t rows : {9, 11}) {
    FakeModel fake(true);
    fake.inputs[4].index_bound = rows;
    EXPECT_EQ(refusal(fake), "function 'tag': input 'visual': expected a vocabulary of " +
                                 std::to_string(rows) + " words, found 10" + advice);
  }
  {
    FakeModel fake(true);
    fake.inputs[2].index_bound = 5;
    EXPECT_EQ(refusal(fake),
              "function 'tag': input 'chars': expected a vocabulary of 5 characters, found 6" +
                  advice);
  }
  {
    // Numbers that select no rows may be any.
    FakeModel fake(true);
    fake.inputs[2].index_bound = 0;
    EXPECT_EQ(refusal(fake), "accepted");
  }
}

TEST_F(TaggerTest, RefusesLabelsThatDoNotExist) {
  FakeModel fake(true);
  fake.wordLabels[5] = 5;
  Result<Tagger> tagger = Tagger::create(&fake.model, {});
  add(R"({"text": "Adele"})");
  features.push_back(computeFeatures(posts[0], tagger->textOptions()));
  MaybeError error = tagger->tag({{&posts[0], &features[0]}}, results);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "function 'tag': expected labels below 5, found 5");
}

} // namespace
