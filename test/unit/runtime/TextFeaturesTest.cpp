#include "runtime/TextFeatures.h"

#include <gtest/gtest.h>

using namespace trimod;

namespace {

using Words = std::vector<std::string>;

Words keysOf(std::string_view token) {
  WordKeys keys;
  keys.compute(token);
  Words result;
  for (std::size_t i = 0; i < keys.size(); ++i)
    result.emplace_back(keys[i]);
  return result;
}

Post postOf(const Words &tokens) {
  Post post;
  for (const std::string &text : tokens) {
    post.tokens.emplace_back();
    post.tokens.back().text = text;
  }
  return post;
}

TEST(TextFeatures, WordKeysAreInOrderOfPreference) {
  EXPECT_EQ(keysOf("Hello"), Words{"hello"});
  EXPECT_EQ(keysOf("ÉCOLE"), Words{"école"});
  EXPECT_EQ(keysOf("https://t.co/X"), Words{"<url>"});
  EXPECT_EQ(keysOf("HTTP"), Words{"<url>"});
  EXPECT_EQ(keysOf("www.x.de"), Words{"<url>"});
  EXPECT_EQ(keysOf("@Bob"), (Words{"@bob", "<user>"}));
  EXPECT_EQ(keysOf("@"), Words{"@"});
  EXPECT_EQ(keysOf("#Rio2016"), (Words{"#rio2016", "rio2016"}));
  EXPECT_EQ(keysOf("#"), Words{"#"});
  EXPECT_EQ(keysOf("4Th"), (Words{"4th", "<num>"}));
  EXPECT_EQ(keysOf("٣"), (Words{"٣", "<num>"}));
  EXPECT_EQ(keysOf("❤️"), (Words{"❤️", "❤"}));
  EXPECT_EQ(keysOf("👍🏽"), (Words{"👍🏽", "👍"}));
}

TEST(TextFeatures, EveryTokenHasAKeyAndAForm) {
  EXPECT_EQ(keysOf(""), Words{"_"});
  EXPECT_EQ(characterForm("", 16), "_");
  EXPECT_EQ(keysOf("\xEF\xB8\x8F"), Words{"\xEF\xB8\x8F"}); // a variation selector alone
}

TEST(TextFeatures, CharacterFormsAreCutAndLinksReadTheSame) {
  EXPECT_EQ(characterForm("Hello", 16), "Hello");
  EXPECT_EQ(characterForm("abcdefghijklmnopqrst", 16), "abcdefghijklmnop");
  EXPECT_EQ(characterForm("éééé", 3), "ééé");
  EXPECT_EQ(characterForm("HTTPS://x", 16), "http");
  EXPECT_EQ(characterForm("htt", 16), "htt");
}

TEST(TextFeatures, SplitsHashtagsAtCaseAndDigits) {
  EXPECT_EQ(splitHashtag("#MadeInUSA2016"), (Words{"made", "in", "usa", "2016"}));
  EXPECT_EQ(splitHashtag("#HTMLPage"), (Words{"html", "page"}));
  EXPECT_EQ(splitHashtag("#GOPDebate"), (Words{"gop", "debate"}));
  EXPECT_EQ(splitHashtag("#nofilter"), Words{"nofilter"});
  EXPECT_EQ(splitHashtag("#ABC"), Words{"abc"});
  EXPECT_EQ(splitHashtag("#A"), Words{"a"});
  EXPECT_EQ(splitHashtag("#a_b__"), (Words{"a", "b"}));
  EXPECT_EQ(splitHashtag("#__"), Words{});
  EXPECT_EQ(splitHashtag("#iPhone6s"), (Words{"i", "phone", "6", "s"}));
  EXPECT_EQ(splitHashtag("#CaféÉcole"), (Words{"café", "école"}));
  EXPECT_EQ(splitHashtag("#Cafe\xCC\x81"
                         "Bar"),
            (Words{"cafe\xCC\x81", "bar"}));
  EXPECT_EQ(splitHashtag("#東京Tower"), (Words{"東京", "tower"}));
  EXPECT_EQ(splitHashtag("#"), Words{});
  EXPECT_EQ(splitHashtag("word"), Words{});
}

TEST(TextFeatures, HashtagsOfAPostAreItsTokens) {
  Post post = postOf({"#a", "#", "b", "##c", "#d"});
  EXPECT_EQ(findHashtags(post), (std::vector<std::string_view>{"#a", "##c", "#d"}));
  PostFeatures features = computeFeatures(post, TextOptions(),
                                          {{{"x", "y"}, HashtagSource::Network}, {{"y", "z"}}, {}});
  ASSERT_EQ(features.hashtags.size(), 3u);
  EXPECT_EQ(features.hashtags[0].source, HashtagSource::Network);
  EXPECT_EQ(features.hashtags[1].hashtag, "##c");
  EXPECT_EQ(features.hashtags[1].words, (Words{"y", "z"}));
  EXPECT_EQ(features.hashtags[1].usedWords, Words{"z"});
  EXPECT_EQ(features.hashtags[1].source, HashtagSource::Case);
}

TEST(TextFeatures, HashtagWordsAreDistinctAndLimited) {
  PostFeatures features = computeFeatures(
      postOf({"#FlyEaglesFly", "x", "#FlyHigh", "#AaBbCcDd", "#EeFfGg"}), TextOptions());
  ASSERT_EQ(features.hashtags.size(), 4u);
  EXPECT_EQ(features.hashtags[0].words, (Words{"fly", "eagles", "fly"}));
  EXPECT_EQ(features.hashtags[0].usedWords, (Words{"fly", "eagles"}));
  EXPECT_EQ(features.hashtags[1].usedWords, Words{"high"});
  EXPECT_EQ(features.hashtags[2].usedWords, (Words{"aa", "bb", "cc", "dd"}));
  EXPECT_EQ(features.hashtags[3].words, (Words{"ee", "ff", "gg"}));
  EXPECT_EQ(features.hashtags[3].usedWords, Words{"ee"});
}

TEST(TextFeatures, ContentWordsAreDistinctAndNotStopWords) {
  EXPECT_EQ(contentWords("A man and a dog on the dog's Grass, man!", 4),
            (Words{"man", "dog", "dog's", "grass"}));
  EXPECT_EQ(contentWords("red blue green grey pink", 4), (Words{"red", "blue", "green", "grey"}));
  EXPECT_EQ(contentWords("it's ok 2016 very", 4), Words{});
  EXPECT_EQ(contentWords("ein schönes Mädchen", 4), (Words{"ein", "schönes", "mädchen"}));
  EXPECT_EQ(contentWords("", 4), Words{});
  EXPECT_EQ(contentWords("red", 0), Words{});
}

TEST(TextFeatures, VisualWordsComeFromTheCaptionElseFromObjects) {
  Post post;
  post.objects = {"fire hydrant", "Dog"};
  PostFeatures features = computeFeatures(post, TextOptions());
  EXPECT_EQ(features.visualWords, (Words{"fire", "hydrant", "dog"}));
  EXPECT_STREQ(visualSourceName(features.visualSource), "objects");
  post.caption = "a red car";
  features = computeFeatures(post, TextOptions());
  EXPECT_EQ(features.visualWords, (Words{"red", "car"}));
  EXPECT_STREQ(visualSourceName(features.visualSource), "caption");
  EXPECT_EQ(visualSourceName(computeFeatures(Post(), TextOptions()).visualSource), nullptr);
}

TEST(TextFeatures, OptionsLimitTheWords) {
  TextOptions options;
  options.maxVisualWords = 1;
  options.maxHashtagWords = 0;
  Post post = postOf({"#AaBb"});
  post.caption = "red car";
  PostFeatures features = computeFeatures(post, options);
  EXPECT_EQ(features.visualWords, Words{"red"});
  EXPECT_TRUE(features.hashtags[0].usedWords.empty());
  EXPECT_EQ(features.hashtags[0].words.size(), 2u);
}

} // namespace
