#include "runtime/Tokenizer.h"

#include "runtime/Unicode.h"

#include <gtest/gtest.h>

#include <random>

using namespace trimod;

namespace {

using Words = std::vector<std::string>;

Words words(std::string_view text) {
  Result<std::vector<Token>> tokens = tokenize(text);
  if (!tokens)
    return {"error: " + tokens.error().message};
  Words result;
  for (const Token &token : *tokens)
    result.push_back(token.text);
  return result;
}

std::size_t countCodePoints(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count)
    text.remove_prefix(firstCodePoint(text).bytes);
  return count;
}

TEST(Tokenizer, SplitsWordsAndPunctuation) {
  EXPECT_EQ(words("Hello, world!"), (Words{"Hello", ",", "world", "!"}));
  EXPECT_EQ(words("Obama's don’t post-Katrina -x y-"),
            (Words{"Obama", "'", "s", "don", "’", "t", "post-Katrina", "-", "x", "y", "-"}));
  EXPECT_EQ(words("wait... no.. ok."), (Words{"wait", "...", "no", "..", "ok", "."}));
  EXPECT_EQ(words("!!"), (Words{"!", "!"}));
  EXPECT_EQ(words("snake_case 4th 3.5"), (Words{"snake_case", "4th", "3", ".", "5"}));
  EXPECT_EQ(words(""), Words{});
  EXPECT_EQ(words(" \t\r\n\xC2\xA0\xE2\x80\x8B\xEF\xBB\xBF"), Words{});
}

TEST(Tokenizer, KeepsLinksMentionsAndHashtagsWhole) {
  EXPECT_EQ(words("RT @user_1: see https://t.co/aB1?x=1&y=2, or (http://t.co/c)."),
            (Words{"RT", "@user_1", ":", "see", "https://t.co/aB1?x=1&y=2", ",", "or", "(",
                   "http://t.co/c", ")", "."}));
  EXPECT_EQ(words("WWW.Example.com/a_(b) HTTP://X.y"),
            (Words{"WWW.Example.com/a_(b)", "HTTP://X.y"}));
  EXPECT_EQ(words("http://t.co/a😂 http:// www."),
            (Words{"http://t.co/a", "😂", "http", ":", "/", "/", "www", "."}));
  EXPECT_EQ(words("#NewYork #2016 ##a # @ @日本"),
            (Words{"#NewYork", "#2016", "#", "#a", "#", "@", "@", "日", "本"}));
  EXPECT_EQ(words("#東京タワー行った #café_au_lait!"),
            (Words{"#東京タワー行った", "#café_au_lait", "!"}));
}

TEST(Tokenizer, KnowsEmoticonsButNotInsideTimesAndLists) {
  EXPECT_EQ(words("hi :-) ;) =D :'( <3 </3 ^_^ -_- :/"),
            (Words{"hi", ":-)", ";)", "=D", ":'(", "<3", "</3", "^_^", "-_-", ":/"}));
  EXPECT_EQ(words("good:)"), (Words{"good", ":)"}));
  EXPECT_EQ(words("at 12:30 a:Day x:/y <30"),
            (Words{"at", "12", ":", "30", "a", ":", "Day", "x", ":", "/", "y", "<", "30"}));
}

TEST(Tokenizer, KeepsWhatReadsAsOneCharacterTogether) {
  EXPECT_EQ(words("👍🏽👩‍👩‍👧🇩🇪🇫🇷❤️1️⃣#️⃣"),
            (Words{"👍🏽", "👩‍👩‍👧", "🇩🇪", "🇫🇷", "❤️", "1️⃣", "#️⃣"}));
  EXPECT_EQ(words("go🏀now ℹ️"), (Words{"go", "🏀", "now", "ℹ️"}));
  // e and a combining acute accent; a mark that stands alone is no part of the space before it.
  EXPECT_EQ(words("cafe\xCC\x81 x"), (Words{"cafe\xCC\x81", "x"}));
  EXPECT_EQ(words("a \xCC\x81"), (Words{"a", "\xCC\x81"}));
  EXPECT_EQ(words("हिन्दी ภาษาไทย 한국어"), (Words{"हिन्दी", "ภาษาไทย", "한국어"}));
}

TEST(Tokenizer, SplitsIdeographs) {
  EXPECT_EQ(words("東京タワーへ行くABC"),
            (Words{"東", "京", "タ", "ワ", "ー", "へ", "行", "く", "ABC"}));
  EXPECT_EQ(words("ｶﾞ。"), (Words{"ｶﾞ", "。"}));
}

TEST(Tokenizer, CountsOffsetsInBytesAndCodePoints) {
  std::string text = "é😂 #Ab";
  Result<std::vector<Token>> tokens = tokenize(text);
  ASSERT_TRUE(bool(tokens));
  ASSERT_EQ(tokens->size(), 3u);
  const TextSpan &emoji = (*tokens)[1].span, &tag = (*tokens)[2].span;
  EXPECT_EQ(emoji.beginByte, 2u);
  EXPECT_EQ(emoji.endByte, 6u);
  EXPECT_EQ(emoji.beginCodePoint, 1u);
  EXPECT_EQ(emoji.endCodePoint, 2u);
  EXPECT_EQ(tag.beginByte, 7u);
  EXPECT_EQ(tag.beginCodePoint, 3u);
  EXPECT_EQ(tag.endCodePoint, 6u);
}

TEST(Tokenizer, ReadsEntitiesWithoutLosingOffsets) {
  std::string text = "AT&amp;T &lt;3 &gt;&amp;lt; &x;";
  EXPECT_EQ(words(text), (Words{"AT", "&", "T", "<3", ">", "&", "lt", ";", "&", "x", ";"}));
  Result<std::vector<Token>> tokens = tokenize(text);
  const TextSpan &heart = (*tokens)[3].span;
  EXPECT_EQ(text.substr(heart.beginByte, heart.endByte - heart.beginByte), "&lt;3");
  EXPECT_EQ(heart.endCodePoint - heart.beginCodePoint, 5u);
}

TEST(Tokenizer, NamesTheFirstByteThatIsNotUtf8) {
  EXPECT_EQ(words("ab\xff"), Words{"error: expected UTF-8, found an invalid sequence at byte 2"});
  EXPECT_EQ(words("é\xC3"), Words{"error: expected UTF-8, found an invalid sequence at byte 2"});
  EXPECT_EQ(words("\xED\xA0\x80"), // a surrogate
            Words{"error: expected UTF-8, found an invalid sequence at byte 0"});
}

TEST(Tokenizer, TakesLongTextAndLongWords) {
  std::string text;
  for (int i = 0; i < 10000; ++i)
    text += "word ";
  EXPECT_EQ(words(text).size(), 10000u);
  std::string word(10000, 'x');
  EXPECT_EQ(words(word), Words{word});
}

// Long texts are read piece by piece. What is found must not depend on where a piece ends.
TEST(Tokenizer, ReadsLongTextsAsShortOnes) {
  const std::string piece =
      "12:30 #AaBb_c 👍🏽 don't :) ^^ a...:D http://x.y/(a) ;-P e\xCC\x81 &lt;3\n";
  Result<std::vector<Token>> expected = tokenize(piece);
  ASSERT_TRUE(bool(expected));
  std::string text;
  constexpr std::size_t kPieces = 1000;
  for (std::size_t i = 0; i < kPieces; ++i)
    text += piece;
  Result<std::vector<Token>> found = tokenize(text);
  ASSERT_TRUE(bool(found));
  ASSERT_EQ(found->size(), kPieces * expected->size());
  for (std::size_t i = 0; i < found->size(); ++i) {
    const Token &token = (*found)[i], &first = (*expected)[i % expected->size()];
    std::size_t repetition = i / expected->size();
    ASSERT_EQ(token.text, first.text) << i;
    ASSERT_EQ(token.span.beginByte, first.span.beginByte + repetition * piece.size());
    ASSERT_EQ(token.span.endCodePoint,
              first.span.endCodePoint + repetition * countCodePoints(piece));
  }
}

TEST(Tokenizer, StopsAtTheLimit) {
  Result<std::vector<Token>> tokens = tokenize("a b c d", 2);
  ASSERT_TRUE(bool(tokens));
  ASSERT_EQ(tokens->size(), 2u);
  EXPECT_EQ((*tokens)[1].text, "b");
  EXPECT_EQ((*tokens)[1].span.endByte, 3u);
  EXPECT_TRUE(tokenize("a b", 0)->empty());
  EXPECT_FALSE(bool(tokenize("a b \xff", 1))); // all of the text must be UTF-8
}

// Whatever the text: tokens are not empty, in order, inside the text, both counts agree, and
// nothing visible is lost.
TEST(Tokenizer, CoversRandomTexts) {
  const Words pieces = {"a",     "B",       "7", "_",  " ",  "\n", "#",  "@",   ":", ")",       "-",
                        "'",     "é",       "é", "東", "ー", "👍", "🏽", "‍", "🇩", "🇪",       "️",
                        "&amp;", "http://", ".", "<",  "3",  "👩", "⃣",   "​", "Σ", "\xC2\xAD"};
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (unsigned i = random() % 20; i > 0; --i)
      text += pieces[random() % pieces.size()];
    Result<std::vector<Token>> tokens = tokenize(text);
    ASSERT_TRUE(bool(tokens));
    std::size_t end = 0;
    auto checkGap = [&](std::size_t begin) {
      for (std::string_view gap = std::string_view(text).substr(end, begin - end); !gap.empty();) {
        CodePoint next = firstCodePoint(gap);
        EXPECT_TRUE(isInvisible(next.value)) << text;
        gap.remove_prefix(next.bytes);
      }
    };
    for (const Token &token : *tokens) {
      ASSERT_FALSE(token.text.empty());
      ASSERT_LT(token.span.beginByte, token.span.endByte);
      ASSERT_LE(end, token.span.beginByte);
      checkGap(token.span.beginByte);
      end = token.span.endByte;
      ASSERT_LE(end, text.size());
      EXPECT_EQ(token.span.beginCodePoint, countCodePoints(text.substr(0, token.span.beginByte)));
      EXPECT_EQ(token.span.endCodePoint, countCodePoints(text.substr(0, end)));
    }
    checkGap(text.size());
  }
}

} // namespace
