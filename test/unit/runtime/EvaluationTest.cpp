#include "runtime/Evaluation.h"

#include "runtime/Json.h"

#include <gtest/gtest.h>

#include <sstream>

using namespace trimod;

namespace {

using Tags = std::vector<std::string_view>;

const Tags kLabels = {"O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-MISC", "I-MISC"};

std::vector<std::string> split(const std::string &text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), std::istream_iterator<std::string>()};
}

// Both as words with spaces between.
MaybeError compare(Evaluation &evaluation, const std::string &gold, const std::string &found,
                   std::size_t line = 1) {
  Post post;
  post.line = line;
  post.goldTags = split(gold);
  std::vector<std::string> tags = split(found);
  post.tokens.resize(tags.size());
  MaybeError error = evaluation.check(post, "");
  if (!error)
    evaluation.add(post, Tags(tags.begin(), tags.end()));
  return error;
}

void expectCounts(const EntityCounts *counts, std::size_t gold, std::size_t found,
                  std::size_t right) {
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->gold, gold);
  EXPECT_EQ(counts->found, found);
  EXPECT_EQ(counts->right, right);
}

TEST(Evaluation, CountsEntitiesOfOneSpanAndClass) {
  Evaluation evaluation(kLabels);
  EXPECT_FALSE(compare(evaluation, "B-PER I-PER O B-LOC O", "B-PER I-PER O B-PER O"));
  EXPECT_FALSE(compare(evaluation, "B-PER O B-LOC I-LOC", "B-PER O B-LOC O"));
  EXPECT_FALSE(compare(evaluation, "B-LOC", "O"));
  EXPECT_FALSE(compare(evaluation, "", ""));
  expectCounts(evaluation.find("PER"), 2, 3, 2);
  expectCounts(evaluation.find("LOC"), 3, 1, 0);
  expectCounts(evaluation.find("MISC"), 0, 0, 0);
  expectCounts(&evaluation.total(), 5, 4, 2);
  EXPECT_EQ(evaluation.find("ORG"), nullptr);
  EXPECT_DOUBLE_EQ(evaluation.total().precision(), 0.5);
  EXPECT_DOUBLE_EQ(evaluation.total().recall(), 0.4);
  EXPECT_DOUBLE_EQ(evaluation.total().f1(), 4.0 / 9);
  EXPECT_DOUBLE_EQ(evaluation.find("PER")->f1(), 0.8);
  EXPECT_EQ(evaluation.find("LOC")->f1(), 0);
  EXPECT_EQ(evaluation.find("MISC")->precision(), 0);
  EXPECT_FALSE(evaluation.failure());
}

TEST(Evaluation, ReadsTagsAsTheUsualScorersDo) {
  Evaluation evaluation(kLabels);
  // An I- that continues nothing starts an entity: the second and third gold tag, and the fifth.
  EXPECT_FALSE(compare(evaluation, "O I-PER I-LOC O I-LOC", "O B-PER B-LOC I-LOC O"));
  EXPECT_EQ(evaluation.repairedTags(), 3u);
  expectCounts(evaluation.find("PER"), 1, 1, 1);
  expectCounts(evaluation.find("LOC"), 2, 1, 0);
  // Continued ones are not repaired; neighbours of one class are two entities.
  EXPECT_FALSE(compare(evaluation, "B-PER I-PER B-PER", "B-PER I-PER I-PER"));
  EXPECT_EQ(evaluation.repairedTags(), 3u);
  expectCounts(evaluation.find("PER"), 3, 2, 1);
}

TEST(Evaluation, ReadsOtherAsMisc) {
  Evaluation evaluation(kLabels);
  EXPECT_FALSE(compare(evaluation, "B-OTHER I-OTHER B-MISC", "B-MISC I-MISC O"));
  expectCounts(evaluation.find("MISC"), 2, 1, 1);
  EXPECT_NE(evaluation.table().find("renamed tags           2"), std::string::npos)
      << evaluation.table();
  Tags labels = kLabels;
  labels.push_back("B-OTHER");
  Evaluation withOther(labels);
  EXPECT_FALSE(compare(withOther, "B-OTHER", "B-MISC"));
  expectCounts(withOther.find("OTHER"), 1, 0, 0);
  expectCounts(withOther.find("MISC"), 0, 1, 0);
}

TEST(Evaluation, RefusesGoldOfAnotherKind) {
  Evaluation empty(kLabels);
  EXPECT_EQ(empty.failure()->message, "expected posts with tags, found none");

  Evaluation evaluation({"O", "B-PER", "I-PER"});
  EXPECT_EQ(compare(evaluation, "", "O O")->message, "expected a tag for every token, found none");
  evaluation.leaveOut();
  EXPECT_EQ(evaluation.failure()->message,
            "expected posts with tags, found none that is whole; 1 left out");
  EXPECT_FALSE(compare(evaluation, "B-PER O B-DRUG I-DRUG", "O O O O", 20));
  EXPECT_FALSE(compare(evaluation, "B-DRUG I-OTHER", "O O", 40));
  EXPECT_EQ(evaluation.failure()->message,
            "expected tags among the model's labels O, B-PER, I-PER; found 'B-DRUG' in line 22, "
            "'I-DRUG' in line 23, 'I-OTHER' in line 41");
  std::string many;
  for (int i = 0; i < 100; ++i)
    many += "X" + std::to_string(i) + " ";
  EXPECT_FALSE(compare(evaluation, many, many));
  std::string message = evaluation.failure()->message;
  EXPECT_LT(message.size(), 400u);
  EXPECT_EQ(message.substr(message.size() - 12), ", and others");
}

TEST(Evaluation, WritesTheSameAsTableAndAsJson) {
  Evaluation evaluation({"O", "B-PER", "I-PER", "B-\"LOC", "I-\"LOC"});
  EXPECT_FALSE(compare(evaluation, "B-PER B-PER B-PER I-\"LOC", "B-PER O O B-\"LOC"));
  evaluation.leaveOut();
  EXPECT_EQ(evaluation.table(), R"(class         P      R     F1    gold   found   right
all      100.00  50.00  66.67       4       2       2
PER      100.00  33.33  50.00       3       1       1
"LOC     100.00 100.00 100.00       1       1       1

posts                  1
posts left out         1  (the messages say why)
with a caption         0
tokens                 4
repaired tags          1  (an I- that continues nothing reads as B-)
)");
  Result<nlohmann::json> json = parseJson(evaluation.json());
  ASSERT_TRUE(bool(json)) << evaluation.json();
  EXPECT_EQ((*json)["f1"].get<double>(), evaluation.total().f1());
  EXPECT_EQ((*json)["classes"]["\"LOC"]["right"], 1);
  EXPECT_EQ((*json)["classes"]["PER"]["recall"].get<double>(), 1.0 / 3);
  EXPECT_EQ((*json)["left_out"], 1);
}

// Unknown tags too, with the place of the first of each.
TEST(Evaluation, CountsPartsLikeTheWhole) {
  Evaluation whole(kLabels), first(kLabels), second(kLabels);
  auto add = [&](Evaluation &part, const std::string &gold, const std::string &found,
                 std::size_t line) {
    for (Evaluation *evaluation : {&whole, &part})
      EXPECT_FALSE(compare(*evaluation, gold, found, line));
  };
  add(first, "B-PER I-PER O I-LOC", "B-PER I-PER O B-PER", 1);
  add(second, "B-LOC O B-MISC", "B-LOC O B-MISC", 6);
  whole.leaveOut();
  second.leaveOut();
  first.append(second);
  EXPECT_EQ(first.json(), whole.json());
  EXPECT_EQ(first.table(), whole.table());
  EXPECT_FALSE(first.failure());
  second = Evaluation(kLabels);
  for (std::size_t i = 0; i < 5; ++i)
    add(first, "B-" + std::to_string(i), "O", 10 + i);
  for (std::size_t i = 0; i < 10; ++i)
    add(second, "B-" + std::to_string(12 - i), "O", 20 + i);
  first.append(second);
  ASSERT_TRUE(first.failure());
  EXPECT_EQ(first.failure()->message, whole.failure()->message);
}

} // namespace
