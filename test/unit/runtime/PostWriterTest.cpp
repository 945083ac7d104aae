#include "runtime/PostWriter.h"
#include "runtime/Entities.h"
#include "runtime/Json.h"
#include "runtime/JsonText.h"
#include "runtime/PostReader.h"

#include <gtest/gtest.h>

#include <limits>

using namespace trimod;

namespace {

using Tags = std::vector<std::string_view>;

Post parse(std::string_view line) {
  Post post;
  MaybeError error = parsePost(line, post);
  EXPECT_FALSE(error) << error->message;
  return post;
}

std::string write(const Post &post, const Tags &tags) {
  std::string json;
  appendTagsJson(post, computeFeatures(post, TextOptions()), {tags, std::nullopt, {}}, json);
  return json;
}

TEST(Entities, AreReadAsTheScorerReadsThem) {
  using Found = std::vector<Entity>;
  EXPECT_EQ(findEntities({"O", "B-PER", "I-PER", "O"}), (Found{{"PER", 1, 2}}));
  EXPECT_EQ(findEntities({"B-PER", "B-PER", "I-LOC", "I-LOC", "I-PER"}),
            (Found{{"PER", 0, 0}, {"PER", 1, 1}, {"LOC", 2, 3}, {"PER", 4, 4}}));
  EXPECT_EQ(findEntities({"I-ORG", "O", "I-ORG"}), (Found{{"ORG", 0, 0}, {"ORG", 2, 2}}));
  EXPECT_EQ(findEntities({}), Found{});
}

TEST(PostWriter, GivesOffsetsIntoTheText) {
  Post post = parse(R"({"id": 7, "text": "😂 AT&amp;T in New York"})");
  EXPECT_EQ(
      write(post, {"O", "B-ORG", "I-ORG", "I-ORG", "O", "B-LOC", "I-LOC"}),
      R"({"id":7,"tokens":["😂","AT","&","T","in","New","York"],)"
      R"("tags":["O","B-ORG","I-ORG","I-ORG","O","B-LOC","I-LOC"],"entities":[)"
      R"({"type":"ORG","text":"AT&amp;T","start":2,"end":10,"first_token":1,"last_token":3},)"
      R"({"type":"LOC","text":"New York","start":14,"end":22,"first_token":5,"last_token":6}],)"
      R"("hashtags":[],"visual_words":[]})"
      "\n");
}

TEST(PostWriter, GivesTokenIndicesForTheCallersTokens) {
  Post post =
      parse(R"({"tokens": ["New", "York", "#BigApple"], "caption": "a cat", "image": "x"})");
  post.line = 3;
  EXPECT_EQ(
      write(post, {"B-LOC", "I-LOC", "O"}),
      R"({"id":null,"line":3,"tokens":["New","York","#BigApple"],"tags":["B-LOC","I-LOC","O"],)"
      R"("entities":[{"type":"LOC","text":"New York","first_token":0,"last_token":1}],)"
      R"("hashtags":[{"hashtag":"#BigApple","words":["big","apple"]}],)"
      R"("hashtag_source":"case","visual_words":["cat"],"visual_source":"caption",)"
      R"("notes":["image not used: there is no captioner yet, give 'caption' or 'objects'"]})"
      "\n");
}

TEST(PostWriter, ExplainsScores) {
  Post post = parse(R"({"id": "x", "tokens": ["a", "b"]})");
  std::string json;
  PostTags result = {{"O", "O"}, 1.5f, {0.1f, -2, std::numeric_limits<float>::infinity(), 4}};
  appendExplainedJson(post, PostFeatures(), result, {"O", "B-PER"}, json);
  EXPECT_NE(json.find(R"("score":1.5,"emissions":[{"O":0.1,"B-PER":-2},{"O":null,"B-PER":4}]})"),
            std::string::npos)
      << json;
}

TEST(PostWriter, AddsProbabilitiesAndSequences) {
  Post post = parse(R"({"id": "x", "tokens": ["a", "b"]})");
  PostTags result;
  result.tags = {"B-PER", "B-LOC"};
  result.entityProbabilities = {0.98765, 1e-9};
  result.sequences = {{{"B-PER", "B-LOC"}, 2.5f, 0.75}, {{"O", "O"}, -1, std::nullopt}};
  std::string json;
  appendTagsJson(post, PostFeatures(), result, json);
  EXPECT_NE(json.find(R"("last_token":0,"probability":0.9877},)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("last_token":1,"probability":0}],)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("n_best":[{"score":2.5,"probability":0.75,"tags":["B-PER","B-LOC"]},)"
                      R"({"score":-1,"tags":["O","O"]}],"hashtags")"),
            std::string::npos)
      << json;
}

TEST(PostWriter, PrintsFeatures) {
  Post post = parse(R"({"id": 1, "text": "@Bob http://x #AaBb", "objects": ["dog"]})");
  std::string json;
  appendFeaturesJson(post, computeFeatures(post, TextOptions()), TextOptions(), json);
  EXPECT_EQ(json, R"({"id":1,"tokens":["@Bob","http://x","#AaBb"],)"
                  R"("word_keys":[["@bob","<user>"],["<url>"],["#aabb","aabb"]],)"
                  R"("char_form":["@Bob","http","#AaBb"],"hashtag_words":["aa","bb"],)"
                  R"("visual_words":["dog"],"visual_source":"objects"})"
                  "\n");
}

TEST(PostWriter, WritesConllThatScorersRead) {
  Post post;
  post.id = "\"17\"";
  for (const char *text : {"New York", "", "b"}) {
    post.tokens.emplace_back();
    post.tokens.back().text = text;
  }
  std::string text;
  appendTagsConll(post, {{"B-LOC", "O", "O"}, std::nullopt, {}}, text);
  EXPECT_EQ(text, "IMGID:17\nNew_York\tB-LOC\n_\tO\nb\tO\n\n");
  post.goldTags = {"B-LOC", "O", "B-PER"};
  post.id = "null";
  text.clear();
  appendTagsConll(post, {{"B-LOC", "O", "O"}, std::nullopt, {}}, text);
  EXPECT_EQ(text, "New_York\tB-LOC\tB-LOC\n_\tO\tO\nb\tB-PER\tO\n\n");
}

TEST(PostWriter, WritesConllIdsAsTheyWere) {
  auto write = [](const std::string &id) {
    Post post;
    post.id = id;
    std::string text;
    appendTagsConll(post, {}, text);
    return text;
  };
  EXPECT_EQ(write(R"("a\"b\\c é")"), "IMGID:a\"b\\c é\n\n");
  EXPECT_EQ(write("-7"), "IMGID:-7\n\n");
  EXPECT_EQ(write(R"("a\nb\tc")"), "IMGID:a_b_c\n\n"); // the format is of lines and columns
}

TEST(PostWriter, WritesErrors) {
  Post post;
  post.line = 4;
  std::string json;
  appendErrorJson(post, "", "say \"why\"", json);
  appendErrorJson(post, "a.jsonl", "x", json);
  EXPECT_EQ(json, "{\"id\":null,\"line\":4,\"error\":\"say \\\"why\\\"\"}\n"
                  "{\"id\":null,\"file\":\"a.jsonl\",\"line\":4,\"error\":\"x\"}\n");
  post.id = "\"17\"";
  std::string text;
  appendErrorConll(post, "line 4: x", text);
  EXPECT_EQ(text, "IMGID:17\n# error line 4: x\n\n");
}

TEST(JsonText, IsAlwaysJsonThatReadsBack) {
  std::string text = "\"\\\n\t\r\b\x01\x7f/é😂";
  text += '\0';
  std::string json;
  appendJsonString(text, json);
  Result<nlohmann::json> value = parseJson(json);
  ASSERT_TRUE(bool(value)) << value.error().message;
  EXPECT_EQ(value->get<std::string>(), text);
  json.clear();
  appendJsonString("a\xff\xC3", json);
  EXPECT_EQ(json, "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

} // namespace
