// Linear-chain CRFs, compiled and run, against all label sequences in double.
#include "Equations.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <set>

using namespace trimod::test;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

using Labels = std::vector<int32_t>;

std::vector<float> randomFloats(size_t count, Random &random, float scale) {
  std::normal_distribution<float> normal(0, scale);
  std::vector<float> values(count);
  for (float &value : values)
    value = normal(random);
  return values;
}

/// Weights, and the emissions of posts one after the other.
struct Chain {
  size_t labels;
  std::vector<float> start, transitions, end, emissions;
  std::vector<int64_t> offsets{0};

  Chain(size_t labels, const std::vector<int64_t> &lengths, Random &random, float scale = 1)
      : labels(labels), start(randomFloats(labels, random, scale)),
        transitions(randomFloats(labels * labels, random, scale)),
        end(randomFloats(labels, random, scale)) {
    for (int64_t length : lengths)
      offsets.push_back(offsets.back() + length);
    emissions = randomFloats(offsets.back() * labels, random, 2 * scale);
  }

  size_t postCount() const { return offsets.size() - 1; }
  size_t length(size_t post) const { return offsets[post + 1] - offsets[post]; }
  double emission(size_t post, size_t token, size_t label) const {
    return emissions[(offsets[post] + token) * labels + label];
  }
  double transition(size_t from, size_t to) const { return transitions[from * labels + to]; }

  double score(size_t post, const Labels &path) const {
    if (path.empty())
      return 0;
    double score = double(start[path.front()]) + end[path.back()];
    for (size_t t = 0; t < path.size(); ++t)
      score += emission(post, t, path[t]) + (t ? transition(path[t - 1], path[t]) : 0);
    return score;
  }

  /// The chain of one post.
  Chain alone(size_t post) const {
    Chain one = *this;
    one.offsets = {0, int64_t(length(post))};
    one.emissions.assign(emissions.begin() + offsets[post] * labels,
                         emissions.begin() + offsets[post + 1] * labels);
    return one;
  }
};

struct Path {
  double score;
  Labels labels;
};

/// All sequences of a post, best first. Of equal scores the lower label comes first, at the last
/// token where they differ.
std::vector<Path> allPaths(const Chain &chain, size_t post) {
  size_t length = chain.length(post), count = 1;
  for (size_t t = 0; t < length; ++t)
    count *= chain.labels;
  std::vector<Path> paths;
  for (size_t number = 0; number < count; ++number) {
    Labels labels(length);
    size_t rest = number;
    for (int32_t &label : labels) {
      label = rest % chain.labels;
      rest /= chain.labels;
    }
    paths.push_back({chain.score(post, labels), labels});
  }
  std::sort(paths.begin(), paths.end(), [](const Path &a, const Path &b) {
    if (a.score != b.score)
      return a.score > b.score;
    return std::lexicographical_compare(a.labels.rbegin(), a.labels.rend(), b.labels.rbegin(),
                                        b.labels.rend());
  });
  return paths;
}

constexpr int64_t kCount = 10;

std::string programText(size_t labels) {
  std::string text = R"(
func.func @f(%e: tensor<?xLxf32> {trimod.name = "emissions"}, %y: tensor<?xi32> {trimod.name = "labels"},
             %o: tensor<?xindex> {trimod.name = "offsets"}, %s: tensor<Lxf32> {trimod.name = "start"},
             %t: tensor<LxLxf32> {trimod.name = "transitions"}, %n: tensor<Lxf32> {trimod.name = "end"})
    -> (tensor<?xi32> {trimod.name = "best"}, tensor<?xf32> {trimod.name = "best_score"},
        tensor<?xf32> {trimod.name = "score"}, tensor<?xf32> {trimod.name = "partition"},
        tensor<?xLxf32> {trimod.name = "marginals"}, tensor<?xLxLxf32> {trimod.name = "pairs"},
        tensor<?xf32> {trimod.name = "log_partition"},
        tensor<?x10xi32> {trimod.name = "paths"}, tensor<?x10xf32> {trimod.name = "scores"}) {
  %b, %bs = trimod.crf_viterbi %e, %s, %t, %n offsets(%o)
      : tensor<?xLxf32>, tensor<Lxf32>, tensor<LxLxf32>, tensor<Lxf32>, tensor<?xindex>
  %c = trimod.crf_score %e, %y, %s, %t, %n offsets(%o)
      : tensor<?xLxf32>, tensor<?xi32>, tensor<Lxf32>, tensor<LxLxf32>, tensor<Lxf32>, tensor<?xindex>
  %p = trimod.crf_log_partition %e, %s, %t, %n offsets(%o)
      : tensor<?xLxf32>, tensor<Lxf32>, tensor<LxLxf32>, tensor<Lxf32>, tensor<?xindex>
  %m, %q, %z = trimod.crf_marginals %e, %s, %t, %n offsets(%o)
      : tensor<?xLxf32>, tensor<Lxf32>, tensor<LxLxf32>, tensor<Lxf32>, tensor<?xindex>
  %r, %rs = trimod.crf_nbest %e, %s, %t, %n offsets(%o) count = 10
      : tensor<?xLxf32>, tensor<Lxf32>, tensor<LxLxf32>, tensor<Lxf32>, tensor<?xindex>
  return %b, %bs, %c, %p, %m, %q, %z, %r, %rs
      : tensor<?xi32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xLxf32>, tensor<?xLxLxf32>,
        tensor<?xf32>, tensor<?x10xi32>, tensor<?x10xf32>
})";
  // No other capital letter stands in it.
  for (size_t at; (at = text.find('L')) != std::string::npos;)
    text.replace(at, 1, std::to_string(labels));
  return text;
}

/// What the program gives for the posts of a chain.
struct Results {
  Results(const Program &program, const Chain &chain, const Labels &given) : labels(chain.labels) {
    int64_t rows = chain.offsets.back(), posts = chain.postCount(), size = labels;
    arrays = program.call({{"emissions", Array::of({rows, size}, chain.emissions)},
                           {"labels", Array::of({rows}, given)},
                           {"offsets", Array::of({posts + 1}, chain.offsets)},
                           {"start", Array::of({size}, chain.start)},
                           {"transitions", Array::of({size, size}, chain.transitions)},
                           {"end", Array::of({size}, chain.end)}},
                          {{"best", rows},
                           {"best_score", posts},
                           {"score", posts},
                           {"partition", posts},
                           {"marginals", rows},
                           {"pairs", rows},
                           {"log_partition", posts},
                           {"paths", rows},
                           {"scores", posts}});
    best = arrays["best"].get<int32_t>();
    bestScore = arrays["best_score"].get<float>();
    score = arrays["score"].get<float>();
    partition = arrays["partition"].get<float>();
    marginals = arrays["marginals"].get<float>();
    pairs = arrays["pairs"].get<float>();
    logPartition = arrays["log_partition"].get<float>();
    paths = arrays["paths"].get<int32_t>();
    scores = arrays["scores"].get<float>();
  }

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

//===----------------------------------------------------------------------===//
// Against all sequences
//===----------------------------------------------------------------------===//

/// f32 rounds scores of this size, so logarithms of probabilities, by this much.
double tolerance(double score) { return 1e-6 * std::max(8.0, std::abs(score)); }

/// -inf for a sum of nothing.
double logSum(const std::vector<Path> &paths) {
  double largest = paths.front().score, sum = 0;
  if (largest == -INFINITY)
    return largest;
  for (const Path &path : paths)
    sum += std::exp(path.score - largest);
  return largest + std::log(sum);
}

void expectProbabilities(const Chain &chain, size_t post, const std::vector<Path> &paths,
                         const Results &results) {
  double partition = logSum(paths), bound = tolerance(paths.front().score);
  size_t labels = chain.labels, first = chain.offsets[post];
  if (partition == -INFINITY) {
    EXPECT_EQ(results.partition[post], -kInfinity);
    EXPECT_EQ(results.logPartition[post], -kInfinity);
  } else {
    EXPECT_NEAR(results.partition[post], partition, bound);
    EXPECT_NEAR(results.logPartition[post], partition, bound);
  }
  for (size_t t = 0; t < chain.length(post); ++t) {
    Matrix pairs(labels, Vector(labels, 0.0));
    Vector marginals(labels, 0.0);
    for (const Path &path : paths) {
      double probability = path.score == -INFINITY ? 0 : std::exp(path.score - partition);
      marginals[path.labels[t]] += probability;
      if (t > 0)
        pairs[path.labels[t - 1]][path.labels[t]] += probability;
    }
    for (size_t to = 0; to < labels; ++to) {
      EXPECT_NEAR(results.marginalsOf(first + t)[to], marginals[to], bound);
      for (size_t from = 0; from < labels; ++from)
        EXPECT_NEAR(results.pair(first + t, from, to), pairs[from][to], bound);
    }
  }
}

void expectBestPaths(const Chain &chain, size_t post, const std::vector<Path> &paths, bool isExact,
                     const Results &results) {
  size_t first = chain.offsets[post], length = chain.length(post);
  std::set<Labels> seen;
  for (size_t rank = 0; rank < kCount; ++rank) {
    SCOPED_TRACE("rank " + std::to_string(rank));
    float score = results.scores[post * kCount + rank];
    Labels path = results.path(first, length, rank);
    if (rank >= paths.size() || paths[rank].score == -INFINITY) {
      EXPECT_EQ(score, -kInfinity);
      EXPECT_EQ(path, Labels(length, 0));
      continue;
    }
    EXPECT_NEAR(score, paths[rank].score, tolerance(paths[rank].score));
    EXPECT_NEAR(score, chain.score(post, path), tolerance(paths[rank].score));
    EXPECT_TRUE(seen.insert(path).second);
    if (rank > 0)
      EXPECT_LE(score, results.scores[post * kCount + rank - 1]);
    if (isExact)
      EXPECT_EQ(path, paths[rank].labels);
  }
  if (paths.front().score == -INFINITY)
    return;
  EXPECT_EQ(results.scores[post * kCount], results.bestScore[post]);
  EXPECT_EQ(results.path(first, length, 0),
            Labels(results.best.begin() + first, results.best.begin() + first + length));
}

/// Whether sums in f32 are exact, so that ties are ties.
void expectAllSequencesAgree(const Program &program, const Chain &chain, Random &random,
                             bool isExact) {
  Labels given(chain.offsets.back());
  for (int32_t &label : given)
    label = random() % chain.labels;
  Results results(program, chain, given);
  for (size_t post = 0; post < chain.postCount(); ++post) {
    SCOPED_TRACE("post of " + std::to_string(chain.length(post)) + " tokens");
    Labels own(given.begin() + chain.offsets[post], given.begin() + chain.offsets[post + 1]);
    double score = chain.score(post, own);
    if (score == -INFINITY)
      EXPECT_EQ(results.score[post], -kInfinity);
    else
      EXPECT_NEAR(results.score[post], score, tolerance(score));
    std::vector<Path> paths = allPaths(chain, post);
    expectProbabilities(chain, post, paths, results);
    expectBestPaths(chain, post, paths, isExact, results);
  }
}

class Crf : public testing::TestWithParam<Lowering> {
protected:
  /// Compiled once: tests differ in the numbers.
  static const Program *compile(size_t labels) {
    static std::map<std::pair<size_t, Lowering>, std::unique_ptr<Program>> programs;
    auto [place, isNew] = programs.try_emplace({labels, GetParam()});
    if (isNew)
      place->second = Program::create(programText(labels), "", GetParam());
    return place->second.get();
  }

  Random random{7};
};

const std::vector<int64_t> kLengths{4, 0, 1, 6, 2};

TEST_P(Crf, IsWhatTryingAllSequencesGives) {
  const Program *program = compile(3);
  ASSERT_TRUE(program);
  for (int repeat = 0; repeat < 5; ++repeat)
    expectAllSequencesAgree(*program, Chain(3, kLengths, random), random, false);
}

TEST_P(Crf, IsSafeForScoresOfAnySize) {
  const Program *program = compile(3);
  ASSERT_TRUE(program);
  for (float scale : {1e-3f, 30.0f, 3000.0f})
    expectAllSequencesAgree(*program, Chain(3, kLengths, random, scale), random, false);
}

TEST_P(Crf, OrdersEqualScoresByTheLastLabelsFirst) {
  const Program *program = compile(3);
  ASSERT_TRUE(program);
  for (int repeat = 0; repeat < 10; ++repeat) {
    Chain chain(3, kLengths, random);
    for (std::vector<float> *values :
         {&chain.start, &chain.transitions, &chain.end, &chain.emissions})
      for (float &value : *values)
        value = std::round(value);
    expectAllSequencesAgree(*program, chain, random, true);
  }
}

TEST_P(Crf, KeepsToForbiddenTransitions) {
  const Program *program = compile(3);
  ASSERT_TRUE(program);
  for (float forbidden : {-10000.0f, -kInfinity})
    for (int repeat = 0; repeat < 10; ++repeat) {
      Chain chain(3, kLengths, random);
      for (std::vector<float> *values : {&chain.start, &chain.transitions, &chain.end})
        for (float &value : *values)
          if (random() % 3 == 0)
            value = forbidden;
      expectAllSequencesAgree(*program, chain, random, false);
    }
}

// More labels than a vector register has lanes, and a number of labels for which the end is alone
// in a register.
TEST_P(Crf, TakesAnyNumberOfLabels) {
  for (size_t labels : {1, 16, 19}) {
    SCOPED_TRACE(std::to_string(labels) + " labels");
    const Program *program = compile(labels);
    ASSERT_TRUE(program);
    expectAllSequencesAgree(*program, Chain(labels, {2, 0, 3, 1}, random), random, false);
  }
}

//===----------------------------------------------------------------------===//
// Longer posts
//===----------------------------------------------------------------------===//

/// log sum exp over i of what `term` gives.
template <typename Term>
double logSumExp(size_t count, Term term) {
  double largest = -INFINITY, sum = 0;
  for (size_t i = 0; i < count; ++i)
    largest = std::max(largest, term(i));
  for (size_t i = 0; i < count; ++i)
    sum += std::exp(term(i) - largest);
  return largest + std::log(sum);
}

/// Probabilities of the labels of a post, by forward and backward recursion in double.
Matrix forwardBackward(const Chain &chain, size_t post) {
  size_t labels = chain.labels, length = chain.length(post);
  Matrix forward(length, Vector(labels)), backward(length, Vector(labels));
  for (size_t t = 0; t < length; ++t)
    for (size_t to = 0; to < labels; ++to) {
      auto from = [&](size_t i) { return forward[t - 1][i] + chain.transition(i, to); };
      forward[t][to] =
          (t ? logSumExp(labels, from) : chain.start[to]) + chain.emission(post, t, to);
    }
  for (size_t t = length; t-- > 0;)
    for (size_t from = 0; from < labels; ++from) {
      auto to = [&](size_t j) {
        return chain.transition(from, j) + chain.emission(post, t + 1, j) + backward[t + 1][j];
      };
      backward[t][from] = t + 1 < length ? logSumExp(labels, to) : chain.end[from];
    }
  for (size_t t = 0; t < length; ++t) {
    double partition = logSumExp(labels, [&](size_t i) { return forward[t][i] + backward[t][i]; });
    for (size_t i = 0; i < labels; ++i)
      forward[t][i] = std::exp(forward[t][i] + backward[t][i] - partition);
  }
  return forward;
}

TEST_P(Crf, GivesProbabilitiesOfLongPosts) {
  const Program *program = compile(9);
  ASSERT_TRUE(program);
  Chain chain(9, {300, 40, 1}, random, 2);
  Results results(*program, chain, Labels(chain.offsets.back(), 0));
  // Without the kernels scores grow with the post, and so does what f32 rounds them by.
  const double bound = GetParam() == Lowering::Kernels ? 1e-5 : 2e-3;
  double worst = 0;
  for (size_t post = 0; post < chain.postCount(); ++post) {
    Matrix expected = forwardBackward(chain, post);
    for (size_t t = 0; t < chain.length(post); ++t) {
      size_t row = chain.offsets[post] + t;
      double sum = 0;
      for (size_t i = 0; i < 9; ++i) {
        double marginal = results.marginalsOf(row)[i], fromBefore = 0, toAfter = 0;
        sum += marginal;
        worst = std::max(worst, std::abs(marginal - expected[t][i]));
        for (size_t other = 0; other < 9; ++other) {
          fromBefore += results.pair(row, other, i);
          if (t + 1 < chain.length(post))
            toAfter += results.pair(row + 1, i, other);
        }
        EXPECT_NEAR(fromBefore, t ? marginal : 0, bound);
        if (t + 1 < chain.length(post))
          EXPECT_NEAR(toAfter, marginal, bound);
      }
      EXPECT_NEAR(sum, 1, bound);
    }
  }
  RecordProperty("error", std::to_string(worst * 1e6) + "e-6");
  EXPECT_LT(worst, bound);
}

TEST_P(Crf, GivesAPostTheSameBitsInAnyBatch) {
  const Program *program = compile(9);
  ASSERT_TRUE(program);
  Chain chain(9, {5, 0, 17, 1, 1, 33}, random, 2);
  Results all(*program, chain, Labels(chain.offsets.back(), 0));
  for (size_t post = 0; post < chain.postCount(); ++post) {
    SCOPED_TRACE("post " + std::to_string(post));
    Results alone(*program, chain.alone(post), Labels(chain.length(post), 0));
    for (auto &[name, array] : alone.arrays) {
      const std::vector<char> &bytes = all.arrays[name].bytes;
      bool isPerPost = size_t(all.arrays[name].shape[0]) == chain.postCount();
      size_t rows = isPerPost ? chain.postCount() : chain.offsets.back();
      size_t rowSize = bytes.size() / rows, firstRow = isPerPost ? post : chain.offsets[post];
      EXPECT_TRUE(
          std::equal(array.bytes.begin(), array.bytes.end(), bytes.begin() + firstRow * rowSize))
          << name;
    }
  }
}

//===----------------------------------------------------------------------===//
// What is no number
//===----------------------------------------------------------------------===//

TEST_P(Crf, SaysWhatHasNoProbability) {
  const Program *program = compile(3);
  ASSERT_TRUE(program);
  const std::vector<int64_t> lengths{4, 4, 4, 4};
  Chain chain(3, lengths, random);
  Results without(*program, chain, Labels(16, 0));
  chain.emissions[(0 * 4 + 1) * 3 + 2] = kInfinity;
  chain.emissions[(1 * 4 + 3) * 3 + 0] = kInfinity;
  chain.emissions[(2 * 4 + 2) * 3 + 1] = NAN;
  Results results(*program, chain, Labels(16, 0));
  EXPECT_EQ(results.logPartition[0], kInfinity);
  EXPECT_EQ(results.partition[0], kInfinity);
  EXPECT_EQ(results.logPartition[1], kInfinity);
  EXPECT_EQ(results.partition[1], kInfinity);
  EXPECT_TRUE(std::isnan(results.logPartition[2]));
  EXPECT_TRUE(std::isnan(results.partition[2]));
  for (size_t row = 0; row < 12; ++row)
    EXPECT_TRUE(std::any_of(results.marginalsOf(row), results.marginalsOf(row) + 3,
                            [](float value) { return std::isnan(value); }))
        << row;
  // A label of an infinite score is on every sequence that is listed, one of no score on none.
  for (size_t rank = 0; rank < kCount; ++rank) {
    EXPECT_EQ(results.path(0, 4, rank)[1], 2);
    EXPECT_EQ(results.scores[rank], kInfinity);
    EXPECT_EQ(results.path(4, 4, rank)[3], 0);
    EXPECT_NE(results.path(8, 4, rank)[2], 1);
    EXPECT_TRUE(std::isfinite(results.scores[2 * kCount + rank]));
  }
  // The post beside them does not notice.
  for (size_t row = 12; row < 16; ++row)
    for (size_t i = 0; i < 3; ++i)
      EXPECT_EQ(results.marginalsOf(row)[i], without.marginalsOf(row)[i]);
  EXPECT_EQ(results.logPartition[3], without.logPartition[3]);
}

INSTANTIATE_TEST_SUITE_P(Lowerings, Crf, testing::Values(Lowering::Generic, Lowering::Kernels));

} // namespace
