// A hand-written model with the interface of a compiled one: it looks up each token's label by its
// word id.
#ifndef TRIMOD_TEST_UNIT_RUNTIME_FAKEMODEL_H
#define TRIMOD_TEST_UNIT_RUNTIME_FAKEMODEL_H

#include "trimod/runtime.h"

#include <string>
#include <vector>

namespace trimod::test {

// Words of the fake vocabulary that have labels: "adele" B-PER, "new" B-LOC, "york" I-LOC; every
// other word is O.
//
// "posterior" and "nbest" are those of a CRF without transitions whose probabilities of a token's
// labels are the softmax of its emissions / 1000: 1 / (1 + e + .. + e^4) for label 0, and e times
// more for each next one. "nbest" gives two paths: all labels 4 with score 5 for each token, and
// all labels 3 with score 4, which a post of one token does not have.
//
// "segment" says that a word ends after "b" with probability 1, after anything else with 0. It
// knows the characters a, b, A, _ and é.
//
// score = 1 * tokens + 100 * characters (the rows of char.weights) + 10^4 * visual words + 10^6 *
// hashtags emissions[t, l] = word id of t + 1000 * bias[l]; bias = 2 * scale, which the function
// "tag.init" computes if weights are external; scale = 0.5, 1, 1.5, ...
//
// Plain data, so that a test can spoil any of it before use. Do not copy: it points into itself.
struct FakeModel {
  explicit FakeModel(bool isEmbedded);
  FakeModel(const FakeModel &) = delete;

  std::string vocabularyImage;
  std::vector<std::int32_t> wordLabels;
  std::vector<float> charWeights, scale, bias, endsWord;
  std::vector<trimod_value> inputs, outputs, initOutputs;
  std::vector<trimod_value> crfInputs, posteriorOutputs, nBestOutputs, segmentInputs,
      segmentOutputs;
  std::vector<std::uint32_t> tagParameters, initParameters, segmentParameters;
  std::vector<trimod_parameter>
      parameters; // word.labels, scale, derived:bias, char.weights, segmenter.ends
  std::vector<trimod_function> functions; // tag, tag.init, posterior, nbest, segment
  trimod_model model;
};

// A safetensors file with the weights of the fake model.
std::string fakeWeightsFile();

// How often the fake function "tag" was called so far.
int fakeCallCount();

} // namespace trimod::test

#endif // TRIMOD_TEST_UNIT_RUNTIME_FAKEMODEL_H
