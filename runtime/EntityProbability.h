// The probability of an entity: that tokens s..e, and no more, are an entity of class X.
//
// Labels of a post are a Markov chain, so it follows exactly from the probabilities of labels and
// of neighbouring labels. Tags are read as findEntities reads them: an entity starts with B-X, or
// with an I-X that continues no entity of X; only I-X continues it. With B and I for the two labels
// of X, q(j) the probability of being inside with label j at the current token, and
// P(j | i) = pairs[t, i, j] / sum_k pairs[t, i, k]:
//
//   start     q(B) = marginals[s, B]
//             q(I) = sum of pairs[s, i, I] over i that are neither B nor I
//                    (marginals[s, I] at the first token)
//   s < t <= e   q(I) = q(B) P(I | B) + q(I) P(I | I),   q(B) = 0
//   end       sum over j in {B, I} of q(j) P(not I | j) at e+1
//             (sum of q(j) if e is the last token)
//
// Where a model forbids an I-X that continues nothing this is
// P(B-X at s) * prod P(I-X | label before) * P(not I-X at e+1 | label at e).
#ifndef TRIMOD_RUNTIME_ENTITYPROBABILITY_H
#define TRIMOD_RUNTIME_ENTITYPROBABILITY_H

#include "runtime/Entities.h"

#include <optional>

namespace trimod {

// Of one post, for each of its tokens.
struct LabelProbabilities {
  const float *marginals; // [T, L]
  const float *pairs;     // [T, L, L]: P(y_t-1 = i, y_t = j)
  std::size_t tokenCount, labelCount;

  double marginal(std::size_t token, std::size_t label) const {
    return marginals[token * labelCount + label];
  }
  double pair(std::size_t token, std::size_t before, std::size_t label) const {
    return pairs[(token * labelCount + before) * labelCount + label];
  }
};

// Of a whole label sequence, P(y_1) prod P(y_t | y_t-1); 1 for a post without tokens. Other than
// the exponential of its score less the log partition, which for a long post is the difference of
// two large numbers, it keeps its digits.
double sequenceProbability(const std::vector<std::size_t> &labels, const LabelProbabilities &post);

class EntityProbability {
public:
  explicit EntityProbability(const std::vector<std::string_view> &labels) : labels(labels) {}

  // The entity's class must be one of the labels'.
  double compute(const Entity &entity, const LabelProbabilities &post) const;

private:
  struct ClassLabels {
    std::optional<std::size_t> begin, inside; // B-X, I-X
  };

  ClassLabels findLabels(std::string_view type) const;

  std::vector<std::string_view> labels;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_ENTITYPROBABILITY_H
