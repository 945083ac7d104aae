#include "runtime/PostReader.h"

#include <gtest/gtest.h>

using namespace trimod;

namespace {

using Words = std::vector<std::string>;

Words tokensOf(const Post &post) {
  Words words;
  for (const Token &token : post.tokens)
    words.push_back(token.text);
  return words;
}

std::vector<PostRecord> readAll(std::string_view text, PostFormat format) {
  PostReader reader(LineReader(text), format);
  std::vector<PostRecord> records;
  for (PostRecord record; reader.next(record);)
    records.push_back(record);
  EXPECT_FALSE(reader.readError());
  return records;
}

std::string refusal(std::string_view line) {
  Post post;
  MaybeError error = parsePost(line, post);
  return error ? error->message : "accepted";
}

TEST(PostReader, ReadsJsonLines) {
  auto records = readAll("\xEF\xBB\xBF{\"id\": \"a\\\"b\", \"text\": \"Hi you\"}\n"
                         "\n"
                         "{\"id\": 18446744073709551615, \"tokens\": [\"New York\", \"\"], "
                         "\"text\": \"x\", \"caption\": \"a cat\", \"objects\": [\"cat\"], "
                         "\"image\": \"a.jpg\", \"more\": {}}\r\n"
                         "{\"text\": null, \"tokens\": [], \"id\": null}",
                         PostFormat::JsonLines);
  ASSERT_EQ(records.size(), 3u);
  for (const PostRecord &record : records)
    EXPECT_FALSE(record.error) << record.error->message;
  EXPECT_EQ(records[0].post.id, R"("a\"b")");
  EXPECT_TRUE(records[0].post.hasText);
  EXPECT_EQ(tokensOf(records[0].post), (Words{"Hi", "you"}));
  EXPECT_EQ(records[1].post.id, "18446744073709551615");
  EXPECT_EQ(records[1].post.line, 3u);
  EXPECT_EQ(tokensOf(records[1].post), (Words{"New York", ""}));
  EXPECT_EQ(records[1].post.caption, "a cat");
  EXPECT_EQ(records[1].post.objects, Words{"cat"});
  EXPECT_EQ(records[1].post.notes.size(), 2u); // text and image are not used
  EXPECT_EQ(records[2].post.id, "null");
  EXPECT_TRUE(records[2].post.tokens.empty());
}

TEST(PostReader, MakesABadLineARecordAndGoesOn) {
  auto records = readAll("{\"id\": 1, \"text\": \"a\"}\n"
                         "{\"id\": 2, \"text\": 7}\n"
                         "{oops\n"
                         "{\"id\": 4, \"text\": \"\xff\"}\n"
                         "{\"id\": 5, \"text\": \"e\"}\n",
                         PostFormat::JsonLines);
  ASSERT_EQ(records.size(), 5u);
  EXPECT_FALSE(records[0].error);
  EXPECT_EQ(records[1].post.id, "2");
  EXPECT_EQ(records[1].error->message, "'text': expected a string, found a number");
  EXPECT_EQ(records[2].error->message.substr(0, 24), "malformed JSON at byte 2");
  EXPECT_EQ(records[3].error->message, "expected UTF-8, found an invalid sequence at byte 19");
  EXPECT_EQ(records[3].post.line, 4u);
  EXPECT_FALSE(records[4].error);
}

TEST(PostReader, SaysWhatIsWrongWithALine) {
  EXPECT_EQ(refusal("[]"), "expected an object, found an array");
  EXPECT_EQ(refusal("{}"), "expected 'text' or 'tokens', found neither");
  EXPECT_EQ(refusal(R"({"text": "a", "text": "b"})"),
            "expected every key once, found 'text' twice");
  EXPECT_EQ(refusal(R"({"id": 1.5, "text": ""})"),
            "'id': expected a string or an integer of at most 64 bits, found a fractional or very "
            "large number");
  EXPECT_EQ(refusal(R"({"tokens": "a b"})"),
            "'tokens': expected an array of strings, found a string");
  EXPECT_EQ(refusal(R"({"tokens": ["a", null]})"),
            "'tokens' element 1: expected a string, found null");
  EXPECT_EQ(refusal(R"({"text": "", "caption": []})"),
            "'caption': expected a string, found an array");
  EXPECT_EQ(refusal(R"({"text": "", "objects": {}})"),
            "'objects': expected an array of strings, found an object");
  EXPECT_NE(refusal(R"({"text": "\ud800"})").find("malformed JSON"), std::string::npos);
  EXPECT_NE(refusal(R"({"text": "a"} x)").find("malformed JSON"), std::string::npos);
  EXPECT_NE(refusal(std::string(100000, '[')).find("malformed JSON"), std::string::npos);
  EXPECT_EQ(refusal(std::string("{\"text\": \"a\\u0000b\"}")), "accepted");
}

TEST(PostReader, ReadsConll) {
  auto records = readAll("-DOCSTART- O\n\n"
                         "IMGID:17\nNew\tNNP\tB-LOC\nYork\tNNP\tI-LOC\n"
                         "IMGID:18\n#tag\nhi\n\n\n"
                         "a B-PER\n",
                         PostFormat::Conll);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].post.id, "\"17\"");
  EXPECT_EQ(records[0].post.line, 4u);
  EXPECT_EQ(tokensOf(records[0].post), (Words{"New", "York"}));
  EXPECT_EQ(records[0].post.goldTags, (Words{"B-LOC", "I-LOC"}));
  EXPECT_EQ(records[1].post.id, "\"18\"");
  EXPECT_EQ(tokensOf(records[1].post), (Words{"#tag", "hi"}));
  EXPECT_TRUE(records[1].post.goldTags.empty());
  EXPECT_EQ(records[2].post.id, "null");
  EXPECT_EQ(records[2].post.goldTags, Words{"B-PER"});
}

TEST(PostReader, TellsTokensFromMarksInConll) {
  auto records = readAll("-DOCSTART-\tO\nIMGID:1\nIMGID:2\tO\n-DOCSTART-x\tO\n", PostFormat::Conll);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].post.id, "\"1\"");
  EXPECT_EQ(tokensOf(records[0].post), (Words{"IMGID:2", "-DOCSTART-x"}));
}

TEST(PostReader, RefusesPostsOfTooManyTokens) {
  std::string limit = std::to_string(kMaxPostTokens);
  std::string more = std::to_string(kMaxPostTokens + 1);
  std::string text, array, conll;
  for (std::size_t i = 0; i < kMaxPostTokens; ++i) {
    text += "a ";
    array += "\"a\",";
    conll += "a\tO\n";
  }
  EXPECT_EQ(refusal("{\"text\": \"" + text + "\"}"), "accepted");
  std::string expected = "expected a post of at most " + limit + " tokens, found ";
  EXPECT_EQ(refusal("{\"text\": \"" + text + "a\"}"), expected + "more");
  EXPECT_EQ(refusal("{\"tokens\": [" + array + "\"a\"]}"), expected + more);
  auto records = readAll(conll + "\n" + conll + "a\tO\nb\n\nnext\tO\n", PostFormat::Conll);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_FALSE(records[0].error);
  ASSERT_TRUE(records[1].error);
  EXPECT_EQ(records[1].error->message, expected + "more");
  EXPECT_EQ(tokensOf(records[2].post), Words{"next"});
}

TEST(PostReader, RefusesLinesThatAreTooLong) {
  std::string line(LineReader::kMaxLineBytes + 1, 'x');
  auto records = readAll("a\tO\n" + line + "\n\nb\tO\n", PostFormat::Conll);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].error->message,
            "expected a line of at most 8 MiB, found a longer one in line 2");
  EXPECT_FALSE(records[1].error);
}

TEST(PostReader, ReportsBadConllPosts) {
  auto records = readAll("a\tO\nb\n\n\xff\tO\nc\tO\n\nd\tO\n", PostFormat::Conll);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].error->message,
            "expected a tag in every line of the post or in none, found none in line 2");
  EXPECT_EQ(records[1].error->message,
            "expected UTF-8, found an invalid sequence at byte 0 in line 4");
  EXPECT_FALSE(records[2].error);
}

} // namespace
