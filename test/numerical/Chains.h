// Linear-chain CRFs over random posts, the program of all CRF ops, and what it gives.
#ifndef TRIMOD_TEST_NUMERICAL_CHAINS_H
#define TRIMOD_TEST_NUMERICAL_CHAINS_H

#include "Posts.h"

namespace trimod::test {

using Labels = std::vector<int32_t>;

/// Weights, and the emissions of posts one after the other.
struct Chain {
  size_t labels;
  std::vector<float> start, transitions, end, emissions;
  std::vector<int64_t> offsets{0};

  Chain(size_t labels, const std::vector<int64_t> &lengths, Random &random, float scale = 1);

  size_t postCount() const { return offsets.size() - 1; }
  size_t length(size_t post) const { return offsets[post + 1] - offsets[post]; }
  double emission(size_t post, size_t token, size_t label) const {
    return emissions[(offsets[post] + token) * labels + label];
  }
  double transition(size_t from, size_t to) const { return transitions[from * labels + to]; }
  double score(size_t post, const Labels &path) const;
  /// The chain of one post.
  Chain alone(size_t post) const;
};

struct Path {
  double score;
  Labels labels;
};

/// All sequences of a post, best first. Of equal scores the lower label comes first, at the last
/// token where they differ.
std::vector<Path> allPaths(const Chain &chain, size_t post);

/// How the program is compiled.
struct Form {
  const char *name;
  Lowering lowering;
  IsaLevel level;
};

constexpr Form kGeneric{"generic", Lowering::Generic, IsaLevel::V3},
    kKernelsV3{"kernels_v3", Lowering::Kernels, IsaLevel::V3},
    kKernelsV4{"kernels_v4", Lowering::Kernels, IsaLevel::V4};

/// The program of all CRF ops, for this many labels. Compiled once: tests differ in the numbers.
const Program *compileCrf(const Form &form, size_t labels);

/// The number of best sequences that it gives.
inline constexpr int64_t kCount = 10;

/// What the program gives for the posts of a chain; `given` are the labels to be scored.
struct Results {
  Results(const Program &program, const Chain &chain, const Labels &given);

  const float *marginalsOf(size_t row) const { return &marginals[row * labels]; }
  float pair(size_t row, size_t from, size_t to) const {
    return pairs[(row * labels + from) * labels + to];
  }
  Labels path(size_t firstRow, size_t length, size_t rank) const {
    Labels path(length);
    for (size_t t = 0; t < length; ++t)
      path[t] = paths[(firstRow + t) * kCount + rank];
    return path;
  }

  size_t labels;
  Arrays arrays;
  Labels best, paths;
  std::vector<float> bestScore, score, partition, marginals, pairs, logPartition, scores;
};

} // namespace trimod::test

#endif // TRIMOD_TEST_NUMERICAL_CHAINS_H
