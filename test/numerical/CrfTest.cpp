// Linear-chain CRFs, compiled and run, against all label sequences in double.
#include "Chains.h"
#include "Equations.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <set>

using namespace trimod;
using namespace trimod::test;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

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

class Crf : public testing::TestWithParam<Form> {
protected:
  void SetUp() override {
    if (!hostSupports(GetParam().level))
      GTEST_SKIP() << "this machine cannot run " << Target{GetParam().level}.name();
  }
  static const Program *compile(size_t labels) { return compileCrf(GetParam(), labels); }

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

// One lane of a vector, all lanes of one, and one lane of a second.
TEST_P(Crf, TakesAnyNumberOfLabels) {
  for (size_t labels : {1, 16, 17}) {
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
  const double bound = GetParam().lowering == Lowering::Kernels ? 1e-5 : 2e-3;
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

/// The best path of a post, in double.
Path bestPath(const Chain &chain, size_t post) {
  size_t length = chain.length(post);
  Vector score(chain.start.begin(), chain.start.end());
  std::vector<Labels> from(length, Labels(chain.labels, 0));
  for (size_t t = 0; t < length; ++t) {
    Vector next = score;
    for (size_t to = 0; to < chain.labels; ++to) {
      auto arriving = [&](int32_t i) { return score[i] + chain.transition(i, to); };
      for (size_t i = 1; t && i < chain.labels; ++i)
        if (arriving(i) > arriving(from[t][to]))
          from[t][to] = i;
      next[to] = (t ? arriving(from[t][to]) : score[to]) + chain.emission(post, t, to);
    }
    score = next;
  }
  for (size_t i = 0; i < chain.labels; ++i)
    score[i] += chain.end[i];
  auto best = std::max_element(score.begin(), score.end());
  Path path{*best, Labels(length, best - score.begin())};
  for (size_t t = length; t-- > 1;)
    path.labels[t - 1] = from[t][path.labels[t]];
  return path;
}

// A sum of f32 over so many tokens would have lost the digits that tell labels apart.
TEST_P(Crf, KeepsItsDigitsInPostsOfTensOfThousandsOfTokens) {
  if (GetParam().lowering != Lowering::Kernels)
    GTEST_SKIP() << "without the kernels, scores are sums of f32";
  const Program *program = compile(5);
  ASSERT_TRUE(program);
  Chain chain(5, {30000}, random, 5);
  Results results(*program, chain, Labels(30000, 0));
  Path best = bestPath(chain, 0);
  EXPECT_EQ(results.best, best.labels);
  EXPECT_FLOAT_EQ(results.bestScore[0], float(best.score));
  EXPECT_EQ(results.path(0, 30000, 0), best.labels);
  for (size_t rank = 1; rank < kCount; ++rank)
    EXPECT_FLOAT_EQ(results.scores[rank], float(chain.score(0, results.path(0, 30000, rank))));
  Vector forward(chain.start.begin(), chain.start.end());
  for (size_t t = 0; t < 30000; ++t) {
    Vector next(5);
    for (size_t to = 0; to < 5; ++to)
      next[to] = chain.emission(0, t, to) +
                 (t ? logSumExp(5, [&](size_t i) { return forward[i] + chain.transition(i, to); })
                    : forward[to]);
    forward = next;
  }
  EXPECT_FLOAT_EQ(results.logPartition[0],
                  float(logSumExp(5, [&](size_t i) { return forward[i] + chain.end[i]; })));
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

INSTANTIATE_TEST_SUITE_P(Forms, Crf, testing::Values(kGeneric, kKernelsV3, kKernelsV4),
                         [](const auto &info) { return std::string(info.param.name); });

//===----------------------------------------------------------------------===//
// Entries of the bundled model, levels
//===----------------------------------------------------------------------===//

TEST(BundledModel, HasTheProbabilitiesAndTheBestSequencesAsEntries) {
  const Program *expectedProgram = compileCrf(kKernelsV3, 9);
  ASSERT_TRUE(expectedProgram);
  Random random(9);
  Chain chain(9, {5, 0, 12, 1}, random, 2);
  int64_t rows = chain.offsets.back(), posts = chain.postCount();
  Results expected(*expectedProgram, chain, Labels(rows, 0));
  auto text = llvm::MemoryBuffer::getFile(TRIMOD_MODELS "/trimod/trimod.mlir");
  ASSERT_TRUE(bool(text));
  for (const char *entry : {"posterior", "nbest"}) {
    ProgramOptions options{{}, Lowering::Kernels, IsaLevel::V3, entry, {}};
    options.pipeline =
        "builtin.module(trimod-phase-model{weights=" TRIMOD_MODELS
        "/trimod/trimod.safetensors},trimod-phase-fused,trimod-phase-batched{entry=" +
        options.entry + "},trimod-phase-scheduled)";
    std::unique_ptr<Program> program = Program::create((*text)->getBuffer(), options);
    ASSERT_TRUE(program);
    Arrays results = program->call({{"emissions", Array::of({rows, 9}, chain.emissions)},
                                    {"tokens.offsets", Array::of({posts + 1}, chain.offsets)},
                                    {"crf.start_transitions", Array::of({9}, chain.start)},
                                    {"crf.transitions", Array::of({9, 9}, chain.transitions)},
                                    {"crf.end_transitions", Array::of({9}, chain.end)}},
                                   {{"marginals", rows},
                                    {"pairs", rows},
                                    {"log_partition", posts},
                                    {"paths", rows},
                                    {"scores", posts}});
    EXPECT_FALSE(results.empty());
    for (auto &[name, array] : results)
      EXPECT_EQ(array.bytes, expected.arrays.at(name).bytes) << name;
  }
}

TEST(CrfKernels, GiveTheSameBitsOnEveryLevel) {
  if (!hostSupports(IsaLevel::V4))
    GTEST_SKIP() << "this machine has one level";
  Random random(8);
  for (size_t labels : {9, 17}) {
    const Program *lower = compileCrf(kKernelsV3, labels);
    const Program *higher = compileCrf(kKernelsV4, labels);
    ASSERT_TRUE(lower && higher);
    Chain chain(labels, {5, 0, 40, 1}, random, 2);
    Labels given(chain.offsets.back(), 0);
    Results expected(*lower, chain, given), results(*higher, chain, given);
    for (auto &[name, array] : expected.arrays)
      EXPECT_EQ(array.bytes, results.arrays[name].bytes) << name;
  }
}

} // namespace
