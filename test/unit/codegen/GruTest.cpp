#include "KernelHarness.h"
#include "codegen/cpu/Kernels.h"
#include "gtest/gtest.h"
#include <cmath>
#include <numeric>

using namespace trimod;
using namespace trimod::test;

namespace {

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

/// Weights as the packed_gru op wants them and as the equations do.
struct GruWeights {
  GruWeights(const GruConfig &config, int64_t lanes, float scale)
      : hidden(config.hidden), lanes(lanes), panels((hidden + lanes - 1) / lanes),
        packed(config.directions() * panels * hidden * 3 * lanes, 0.0f),
        bias(config.directions() * panels * lanes, 0.0f) {
    plain = randomFloats(config.directions() * 3 * hidden * hidden, 11, scale);
    std::vector<float> plainBias = randomFloats(config.directions() * hidden, 12);
    for (int64_t d = 0; d < config.directions(); ++d) {
      for (int64_t unit = 0; unit < hidden; ++unit) {
        int64_t panel = unit / lanes, lane = unit % lanes;
        bias[(d * panels + panel) * lanes + lane] = plainBias[d * hidden + unit];
        for (int64_t k = 0; k < hidden; ++k)
          for (int64_t gate = 0; gate < 3; ++gate)
            packed[((d * panels + panel) * hidden + k) * 3 * lanes + gate * lanes + lane] =
                at(d, gate, unit, k);
      }
    }
  }

  float at(int64_t d, int64_t gate, int64_t unit, int64_t k) const {
    return plain[((d * 3 + gate) * hidden + unit) * hidden + k];
  }

  int64_t gateColumn(int64_t d, int64_t gate, int64_t unit) const {
    return ((d * panels + unit / lanes) * 3 + gate) * lanes + unit % lanes;
  }

  int64_t hidden, lanes, panels;
  std::vector<float> packed, bias, plain;
};

struct Result {
  std::vector<float> states, last;
};

struct Gru {
  Gru(IsaLevel level, const GruConfig &config, float scale = 0.3f)
      : config(config), harness(level), lanes(harness.getTarget().lanes()),
        weights(config, lanes, scale) {
    auto function = buildGruKernel(harness.getModule(), harness.getTarget(), config);
    name = function.getName().str();
    harness.expose(function);
    harness.compile();
  }

  int64_t gateWidth() const { return config.directions() * weights.panels * 3 * lanes; }

  /// Packs gates [T, D, 3, H].
  std::vector<float> packGates(const std::vector<float> &gates) const {
    int64_t perRow = config.directions() * 3 * config.hidden;
    int64_t rows = gates.size() / perRow;
    std::vector<float> packed(rows * gateWidth(), 5.0f);
    for (int64_t t = 0; t < rows; ++t)
      for (int64_t d = 0; d < config.directions(); ++d)
        for (int64_t gate = 0; gate < 3; ++gate)
          for (int64_t unit = 0; unit < config.hidden; ++unit)
            packed[t * gateWidth() + weights.gateColumn(d, gate, unit)] =
                gates[t * perRow + (d * 3 + gate) * config.hidden + unit];
    return packed;
  }

  Result run(const std::vector<float> &gates, std::vector<int64_t> offsets) {
    std::vector<float> packed = packGates(gates);
    int64_t rows = offsets.back(), count = offsets.size() - 1;
    int64_t width = config.directions() * config.hidden;
    Result result{std::vector<float>(rows * width, 77.0f), std::vector<float>(count * width)};
    std::vector<int64_t> indices(rows + count + GruConfig::extraIndices, -1);
    std::vector<float> scratch(config.scratchValues(harness.getTarget()), NAN);
    harness.call(name, viewRows(packed.data(), rows, gateWidth(), gateWidth()),
                 view<float, 4>(weights.packed.data(),
                                {config.directions(), weights.panels, config.hidden, 3 * lanes}),
                 view<float, 2>(weights.bias.data(), {config.directions(), weights.panels * lanes}),
                 viewAll(offsets), viewAll(indices), viewAll(scratch),
                 viewRows(result.states.data(), rows, width, width),
                 viewRows(result.last.data(), count, width, width));
    return result;
  }

  GruConfig config;
  KernelHarness harness;
  int64_t lanes;
  GruWeights weights;
  std::string name;
};

/// The equations of trimod.gru (linear_before_reset) in double.
void referenceStep(const Gru &gru, int64_t d, const float *gates, std::vector<double> &h) {
  int64_t hidden = gru.config.hidden;
  std::vector<double> next(hidden);
  for (int64_t unit = 0; unit < hidden; ++unit) {
    double product[3] = {0, 0, 0};
    for (int64_t gate = 0; gate < 3; ++gate)
      for (int64_t k = 0; k < hidden; ++k)
        product[gate] += double(gru.weights.at(d, gate, unit, k)) * h[k];
    const float *x = gates + d * 3 * hidden;
    double r = sigmoid(x[unit] + product[0]), z = sigmoid(x[hidden + unit] + product[1]);
    double bias =
        gru.weights
            .bias[(d * gru.weights.panels + unit / gru.lanes) * gru.lanes + unit % gru.lanes];
    double n = std::tanh(x[2 * hidden + unit] + r * (product[2] + bias));
    next[unit] = (1 - z) * n + z * h[unit];
  }
  h = next;
}

void expectMatchesDouble(Gru &gru, const std::vector<int64_t> &offsets) {
  int64_t hidden = gru.config.hidden, directions = gru.config.directions();
  int64_t perRow = directions * 3 * hidden, width = directions * hidden;
  std::vector<float> gates = randomFloats(offsets.back() * perRow, 5, 2.0f);
  Result result = gru.run(gates, offsets);
  for (size_t s = 0; s + 1 < offsets.size(); ++s) {
    for (int64_t d = 0; d < directions; ++d) {
      bool reverse = gru.config.direction == Direction::Reverse || d == 1;
      std::vector<double> h(hidden, 0.0);
      for (int64_t step = 0; step < offsets[s + 1] - offsets[s]; ++step) {
        int64_t row = reverse ? offsets[s + 1] - 1 - step : offsets[s] + step;
        referenceStep(gru, d, gates.data() + row * perRow, h);
        for (int64_t unit = 0; unit < hidden; ++unit)
          ASSERT_NEAR(result.states[row * width + d * hidden + unit], h[unit], 3e-6)
              << "sequence " << s << " step " << step << " unit " << unit;
      }
      for (int64_t unit = 0; unit < hidden; ++unit)
        ASSERT_NEAR(result.last[s * width + d * hidden + unit], h[unit], 3e-6) << "sequence " << s;
    }
  }
}

std::vector<int64_t> toOffsets(const std::vector<int64_t> &lengths) {
  std::vector<int64_t> offsets = {0};
  for (int64_t length : lengths)
    offsets.push_back(offsets.back() + length);
  return offsets;
}

std::vector<int64_t> randomLengths(size_t count, int64_t greatest, unsigned seed) {
  std::mt19937 generator(seed);
  std::vector<int64_t> lengths(count);
  for (int64_t &length : lengths)
    length = generator() % (greatest + 1);
  return lengths;
}

TEST(Gru, MatchesDouble) {
  const GruConfig configs[] = {{1, Direction::Bidirectional},  {7, Direction::Forward},
                               {7, Direction::Reverse},        {16, Direction::Bidirectional},
                               {30, Direction::Bidirectional}, {41, Direction::Reverse}};
  for (IsaLevel level : getRunnableLevels()) {
    for (const GruConfig &config : configs) {
      Gru gru(level, config);
      for (const std::vector<int64_t> &lengths : {std::vector<int64_t>{},
                                                  {0},
                                                  {1},
                                                  {9},
                                                  {0, 0},
                                                  {1, 1, 1},
                                                  {3, 0, 5, 1, 5},
                                                  randomLengths(70, 4, 1),
                                                  randomLengths(140, 3, 2)})
        expectMatchesDouble(gru, toOffsets(lengths));
    }
  }
}

TEST(Gru, MatchesDoubleAtTheModelsSize) {
  for (IsaLevel level : getRunnableLevels()) {
    Gru gru(level, {150, Direction::Bidirectional}, 0.1f);
    expectMatchesDouble(gru, toOffsets({11, 3, 0, 16, 1, 7, 7, 2, 5}));
    expectMatchesDouble(gru, toOffsets({16}));
  }
}

/// Rows of gates and states of one sequence, wherever it stands in a batch.
template <typename T>
std::vector<T> rowsOf(const std::vector<T> &values, int64_t begin, int64_t end, int64_t width) {
  return std::vector<T>(values.begin() + begin * width, values.begin() + end * width);
}

TEST(Gru, BitsDependNeitherOnBatchNorOrderNorLevel) {
  std::vector<int64_t> lengths = randomLengths(150, 9, 3);
  std::vector<int64_t> offsets = toOffsets(lengths);
  std::vector<float> levelStates;
  for (IsaLevel level : getRunnableLevels()) {
    Gru gru(level, {30, Direction::Bidirectional});
    int64_t perRow = 2 * 3 * 30, width = 2 * 30;
    std::vector<float> gates = randomFloats(offsets.back() * perRow, 6, 2.0f);
    Result together = gru.run(gates, offsets);
    if (levelStates.empty())
      levelStates = together.states;
    EXPECT_EQ(together.states, levelStates) << "the instruction level shows";

    for (size_t s = 0; s < lengths.size(); ++s) {
      Result alone = gru.run(rowsOf(gates, offsets[s], offsets[s + 1], perRow), {0, lengths[s]});
      ASSERT_EQ(alone.states, rowsOf(together.states, offsets[s], offsets[s + 1], width));
      ASSERT_EQ(alone.last, rowsOf(together.last, s, s + 1, width));
    }

    std::vector<size_t> order(lengths.size());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), std::mt19937(4));
    std::vector<float> shuffledGates;
    std::vector<int64_t> shuffledLengths;
    for (size_t s : order) {
      std::vector<float> rows = rowsOf(gates, offsets[s], offsets[s + 1], perRow);
      shuffledGates.insert(shuffledGates.end(), rows.begin(), rows.end());
      shuffledLengths.push_back(lengths[s]);
    }
    Result shuffled = gru.run(shuffledGates, toOffsets(shuffledLengths));
    for (size_t i = 0; i < order.size(); ++i)
      ASSERT_EQ(rowsOf(shuffled.last, i, i + 1, width),
                rowsOf(together.last, order[i], order[i] + 1, width));
  }
}

TEST(Gru, InfiniteGatesSaturateAndNaNStaysInItsSequence) {
  for (IsaLevel level : getRunnableLevels()) {
    Gru gru(level, {5, Direction::Forward});
    int64_t perRow = 15;
    std::vector<float> gates(4 * perRow, 0.0f);
    // Sequence 0: r = 0 and z = 1 keep h at 0. Sequence 1: a NaN in one gate. Sequence 2: n = 1.
    for (int64_t unit = 0; unit < 5; ++unit) {
      gates[unit] = -INFINITY;
      gates[5 + unit] = INFINITY;
      gates[3 * perRow + 5 + unit] = -INFINITY;
      gates[3 * perRow + 10 + unit] = INFINITY;
    }
    gates[perRow] = NAN;
    Result result = gru.run(gates, {0, 1, 3, 4});
    for (int64_t unit = 0; unit < 5; ++unit) {
      EXPECT_NEAR(result.states[unit], 0.0f, 1e-17f);
      EXPECT_EQ(std::isnan(result.states[5 + unit]), unit == 0);
      EXPECT_TRUE(std::isnan(result.states[10 + unit])) << "h feeds every unit";
      EXPECT_EQ(result.states[15 + unit], 1.0f);
    }
  }
}

} // namespace
