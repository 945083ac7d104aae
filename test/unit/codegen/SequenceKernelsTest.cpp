// Embedding, attention and Viterbi against plain loops.
#include "KernelHarness.h"
#include "codegen/cpu/Kernels.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>

using namespace trimod;
using namespace trimod::test;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

std::string exposeAndCompile(KernelHarness &harness, mlir::func::FuncOp function) {
  std::string name = function.getName().str();
  harness.expose(function);
  harness.compile();
  return name;
}

TEST(Embedding, CopiesAndWidensRows) {
  for (IsaLevel level : getRunnableLevels()) {
    for (int64_t width : {1, 9, 30, 200}) {
      const int64_t tableRows = 11, stride = width + 2;
      std::vector<int32_t> ids = {10, 0, 3, 3, 7};
      std::vector<float> expected = randomFloats(tableRows * width, 1);
      std::vector<_Float16> half(expected.begin(), expected.end());
      std::vector<float> y(ids.size() * stride, 77.0f), z(y);

      KernelHarness single(level), halves(level);
      std::string name = exposeAndCompile(
          single, buildEmbeddingKernel(single.getModule(), Target{level}, {width}));
      single.call(name, viewAll(ids), viewRows(expected.data(), tableRows, width, width),
                  viewRows(y.data(), ids.size(), width, stride));
      name = exposeAndCompile(halves, buildEmbeddingKernel(halves.getModule(), Target{level},
                                                           {width, EmbeddingConfig::Element::F16}));
      halves.call(name, viewAll(ids), viewRows(half.data(), tableRows, width, width),
                  viewRows(z.data(), ids.size(), width, stride));
      for (size_t t = 0; t < ids.size(); ++t) {
        for (int64_t c = 0; c < stride; ++c) {
          bool inside = c < width;
          ASSERT_EQ(y[t * stride + c], inside ? expected[ids[t] * width + c] : 77.0f);
          ASSERT_EQ(z[t * stride + c], inside ? float(half[ids[t] * width + c]) : 77.0f);
        }
      }
    }
  }
}

// The product of an i8 and an f32 is exact in double, so it tells the correctly rounded f32.
TEST(Embedding, ScalesRowsOfInt8) {
  const int64_t tableRows = 7;
  std::vector<float> scales = {0.37f, 0, 1e-38f, 1e-40f, 2e36f, -2.5f, 1.0f / 3};
  std::vector<int32_t> ids = {6, 0, 3, 3, 1, 2, 4, 5};
  for (IsaLevel level : getRunnableLevels()) {
    for (int64_t width : {1, 9, 30, 200, 256}) {
      std::vector<int8_t> table(tableRows * width);
      for (size_t i = 0; i < table.size(); ++i)
        table[i] = int8_t(37 * i + 128); // every value, if the row is long enough
      const int64_t stride = width + 2;
      std::vector<float> y(ids.size() * stride, 77.0f);
      KernelHarness harness(level);
      std::string name =
          exposeAndCompile(harness, buildEmbeddingKernel(harness.getModule(), Target{level},
                                                         {width, EmbeddingConfig::Element::I8}));
      harness.call(name, viewAll(ids), viewRows(table.data(), tableRows, width, width),
                   viewAll(scales), viewRows(y.data(), ids.size(), width, stride));
      for (size_t t = 0; t < ids.size(); ++t) {
        for (int64_t c = 0; c < stride; ++c) {
          const double product =
              c < width ? double(table[ids[t] * width + c]) * scales[ids[t]] : 77;
          ASSERT_EQ(y[t * stride + c], float(product)) << "row " << ids[t] << ", column " << c;
        }
      }
    }
  }
}

struct Attention {
  Attention(IsaLevel level, int64_t width, int64_t attention)
      : width(width), attention(attention), harness(level), u(randomFloats(attention, 9)) {
    auto context =
        buildAttentionContextKernel(harness.getModule(), Target{level}, {2, width, attention});
    auto merge = buildAttentionMergeKernel(harness.getModule(), Target{level}, {width, attention});
    contextName = context.getName().str();
    mergeName = merge.getName().str();
    harness.expose(context);
    harness.expose(merge);
    harness.compile();
  }

  double score(const std::vector<float> &projected, int64_t row) const {
    double sum = 0;
    for (int64_t i = 0; i < attention; ++i)
      sum += double(u[i]) * std::tanh(double(projected[row * attention + i]));
    return sum;
  }

  int64_t width, attention;
  KernelHarness harness;
  std::vector<float> u;
  std::string contextName, mergeName;
};

struct Pooling {
  std::vector<int64_t> queryOffsets, offsets[2];
  std::vector<float> queries, projected, contexts[2], contextProjected[2];
  std::vector<float> max, weight, sum, result;

  Pooling(const Attention &a, std::vector<int64_t> tokens, std::vector<int64_t> first,
          std::vector<int64_t> second)
      : queryOffsets(tokens), offsets{first, second} {
    queries = randomFloats(tokens.back() * a.width, 1);
    projected = randomFloats(tokens.back() * a.attention, 2, 2.0f);
    for (int k = 0; k < 2; ++k) {
      contexts[k] = randomFloats(offsets[k].back() * a.width, 3 + k);
      contextProjected[k] = randomFloats(offsets[k].back() * a.attention, 5 + k, 2.0f);
    }
  }

  void run(Attention &a) {
    int64_t count = queryOffsets.size() - 1, rows = queryOffsets.back();
    std::vector<float> scratch(offsets[0].back() + offsets[1].back() + 1, NAN);
    max.assign(count, NAN);
    weight.assign(count, NAN);
    sum.assign(count * a.width, NAN);
    result.assign(rows * a.width, NAN);
    auto contextRows = [&](int k) {
      return viewRows(contexts[k].data(), offsets[k].back(), a.width, a.width);
    };
    auto projectedRows = [&](int k) {
      return viewRows(contextProjected[k].data(), offsets[k].back(), a.attention, a.attention);
    };
    auto sumRows = viewRows(sum.data(), count, a.width, a.width);
    a.harness.call(a.contextName, contextRows(0), contextRows(1), projectedRows(0),
                   projectedRows(1), viewAll(a.u), viewAll(offsets[0]), viewAll(offsets[1]),
                   viewAll(scratch), viewAll(max), viewAll(weight), sumRows);
    a.harness.call(a.mergeName, viewRows(queries.data(), rows, a.width, a.width),
                   viewRows(projected.data(), rows, a.attention, a.attention), viewAll(a.u),
                   viewAll(max), viewAll(weight), sumRows, viewAll(queryOffsets),
                   viewRows(result.data(), rows, a.width, a.width));
  }
};

/// attention_pool, from its definition.
std::vector<double> referencePool(const Attention &a, const Pooling &p, int64_t segment,
                                  int64_t row) {
  std::vector<double> total(a.width, 0.0);
  double norm = 0;
  auto add = [&](double weight, const float *features) {
    norm += weight;
    for (int64_t c = 0; c < a.width; ++c)
      total[c] += weight * features[c];
  };
  add(std::exp(a.score(p.projected, row)), p.queries.data() + row * a.width);
  for (int k = 0; k < 2; ++k)
    for (int64_t i = p.offsets[k][segment]; i < p.offsets[k][segment + 1]; ++i)
      add(std::exp(a.score(p.contextProjected[k], i)), p.contexts[k].data() + i * a.width);
  for (double &value : total)
    value /= norm;
  return total;
}

TEST(Attention, ContextAndMergeArePooling) {
  for (IsaLevel level : getRunnableLevels()) {
    for (auto [width, attention] :
         {std::pair<int64_t, int64_t>{1, 1}, {20, 7}, {33, 16}, {300, 300}}) {
      Attention a(level, width, attention);
      // Segments: no context at all, one of the two, both, no tokens, many rows.
      Pooling p(a, {0, 2, 3, 5, 5, 8}, {0, 0, 1, 3, 4, 40}, {0, 0, 0, 2, 3, 7});
      p.run(a);
      EXPECT_EQ(p.max[0], -infinity);
      EXPECT_EQ(p.weight[0], 0.0f);
      for (size_t segment = 0; segment + 1 < p.queryOffsets.size(); ++segment) {
        for (int64_t row = p.queryOffsets[segment]; row < p.queryOffsets[segment + 1]; ++row) {
          std::vector<double> expected = referencePool(a, p, segment, row);
          for (int64_t c = 0; c < width; ++c)
            ASSERT_NEAR(p.result[row * width + c], expected[c], 1e-5) << segment << " " << row;
        }
      }
      for (int64_t c = 0; c < 2 * width; ++c)
        ASSERT_EQ(p.result[c], p.queries[c]) << "a query without context is itself";
    }
  }
}

TEST(Attention, ScoresOfAnySizeAreSafe) {
  for (IsaLevel level : getRunnableLevels()) {
    Attention a(level, 3, 20);
    for (float scale : {1e3f, 1e30f}) {
      for (float &value : a.u)
        value = scale;
      Pooling p(a, {0, 2}, {0, 2}, {0, 1});
      p.run(a);
      for (float value : p.result)
        EXPECT_TRUE(std::isfinite(value)) << scale;
    }
  }
}

TEST(Attention, NaNStaysInItsSegmentAndLevelsAgreeOnBits) {
  std::vector<float> levelResult;
  for (IsaLevel level : getRunnableLevels()) {
    Attention a(level, 20, 37);
    Pooling p(a, {0, 2, 4}, {0, 2, 3}, {0, 1, 4});
    p.run(a);
    if (levelResult.empty())
      levelResult = p.result;
    EXPECT_EQ(p.result, levelResult);

    p.contextProjected[0][5] = NAN;
    p.run(a);
    for (int64_t c = 0; c < 80; ++c)
      EXPECT_EQ(std::isnan(p.result[c]), c < 40);
  }
}

struct Viterbi {
  Viterbi(IsaLevel level, int64_t labels)
      : labels(labels), harness(level), start(labels, 0.0f), transitions(labels * labels, 0.0f),
        end(labels, 0.0f) {
    name =
        exposeAndCompile(harness, buildViterbiKernel(harness.getModule(), Target{level}, {labels}));
  }

  void run(std::vector<float> &emissions, std::vector<int64_t> offsets) {
    int64_t rows = offsets.back(), count = offsets.size() - 1;
    int64_t padded = padLabels(labels);
    std::vector<int32_t> pointers(rows * padded, -1);
    std::vector<float> scores(padded, NAN);
    path.assign(rows, -1);
    score.assign(count, NAN);
    harness.call(name, viewRows(emissions.data(), rows, labels, labels), viewAll(start),
                 view<float, 2>(transitions.data(), {labels, labels}), viewAll(end),
                 viewAll(offsets), view<int32_t, 2>(pointers.data(), {rows, padded}),
                 viewAll(scores), viewAll(path), viewAll(score));
  }

  int64_t labels;
  KernelHarness harness;
  std::string name;
  std::vector<float> start, transitions, end;
  std::vector<int32_t> path;
  std::vector<float> score;
};

/// The recurrence as the op defines it, in double, with strict comparisons from label 0 up.
std::vector<int32_t> referenceViterbi(const Viterbi &v, const std::vector<float> &emissions,
                                      int64_t begin, int64_t end, double &score) {
  int64_t labels = v.labels;
  std::vector<double> current(v.start.begin(), v.start.end());
  std::vector<std::vector<int32_t>> from;
  auto best = [&](auto candidate) {
    std::pair<double, int32_t> result(-infinity, 0);
    for (int32_t i = 0; i < labels; ++i)
      if (candidate(i) > result.first)
        result = {candidate(i), i};
    return result;
  };
  for (int64_t t = begin; t < end; ++t) {
    for (int64_t i = 0; i < labels; ++i)
      current[i] += emissions[t * labels + i];
    if (t + 1 == end)
      break;
    std::vector<double> next(labels);
    from.emplace_back(labels);
    for (int64_t j = 0; j < labels; ++j)
      std::tie(next[j], from.back()[j]) =
          best([&](int32_t i) { return current[i] + v.transitions[i * labels + j]; });
    current = next;
  }
  std::vector<int32_t> path(end - begin);
  score = 0;
  if (begin == end)
    return path;
  std::tie(score, path.back()) = best([&](int32_t i) { return current[i] + v.end[i]; });
  for (size_t t = from.size(); t-- > 0;)
    path[t] = from[t][path[t + 1]];
  return path;
}

void expectMatchesReference(Viterbi &v, std::vector<float> &emissions,
                            const std::vector<int64_t> &offsets) {
  v.run(emissions, offsets);
  for (size_t s = 0; s + 1 < offsets.size(); ++s) {
    double score;
    std::vector<int32_t> path = referenceViterbi(v, emissions, offsets[s], offsets[s + 1], score);
    EXPECT_FLOAT_EQ(v.score[s], float(score)) << s;
    EXPECT_EQ(std::vector<int32_t>(v.path.begin() + offsets[s], v.path.begin() + offsets[s + 1]),
              path)
        << s;
  }
}

TEST(Viterbi, MatchesTheRecurrence) {
  std::vector<int64_t> offsets = {0, 0, 1, 3, 3, 20, 21};
  for (IsaLevel level : getRunnableLevels()) {
    for (int64_t labels : {1, 2, 9, 16, 17, 40}) {
      Viterbi v(level, labels);
      v.start = randomFloats(labels, 1);
      v.end = randomFloats(labels, 2);
      v.transitions = randomFloats(labels * labels, 3);
      std::vector<float> emissions = randomFloats(offsets.back() * labels, 4, 2.0f);
      expectMatchesReference(v, emissions, offsets);
      // Small integers make ties.
      std::vector<float> *all[] = {&v.start, &v.end, &v.transitions, &emissions};
      for (std::vector<float> *values : all)
        for (float &value : *values)
          value = std::round(value);
      expectMatchesReference(v, emissions, offsets);
    }
  }
}

TEST(Viterbi, KeepsItsDigitsInALongPost) {
  for (IsaLevel level : getRunnableLevels()) {
    Viterbi v(level, 9);
    v.start = randomFloats(9, 1);
    v.end = randomFloats(9, 2);
    v.transitions = randomFloats(9 * 9, 3, 4.0f);
    std::vector<float> emissions = randomFloats(40000 * 9, 4, 10.0f);
    expectMatchesReference(v, emissions, {0, 40000});
  }
}

TEST(Viterbi, TiesTakeTheLowestLabel) {
  for (IsaLevel level : getRunnableLevels()) {
    Viterbi v(level, 9);
    std::vector<float> emissions(4 * 9, 1.0f);
    v.run(emissions, {0, 4});
    EXPECT_EQ(v.path, (std::vector<int32_t>{0, 0, 0, 0}));
    EXPECT_EQ(v.score[0], 4.0f);
  }
}

TEST(Viterbi, InfinitiesForbidAndNaNNeverWins) {
  for (IsaLevel level : getRunnableLevels()) {
    Viterbi v(level, 9);
    std::vector<float> emissions = randomFloats(6 * 9, 5);
    for (int64_t i = 0; i < 9; ++i)
      v.transitions[i * 9 + 4] = v.transitions[i * 9] = -infinity;
    v.transitions[3 * 9 + 2] = NAN;
    emissions[2 * 9 + 1] = NAN;
    std::vector<int64_t> offsets = {0, 6};
    expectMatchesReference(v, emissions, offsets);
    for (size_t t = 1; t < v.path.size(); ++t)
      EXPECT_TRUE(v.path[t] != 4 && v.path[t] != 0);
    EXPECT_NE(v.path[2], 1);
  }
}

} // namespace
