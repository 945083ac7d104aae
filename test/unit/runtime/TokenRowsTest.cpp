#include "runtime/TokenRows.h"

#include "FakeModel.h"
#include "runtime/Tagger.h"

#include <gtest/gtest.h>

using namespace trimod;
using namespace trimod::test;

namespace {

constexpr std::int64_t kLabels = 5;

std::int64_t rowsComputed = 0;

// What the fake "tag.tokens" makes of a token, in every column of its row.
float valueOf(std::int32_t word, const std::int32_t *begin, const std::int32_t *end) {
  float value = float(word);
  for (const std::int32_t *character = begin; character != end; ++character)
    value = value * 7 + float(*character);
  return value;
}

// words, chars, chars.item_offsets, workspace, token_rows
void computeRows(const trimod_tensor *tensors) {
  const auto *words = static_cast<const std::int32_t *>(tensors[0].data);
  const auto *chars = static_cast<const std::int32_t *>(tensors[1].data);
  const auto *offsets = static_cast<const std::int64_t *>(tensors[2].data);
  std::int64_t count = tensors[0].shape[0], width = tensors[4].shape[1];
  EXPECT_EQ(offsets[0], 0);
  EXPECT_EQ(offsets[count], tensors[1].shape[0]);
  EXPECT_EQ(tensors[2].shape[0], count + 1);
  EXPECT_EQ(tensors[4].shape[0], count);
  rowsComputed += count;
  for (std::int64_t i = 0; i < count; ++i)
    std::fill_n(static_cast<float *>(tensors[4].data) + i * width, width,
                valueOf(words[i], chars + offsets[i], chars + offsets[i + 1]));
}

// tokens, token_rows, tokens.offsets, workspace, labels, emissions: the first and the last column.
void tagRows(const trimod_tensor *tensors) {
  const auto *tokens = static_cast<const std::int32_t *>(tensors[0].data);
  const auto *rows = static_cast<const float *>(tensors[1].data);
  std::int64_t count = tensors[0].shape[0], width = tensors[1].shape[1];
  for (std::int64_t i = 0; i < count; ++i) {
    ASSERT_LT(tokens[i], tensors[1].shape[0]);
    const float *row = rows + tokens[i] * width;
    static_cast<std::int32_t *>(tensors[4].data)[i] = 0;
    for (std::int64_t label = 0; label < kLabels; ++label)
      static_cast<float *>(tensors[5].data)[i * kLabels + label] =
          label == 0 ? row[0] : row[width - 1];
  }
}

bool hasMemory = true;

class TokenRowsTest : public testing::Test {
protected:
  void SetUp() override {
    if (detectIsaLevel() < TRIMOD_X86_64_V3)
      GTEST_SKIP() << "needs x86-64-v3";
    rowsComputed = 0;
    hasMemory = true;
    auto value = [](const char *name, trimod_dtype dtype, std::int64_t columns = 0) {
      return trimod_value{name, dtype, columns ? 2 : 1, {-1, columns}, 0};
    };
    tokenInputs = {fake.inputs[0], fake.inputs[2], fake.inputs[3]};
    tokenOutputs = {value("token_rows", TRIMOD_F32, kWidth)};
    inputs = {value("tokens", TRIMOD_I32), value("token_rows", TRIMOD_F32, kWidth), fake.inputs[1]};
    outputs = {fake.outputs[0], fake.outputs[2]};
    functions = {{"tag.tokens", TRIMOD_X86_64_V3, 3, 0, 1, tokenInputs.data(), nullptr,
                  tokenOutputs.data(), computeRows,
                  [](const trimod_tensor *) { return std::int64_t(hasMemory ? 0 : -1); }},
                 {"tag", TRIMOD_X86_64_V3, 3, 0, 2, inputs.data(), nullptr, outputs.data(), tagRows,
                  nullptr}};
    fake.model.functions = functions.data();
    fake.model.function_count = std::uint32_t(functions.size());
  }

  // Tags one post of these tokens; expects what a function without rows would give.
  void expectRight(Tagger &tagger, const std::vector<std::string> &tokens) {
    Post post;
    for (const std::string &token : tokens) {
      post.tokens.emplace_back();
      post.tokens.back().text = token;
    }
    PostFeatures features = computeFeatures(post, tagger.textOptions());
    std::vector<PostTags> results;
    MaybeError error = tagger.tag({{&post, &features}}, results);
    ASSERT_FALSE(error) << error->message;
    PostBatch batch(*VocabularyView::open(fake.vocabularyImage));
    batch.clear();
    batch.add({&post, &features});
    for (std::size_t token = 0; token < tokens.size(); ++token) {
      float expected = valueOf(batch.words()[token], batch.charactersBegin(token),
                               batch.charactersBegin(token + 1));
      EXPECT_EQ(results[0].emissions[token * kLabels], expected) << tokens[token];
      EXPECT_EQ(results[0].emissions[token * kLabels + 1], expected) << tokens[token];
    }
  }

  // 4 MiB are 64 rows.
  static constexpr std::int64_t kWidth = 1 << 14;

  FakeModel fake{true};
  std::vector<trimod_value> tokenInputs, tokenOutputs, inputs, outputs;
  std::vector<trimod_function> functions;
};

TEST_F(TokenRowsTest, ComputesARowOnceForEachDistinctToken) {
  Result<Tagger> tagger = Tagger::create(&fake.model, {});
  ASSERT_TRUE(bool(tagger)) << tagger.error().message;
  expectRight(*tagger, {"Adele", "adele", "Adele", "d", "d"});
  // One word, but other characters: A is unknown.
  EXPECT_EQ(rowsComputed, 3);
  expectRight(*tagger, {"d", "Adele", "e", "https://a.b", "http://c"});
  EXPECT_EQ(rowsComputed, 5);
  expectRight(*tagger, {});
  EXPECT_EQ(rowsComputed, 5);
}

// Rows of one batch stay until it is done, also of one with more tokens than are kept.
TEST_F(TokenRowsTest, GivesTheSameRowsWhateverIsKept) {
  Result<Tagger> tagger = Tagger::create(&fake.model, {});
  ASSERT_TRUE(bool(tagger)) << tagger.error().message;
  std::vector<std::string> all;
  for (int i = 0; i < 300; ++i) {
    std::string token;
    for (int rest = i; token.empty() || rest > 0; rest /= 4)
      token += "adel"[rest % 4];
    all.push_back(token);
  }
  for (std::size_t size : {1, 5, 64, 65, 100, 3}) {
    SCOPED_TRACE(size);
    for (std::size_t begin = 0; begin + size <= 240; begin += size - size / 3)
      expectRight(*tagger, {all.begin() + begin, all.begin() + begin + size});
  }
  EXPECT_GT(rowsComputed, 240);
  // More than one call takes.
  expectRight(*tagger, all);
}

TEST_F(TokenRowsTest, ACopyKeepsRowsOfItsOwn) {
  Result<Tagger> tagger = Tagger::create(&fake.model, {});
  ASSERT_TRUE(bool(tagger)) << tagger.error().message;
  expectRight(*tagger, {"a", "e"});
  Tagger copy = *tagger;
  expectRight(copy, {"d"});
  expectRight(copy, {"e", "a"});
  expectRight(*tagger, {"d", "a", "e"});
  EXPECT_EQ(rowsComputed, 6);
}

TEST_F(TokenRowsTest, ForgetsRowsThatCouldNotBeComputed) {
  Result<Tagger> tagger = Tagger::create(&fake.model, {});
  ASSERT_TRUE(bool(tagger)) << tagger.error().message;
  expectRight(*tagger, {"a"});
  Post post;
  post.tokens.emplace_back();
  post.tokens.back().text = "e";
  PostFeatures features;
  std::vector<PostTags> results;
  hasMemory = false;
  EXPECT_TRUE(tagger->tag({{&post, &features}}, results));
  hasMemory = true;
  expectRight(*tagger, {"e", "a"});
  EXPECT_EQ(rowsComputed, 3);
}

TEST_F(TokenRowsTest, NeedsBothFunctionsToFit) {
  auto refusal = [&] {
    Result<Tagger> tagger = Tagger::create(&fake.model, {});
    return tagger ? "accepted" : tagger.error().message;
  };
  tokenOutputs[0].shape[1] = 8;
  EXPECT_EQ(refusal(), "function 'tag': expected inputs 'tokens' and 'token_rows' as 'tag.tokens' "
                       "gives them, f32[?x8], found f32[?x16384]");
  tokenOutputs[0].shape[1] = kWidth;
  tokenInputs[0].index_bound = 11;
  EXPECT_EQ(refusal(), "function 'tag.tokens': input 'words': expected a vocabulary of 11 words, "
                       "found 10: it is of another model");
  functions[0].name = "other";
  EXPECT_EQ(refusal(), "expected a model with function 'tag.tokens', found none in 'fake'");
}

} // namespace
