#include "runtime/HashtagDecoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace trimod;

namespace {

using Words = std::vector<std::string>;

constexpr std::string_view kVocabulary =
    R"({"words": ["<pad>", "<unk>", "<url>", "<user>", "<num>", "a", "is", "find", "grave", "lame",
                  "brett", "ab", "b"],
        "chars": ["<pad>", "<unk>"], "labels": ["O"]})";

class HashtagDecoderTest : public testing::Test {
protected:
  Words decode(std::string_view hashtag, std::vector<float> endsWord) {
    return decoder.decode(hashtag, endsWord.data());
  }
  // The network has no opinion.
  Words decodeUnsure(std::string_view hashtag) {
    return decode(hashtag, std::vector<float>(hashtag.size(), 0.5f));
  }

  std::string image = *buildVocabularyImage({{"test", kVocabulary}});
  HashtagDecoder decoder{*VocabularyView::open(image)};
};

TEST_F(HashtagDecoderTest, FollowsANetworkThatIsSure) {
  EXPECT_EQ(decode("#aBc", {0, 1, 1}), (Words{"ab", "c"}));
  EXPECT_EQ(decode("#aBc", {0, 1, 0}), (Words{"ab", "c"})); // the end is certain
  EXPECT_EQ(decode("#ÉÉb", {1, 0, 0}), (Words{"é", "éb"}));
  EXPECT_EQ(decode("#findagrave", {0, 0, 0, 0, 0, 0, 0, 0, 0, 1}), Words{"findagrave"});
}

TEST_F(HashtagDecoderTest, TakesUsualWordsWhereItIsNot) {
  EXPECT_EQ(decodeUnsure("#FindAGrave"), (Words{"find", "a", "grave"}));
  EXPECT_EQ(decodeUnsure("#brettislame"), (Words{"brett", "is", "lame"}));
  EXPECT_EQ(decodeUnsure("#xyzzy"), Words{"xyzzy"});
  EXPECT_EQ(decodeUnsure("#ab"), Words{"ab"}); // one usual word rather than two
}

TEST_F(HashtagDecoderTest, AnUnderscoreEndsAWordAndIsNone) {
  EXPECT_EQ(decode("#_a_b__", {0, 0, 1, 1, 0, 1}), (Words{"a", "b"}));
  EXPECT_EQ(decode("#a_bc_d", {0, 1, 1, 0, 0, 1}), (Words{"a", "b", "c", "d"}));
  EXPECT_EQ(decode("#__", {0, 1}), Words{});
  EXPECT_EQ(decode("#", {}), Words{});
}

// Against all segmentations.
TEST_F(HashtagDecoderTest, FindsTheBestOfAll) {
  std::mt19937 random(7);
  const Words known = {"a", "is", "find", "grave", "lame", "brett", "ab", "b"};
  auto rowOf = [&](const std::string &word) {
    for (std::size_t i = 0; i < known.size(); ++i)
      if (known[i] == word)
        return int(i) + 5;
    return -1;
  };
  for (int round = 0; round < 200; ++round) {
    std::string text;
    std::size_t length = 1 + random() % 9;
    for (std::size_t i = 0; i < length; ++i)
      text += "abis7"[random() % 5];
    std::vector<float> endsWord(length);
    for (float &p : endsWord)
      p = float(random() % 1000) / 999;
    double best = -INFINITY;
    Words bestWords;
    for (unsigned cuts = 0; cuts < 1u << (length - 1); ++cuts) {
      double score = 0;
      Words words(1);
      for (std::size_t i = 0; i < length; ++i) {
        words.back() += text[i];
        if (i + 1 == length)
          break;
        double p = std::min(std::max(double(endsWord[i]), 1e-6), 1 - 1e-6);
        bool cut = cuts >> i & 1;
        score += std::log(cut ? p : 1 - p);
        if (cut)
          words.emplace_back();
      }
      for (const std::string &word : words) {
        int row = rowOf(word);
        bool isNumber = word.find_first_not_of('7') == std::string::npos;
        score += 0.2 * (row >= 0   ? -std::log(row + 10.0)
                        : isNumber ? -11
                                   : -10 - 1.5 * double(word.size()));
      }
      if (score > best)
        best = score, bestWords = words;
    }
    EXPECT_EQ(decode("#" + text, endsWord), bestWords) << text;
  }
}

} // namespace
