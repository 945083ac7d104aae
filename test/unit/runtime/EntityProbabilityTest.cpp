#include "runtime/EntityProbability.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace trimod;

namespace {

using Labels = std::vector<std::string_view>;

// A CRF of random scores on so short a post that all label sequences can be listed.
class ShortPost {
public:
  ShortPost(Labels labelNames, std::size_t tokenCount, bool forbidsStrayInsides, unsigned seed)
      : names(std::move(labelNames)), tokens(tokenCount) {
    std::mt19937 random(seed);
    std::normal_distribution<double> score(0, 1.5);
    auto draw = [&](std::vector<double> &scores, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i)
        scores.push_back(score(random));
    };
    draw(emissions, tokens * names.size());
    draw(start, names.size());
    draw(end, names.size());
    draw(transitions, names.size() * names.size());
    for (std::size_t label = 0; forbidsStrayInsides && label < names.size(); ++label) {
      if (names[label].front() != 'I')
        continue;
      start[label] = -10000;
      for (std::size_t before = 0; before < names.size(); ++before)
        if (entityType(names[before]) != entityType(names[label]))
          transitions[before * names.size() + label] = -10000;
    }
    sumUp();
  }

  LabelProbabilities view() const { return {marginals.data(), pairs.data(), tokens, names.size()}; }

  // The probability of all label sequences that are read as having the entity.
  double listed(const Entity &entity) const {
    double sum = 0;
    forEachSequence([&](const std::vector<std::size_t> &sequence, double weight) {
      Labels tags;
      for (std::size_t label : sequence)
        tags.push_back(names[label]);
      for (const Entity &found : findEntities(tags))
        if (found == entity)
          sum += weight / partition;
    });
    return sum;
  }

  template <typename Function>
  void forEachSequence(const Function &function) const {
    std::vector<std::size_t> sequence(tokens, 0);
    for (bool hasMore = true; hasMore;) {
      function(sequence, std::exp(scoreOf(sequence)));
      std::size_t token = 0;
      while (token < tokens && ++sequence[token] == names.size())
        sequence[token++] = 0;
      hasMore = token < tokens;
    }
  }

  double listed(const std::vector<std::size_t> &sequence) const {
    return std::exp(scoreOf(sequence)) / partition;
  }

private:
  double scoreOf(const std::vector<std::size_t> &sequence) const {
    double score = start[sequence.front()] + end[sequence.back()];
    for (std::size_t token = 0; token < tokens; ++token) {
      score += emissions[token * names.size() + sequence[token]];
      if (token != 0)
        score += transitions[sequence[token - 1] * names.size() + sequence[token]];
    }
    return score;
  }

  void sumUp() {
    forEachSequence([&](const std::vector<std::size_t> &, double weight) { partition += weight; });
    std::size_t count = names.size();
    std::vector<double> single(tokens * count), joint(tokens * count * count);
    forEachSequence([&](const std::vector<std::size_t> &sequence, double weight) {
      for (std::size_t token = 0; token < tokens; ++token) {
        single[token * count + sequence[token]] += weight / partition;
        if (token != 0)
          joint[(token * count + sequence[token - 1]) * count + sequence[token]] +=
              weight / partition;
      }
    });
    marginals.assign(single.begin(), single.end());
    pairs.assign(joint.begin(), joint.end());
  }

  Labels names;
  std::size_t tokens;
  std::vector<double> emissions, start, end, transitions;
  double partition = 0;
  std::vector<float> marginals, pairs;
};

void expectListedProbabilities(const Labels &labels, const Labels &types, bool forbids) {
  EntityProbability probability(labels);
  for (std::size_t tokens = 1; tokens <= 5; ++tokens) {
    for (unsigned seed = 0; seed < 4; ++seed) {
      ShortPost post(labels, tokens, forbids, seed);
      for (std::string_view type : types)
        for (std::size_t first = 0; first < tokens; ++first)
          for (std::size_t last = first; last < tokens; ++last) {
            Entity entity = {type, first, last};
            EXPECT_NEAR(probability.compute(entity, post.view()), post.listed(entity), 1e-6)
                << type << " " << first << ".." << last << " of " << tokens << ", seed " << seed;
          }
    }
  }
}

TEST(EntityProbability, IsThatOfAllSequencesWithTheEntity) {
  Labels labels = {"O", "B-PER", "I-PER", "B-LOC", "I-LOC"};
  expectListedProbabilities(labels, {"PER", "LOC"}, /*forbids=*/true);
  expectListedProbabilities(labels, {"PER", "LOC"}, /*forbids=*/false);
}

TEST(EntityProbability, NeedsNeitherBothLabelsNorTheirOrder) {
  expectListedProbabilities({"I-PER", "B-LOC", "O", "B-PER"}, {"PER", "LOC"}, false);
  expectListedProbabilities({"I-PER", "O"}, {"PER"}, false);
}

TEST(SequenceProbability, IsThatOfTheSequence) {
  for (std::size_t tokens : {1, 2, 5}) {
    ShortPost post({"O", "B-PER", "I-PER"}, tokens, /*forbids=*/true, 3);
    double sum = 0;
    post.forEachSequence([&](const std::vector<std::size_t> &sequence, double) {
      double probability = sequenceProbability(sequence, post.view());
      EXPECT_NEAR(probability, post.listed(sequence), 1e-6);
      sum += probability;
    });
    EXPECT_NEAR(sum, 1, 1e-5);
  }
  EXPECT_EQ(sequenceProbability({}, {nullptr, nullptr, 0, 3}), 1);
}

// Labels that cannot be have pairs of 0, and no quotient.
TEST(EntityProbability, IsZeroWhereALabelCannotBe) {
  EntityProbability probability({"O", "B-PER", "I-PER"});
  std::vector<float> marginals = {1, 0, 0, 1, 0, 0}, pairs(18);
  pairs[9] = 1; // O, O
  LabelProbabilities post = {marginals.data(), pairs.data(), 2, 3};
  EXPECT_EQ(probability.compute({"PER", 0, 0}, post), 0);
  EXPECT_EQ(probability.compute({"PER", 0, 1}, post), 0);
  EXPECT_EQ(probability.compute({"PER", 1, 1}, post), 0);
}

// One of a hundred tokens is as exact as one of one.
TEST(EntityProbability, KeepsLongEntities) {
  EntityProbability probability({"O", "B-PER", "I-PER"});
  std::size_t tokens = 100;
  std::vector<float> marginals(3 * tokens), pairs(9 * tokens);
  for (std::size_t token = 0; token < tokens; ++token) {
    marginals[3 * token + (token == 0 ? 1 : 2)] = 1;
    if (token != 0)
      pairs[9 * token + (token == 1 ? 5 : 8)] = 1;
  }
  LabelProbabilities post = {marginals.data(), pairs.data(), tokens, 3};
  EXPECT_EQ(probability.compute({"PER", 0, tokens - 1}, post), 1);
  EXPECT_EQ(probability.compute({"PER", 0, tokens - 2}, post), 0);
}

} // namespace
