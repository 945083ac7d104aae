#include "runtime/EntityProbability.h"

namespace trimod {
namespace {

// What follows `before`, which stands at the token before: `inside` or something else. Nothing of
// either where `before` cannot be.
struct Continuation {
  double goesOn = 0, ends = 0;
};

// The rest is summed and not taken as 1 - goesOn: of a small one no digit is lost.
Continuation continuationOf(const LabelProbabilities &post, std::size_t token, std::size_t before,
                            std::size_t inside) {
  double onward = post.pair(token, before, inside), rest = 0;
  for (std::size_t label = 0; label < post.labelCount; ++label)
    if (label != inside)
      rest += post.pair(token, before, label);
  double sum = onward + rest;
  return sum > 0 ? Continuation{onward / sum, rest / sum} : Continuation();
}

} // namespace

double sequenceProbability(const std::vector<std::size_t> &labels, const LabelProbabilities &post) {
  double probability = labels.empty() ? 1 : post.marginal(0, labels[0]);
  for (std::size_t token = 1; token < labels.size() && probability > 0; ++token)
    probability *= continuationOf(post, token, labels[token - 1], labels[token]).goesOn;
  return probability;
}

EntityProbability::ClassLabels EntityProbability::findLabels(std::string_view type) const {
  ClassLabels found;
  for (std::size_t label = 0; label < labels.size(); ++label)
    if (entityType(labels[label]) == type)
      (labels[label].front() == 'B' ? found.begin : found.inside) = label;
  return found;
}

double EntityProbability::compute(const Entity &entity, const LabelProbabilities &post) const {
  auto [begin, inside] = findLabels(entity.type);
  std::size_t first = entity.firstToken, next = entity.lastToken + 1;
  double atBegin = begin ? post.marginal(first, *begin) : 0;
  if (!inside)
    return first + 1 == next ? atBegin : 0;

  double atInside = first == 0 ? post.marginal(first, *inside) : 0;
  for (std::size_t before = 0; first != 0 && before < post.labelCount; ++before)
    if (before != begin && before != *inside)
      atInside += post.pair(first, before, *inside);

  for (std::size_t token = first + 1; token <= next && token < post.tokenCount; ++token) {
    Continuation afterInside = continuationOf(post, token, *inside, *inside);
    Continuation afterBegin = begin ? continuationOf(post, token, *begin, *inside) : Continuation();
    if (token == next)
      return atBegin * afterBegin.ends + atInside * afterInside.ends;
    atInside = atBegin * afterBegin.goesOn + atInside * afterInside.goesOn;
    atBegin = 0;
  }
  return atBegin + atInside;
}

} // namespace trimod
