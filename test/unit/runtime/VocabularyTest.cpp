#include "runtime/Vocabulary.h"

#include <gtest/gtest.h>

#include <cstring>

using namespace trimod;

namespace {

std::string source(const std::string &moreWords, const std::string &moreChars = "",
                   const std::string &labels = R"("O", "B-PER", "I-PER")",
                   const std::string &rest = "") {
  return R"({"words": ["<pad>", "<unk>", "<url>", "<user>", "<num>")" + moreWords +
         R"(], "chars": ["<pad>", "<unk>")" + moreChars + R"(], "labels": [)" + labels + "]" +
         rest + "}";
}

Result<std::string> build(const std::string &json) {
  return buildVocabularyImage({{"vocabulary.json", json}});
}

std::string refusal(const std::string &json) {
  Result<std::string> image = build(json);
  return image ? "accepted" : image.error().message;
}

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

std::int32_t wordId(const VocabularyView &view, std::string_view token) {
  WordKeys keys;
  keys.compute(token);
  return view.wordId(keys);
}

TEST(Vocabulary, FindsIdsOfWordsCharactersAndLabels) {
  Result<std::string> image =
      build(source(R"(, "new", "york", "@bob", "rio")", R"(, "a", "é", "😂")", R"("O", "B-LOC")",
                   R"(, "options": {"max_chars": 5, "visual_words": 0})"));
  ASSERT_TRUE(bool(image)) << image.error().message;
  Result<VocabularyView> view = VocabularyView::open(*image);
  ASSERT_TRUE(bool(view)) << view.error().message;
  EXPECT_EQ(wordId(*view, "New"), 5);
  EXPECT_EQ(wordId(*view, "@Bob"), 7);
  EXPECT_EQ(wordId(*view, "@alice"), 3);
  EXPECT_EQ(wordId(*view, "#Rio"), 8);
  EXPECT_EQ(wordId(*view, "42"), 4);
  EXPECT_EQ(wordId(*view, "http://x"), 2);
  EXPECT_EQ(wordId(*view, "unseen"), kUnknownId);
  EXPECT_EQ(view->characterId("é"), 3);
  EXPECT_EQ(view->characterId("😂"), 4);
  EXPECT_EQ(view->characterId("z"), kUnknownId);
  ASSERT_EQ(view->labels().size(), 2u);
  EXPECT_EQ(view->labels()[1], "B-LOC");
  EXPECT_EQ(view->options().maxCharacters, 5u);
  EXPECT_EQ(view->options().maxVisualWords, 0u);
  EXPECT_EQ(view->options().maxHashtagWords, 8u);
}

TEST(Vocabulary, FindsEveryOneOfManyWords) {
  std::string more;
  for (int i = 0; i < 5000; ++i)
    more += ", \"word" + std::to_string(i) + "\"";
  Result<std::string> image = build(source(more));
  ASSERT_TRUE(bool(image)) << image.error().message;
  EXPECT_EQ(*image, *build(source(more)));
  Result<VocabularyView> view = VocabularyView::open(*image);
  for (int i = 0; i < 5000; ++i)
    ASSERT_EQ(view->words().find("word" + std::to_string(i)), 5 + i);
  EXPECT_EQ(view->words().find("word5000"), -1);
  EXPECT_EQ(view->words().find(""), -1);
}

TEST(Vocabulary, RefusesSourcesThatAreNone) {
  EXPECT_TRUE(contains(refusal("{"), "vocabulary.json: malformed JSON"));
  EXPECT_TRUE(contains(refusal("[]"), "expected an object, found an array"));
  EXPECT_TRUE(
      contains(refusal("{}"), "expected 'words' to be an array of strings, found no such key"));
  EXPECT_TRUE(contains(refusal(R"({"words": {}})"),
                       "expected 'words' to be an array of strings, found an object"));
  EXPECT_EQ(refusal("{\"words\": 1e999}"),
            "vocabulary.json: malformed JSON at byte 15: number overflow parsing '1e999'");
  EXPECT_TRUE(
      contains(refusal(source(", 7")), "'words' element 5: expected a string, found a number"));
  EXPECT_TRUE(
      contains(refusal(source(R"(, "")")), "'words' element 5: expected a string that is not"));
  EXPECT_TRUE(contains(refusal(source(R"(, "a", "b", "a")")),
                       "'words': element 7: 'a' stands already at element 5"));
  EXPECT_TRUE(contains(refusal(R"({"words": ["<pad>"], "chars": [], "labels": []})"),
                       "'words' element 1: expected '<unk>', found the end of the list"));
  EXPECT_TRUE(contains(refusal(source("", R"(, "ab")")),
                       "'chars' element 2: expected one code point, found 'ab'"));
  EXPECT_TRUE(contains(refusal(source("", "", R"("O", "PER")")),
                       "'labels' element 1: expected O, B-X or I-X, found 'PER'"));
  EXPECT_TRUE(contains(refusal(source("", "", "")), "at least one label"));
  EXPECT_TRUE(contains(refusal(source("", "", R"("O")", R"(, "options": {"max_chars": -1})")),
                       "option 'max_chars': expected a number"));
}

TEST(Vocabulary, JoinsFiles) {
  const std::string hashtags = R"({"hashtag_characters": ["<pad>", "<unk>", "b", "é"], "note": 1})";
  const std::string words = source("", R"(, "a")", R"("O")", R"(, "note": 2)");
  Result<std::string> image = buildVocabularyImage({{"w.json", words}, {"h.json", hashtags}});
  ASSERT_TRUE(bool(image)) << image.error().message;
  EXPECT_EQ(*image, *buildVocabularyImage({{"h.json", hashtags}, {"w.json", words}}));
  Result<VocabularyView> view = VocabularyView::open(*image);
  ASSERT_TRUE(bool(view)) << view.error().message;
  EXPECT_EQ(view->characterId("a"), 2);
  const StringTable &characters = view->list(VocabularyList::HashtagCharacters);
  EXPECT_EQ(characters.find("a"), -1);
  EXPECT_EQ(characters.find("b"), 2);
  EXPECT_EQ(characters.find("é"), 3);
  EXPECT_EQ(characters.size(), 4u);
}

TEST(Vocabulary, MayHaveNoCharactersOfHashtags) {
  Result<std::string> image = build(source(""));
  Result<VocabularyView> view = VocabularyView::open(*image);
  ASSERT_TRUE(bool(view)) << view.error().message;
  EXPECT_EQ(view->list(VocabularyList::HashtagCharacters).size(), 0u);
  EXPECT_EQ(view->list(VocabularyList::HashtagCharacters).find("a"), -1);
}

TEST(Vocabulary, NamesTheFileThatIsWrong) {
  auto refuse = [](const std::string &first, const std::string &second) {
    Result<std::string> image = buildVocabularyImage({{"a.json", first}, {"b.json", second}});
    return image ? "accepted" : image.error().message;
  };
  EXPECT_EQ(refuse(source(""), R"({"labels": ["O"]})"),
            "vocabulary key 'labels': expected it in one file, found it in a.json and in b.json");
  EXPECT_EQ(refuse(source("", "", R"("O")", R"(, "options": {})"), R"({"options": {}})"),
            "vocabulary key 'options': expected it in one file, found it in a.json and in b.json");
  EXPECT_EQ(refuse(source(""), R"({"hashtag_characters": ["<pad>", "<unk>", "ab"]})"),
            "b.json: 'hashtag_characters' element 2: expected one code point, found 'ab'");
  EXPECT_EQ(refuse(source(""), R"({"hashtag_characters": []})"),
            "b.json: 'hashtag_characters' element 0: expected '<pad>', found the end of the list");
  EXPECT_EQ(refuse(source(""), R"({"hashtag_characters": null})"),
            "b.json: expected 'hashtag_characters' to be an array of strings, found null");
  EXPECT_EQ(refuse(source(""), R"({"hashtag_characters": ["<pad>", "<unk>", "a", "a"]})"),
            "b.json: 'hashtag_characters': element 3: 'a' stands already at element 2");
  EXPECT_EQ(refuse(source(""), "[]"), "b.json: expected an object, found an array");
  EXPECT_EQ(refuse("{}", R"({"words": ["<pad>", "<unk>", "<url>", "<user>", "<num>"]})"),
            "a.json, b.json: expected 'chars' to be an array of strings, found no such key");
}

TEST(Vocabulary, RefusesDamagedImages) {
  std::string image = *build(
      source(R"(, "new", "york")", "", R"("O")", R"(, "hashtag_characters": ["<pad>", "<unk>"])"));
  auto opens = [](const std::string &bytes) { return bool(VocabularyView::open(bytes)); };
  ASSERT_TRUE(opens(image));
  EXPECT_FALSE(opens(""));
  EXPECT_FALSE(opens(image + "1234"));
  for (std::size_t size = 0; size < image.size(); ++size)
    EXPECT_FALSE(opens(image.substr(0, size))) << size;
  // No single wrong number may lead a look-up outside, or around for ever.
  for (std::size_t at = 0; at + 4 <= image.size(); at += 4)
    for (std::uint32_t value : {0u, 1u, 7u, 0x7fffffffu, 0xffffffffu}) {
      std::string damaged = image;
      std::memcpy(&damaged[at], &value, 4);
      Result<VocabularyView> view = VocabularyView::open(damaged);
      if (!view)
        continue;
      view->words().find("york");
      view->characters().find("y");
      view->list(VocabularyList::HashtagCharacters).find("y");
      for (std::uint32_t id = 0; id < view->labels().size(); ++id)
        EXPECT_LE(view->labels()[id].size(), damaged.size());
    }
}

} // namespace
