#include "runtime/HashtagSegmenter.h"

#include "FakeModel.h"

#include <gtest/gtest.h>

#include <limits>

using namespace trimod;
using namespace trimod::test;

namespace {

using Words = std::vector<std::string>;

int callCount;
std::size_t longestCall;
trimod_entry fakeSegment;

void countedSegment(const trimod_tensor *tensors) {
  ++callCount;
  longestCall = std::max(longestCall, std::size_t(tensors[0].shape[0]));
  fakeSegment(tensors);
}

// Knows a, b, A, _ and é, and splits after b (FakeModel.h).
class HashtagSegmenterTest : public testing::Test {
protected:
  void SetUp() override {
    if (detectIsaLevel() < TRIMOD_X86_64_V3)
      GTEST_SKIP() << "needs x86-64-v3";
    fakeSegment = segment().entry;
    segment().entry = countedSegment;
    callCount = 0;
    longestCall = 0;
  }

  trimod_function &segment() { return fake.functions[4]; }

  Result<HashtagSegmenter> load() {
    model.emplace(std::move(*Model::open(&fake.model, {})));
    return HashtagSegmenter::load(*model, *VocabularyView::open(fake.vocabularyImage));
  }

  MaybeError split(const std::vector<std::string_view> &hashtags) {
    Result<HashtagSegmenter> segmenter = load();
    if (!segmenter)
      return segmenter.error();
    return segmenter->split(hashtags, splits);
  }

  void expectSplit(std::size_t index, const Words &words, HashtagSource source) {
    EXPECT_EQ(splits[index].words, words);
    EXPECT_EQ(splits[index].source, source);
  }

  FakeModel fake{true};
  std::optional<Model> model;
  std::vector<HashtagSplit> splits;
};

TEST_F(HashtagSegmenterTest, SplitsAllHashtagsInOneCall) {
  ASSERT_FALSE(split({"#abAb", "#aa", "#baé_a", "#b"}));
  ASSERT_EQ(splits.size(), 4u);
  expectSplit(0, {"ab", "ab"}, HashtagSource::Network);
  expectSplit(1, {"aa"}, HashtagSource::Network);
  expectSplit(2, {"b", "aé", "a"}, HashtagSource::Network);
  expectSplit(3, {"b"}, HashtagSource::Network);
  EXPECT_EQ(callCount, 1);
  ASSERT_FALSE(split({}));
  EXPECT_TRUE(splits.empty());
  EXPECT_EQ(callCount, 1); // nothing to ask
}

TEST_F(HashtagSegmenterTest, LeavesToCaseWhatTheNetworkCannotRead) {
  std::string longest = "#" + std::string(HashtagSegmenter::kMaxCharacters, 'b');
  std::string longer = longest + "b", digits = "#" + std::string(500, '7');
  ASSERT_FALSE(
      split({longest, longer, "#abC", "#東京Tower", "#👍👍", digits, "##ab", "#ab", "#_"}));
  expectSplit(0, Words(HashtagSegmenter::kMaxCharacters, "b"), HashtagSource::Network);
  expectSplit(1, {longer.substr(1)}, HashtagSource::Case);
  expectSplit(2, {"ab", "c"}, HashtagSource::Case);
  expectSplit(3, {"東京", "tower"}, HashtagSource::Case);
  expectSplit(4, {}, HashtagSource::Case);
  expectSplit(5, {digits.substr(1)}, HashtagSource::Case);
  expectSplit(6, {"ab"}, HashtagSource::Case);
  expectSplit(7, {"ab"}, HashtagSource::Network);
  expectSplit(8, {}, HashtagSource::Case); // no letter
  EXPECT_EQ(callCount, 1);
  callCount = 0;
  ASSERT_FALSE(split({"#東", "#x"}));
  EXPECT_EQ(callCount, 0);
}

TEST_F(HashtagSegmenterTest, BoundsTheMemoryOfACall) {
  std::string hashtag = "#" + std::string(50, 'a') + "ba";
  ASSERT_FALSE(split(std::vector<std::string_view>(1000, hashtag)));
  for (std::size_t i = 0; i < splits.size(); ++i)
    expectSplit(i, {std::string(50, 'a') + "b", "a"}, HashtagSource::Network);
  EXPECT_LE(longestCall, 4200u);
  EXPECT_LE(callCount, 14);
}

TEST_F(HashtagSegmenterTest, CallsAModelOfOneHashtagForEach) {
  segment().input_count = 1;
  segment().entry = [](const trimod_tensor *tensors) {
    ++callCount;
    // characters, parameter, workspace, split
    for (std::int64_t i = 0; i < tensors[0].shape[0]; ++i)
      static_cast<float *>(tensors[3].data)[i] = i == 0;
  };
  ASSERT_FALSE(split({"#abb", "#x", "#ba"}));
  expectSplit(0, {"a", "bb"}, HashtagSource::Network);
  expectSplit(1, {"x"}, HashtagSource::Case);
  expectSplit(2, {"b", "a"}, HashtagSource::Network);
  EXPECT_EQ(callCount, 2);
}

TEST_F(HashtagSegmenterTest, RefusesWhatItCannotServe) {
  auto refusal = [this] {
    Result<HashtagSegmenter> segmenter = load();
    return segmenter ? "accepted" : segmenter.error().message;
  };
  EXPECT_EQ(refusal(), "accepted");
  fake.segmentInputs[0].index_bound = 8;
  EXPECT_EQ(refusal(), "function 'segment': input 'characters': expected a vocabulary of 8 hashtag "
                       "characters, found 7: it is of another model");
  fake.segmentInputs[0].index_bound = 7;
  fake.segmentOutputs[0].dtype = TRIMOD_I32;
  EXPECT_EQ(refusal(), "function 'segment': 'split': expected f32[?], found i32[?]");
  segment().output_count = 0;
  EXPECT_EQ(refusal(), "function 'segment': expected an output 'split', found none");
}

TEST_F(HashtagSegmenterTest, RefusesWhatIsNoProbability) {
  fake.endsWord[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(split({"#b"}));
  MaybeError error = split({"#b", "#a"});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "function 'segment': the model gave a probability that is not finite");
}

} // namespace
