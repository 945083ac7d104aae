#include "KernelHarness.h"
#include "codegen/cpu/Kernels.h"
#include "gtest/gtest.h"
#include <cmath>
#include <numeric>

using namespace trimod;
using namespace trimod::test;

namespace {

enum class Cell { Gru, Lstm };

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

/// Weights as the packed ops want them and as the equations do.
struct Weights {
  Weights(const RecurrenceConfig &config, int64_t lanes, float scale)
      : gates(config.gates), hidden(config.hidden), lanes(lanes),
        panels((hidden + lanes - 1) / lanes),
        packed(config.directions() * panels * hidden * gates * lanes, 0.0f),
        bias(config.directions() * panels * lanes, 0.0f) {
    plain = randomFloats(config.directions() * gates * hidden * hidden, 11, scale);
    std::vector<float> plainBias = randomFloats(config.directions() * hidden, 12);
    for (int64_t d = 0; d < config.directions(); ++d) {
      for (int64_t unit = 0; unit < hidden; ++unit) {
        int64_t panel = unit / lanes, lane = unit % lanes;
        bias[(d * panels + panel) * lanes + lane] = plainBias[d * hidden + unit];
        for (int64_t k = 0; k < hidden; ++k)
          for (int64_t gate = 0; gate < gates; ++gate)
            packed[((d * panels + panel) * hidden + k) * gates * lanes + gate * lanes + lane] =
                at(d, gate, unit, k);
      }
    }
  }

  float at(int64_t d, int64_t gate, int64_t unit, int64_t k) const {
    return plain[((d * gates + gate) * hidden + unit) * hidden + k];
  }

  int64_t gateColumn(int64_t d, int64_t gate, int64_t unit) const {
    return ((d * panels + unit / lanes) * gates + gate) * lanes + unit % lanes;
  }

  int64_t gates, hidden, lanes, panels;
  std::vector<float> packed, bias, plain;
};

struct Result {
  std::vector<float> states, last, lastCell;
};

struct Recurrence {
  Recurrence(IsaLevel level, Cell cell, int64_t hidden, Direction direction, float scale = 0.3f)
      : cell(cell), config{cell == Cell::Gru ? 3 : 4, hidden, direction}, harness(level),
        lanes(harness.getTarget().lanes()), weights(config, lanes, scale) {
    auto function =
        cell == Cell::Gru
            ? buildGruKernel(harness.getModule(), harness.getTarget(), {hidden, direction})
            : buildLstmKernel(harness.getModule(), harness.getTarget(), {hidden, direction});
    name = function.getName().str();
    harness.expose(function);
    harness.compile();
  }

  int64_t gateWidth() const { return config.directions() * weights.panels * config.gates * lanes; }
  int64_t valuesPerRow() const { return config.directions() * config.gates * config.hidden; }
  int64_t width() const { return config.directions() * config.hidden; }

  /// Packs gates [T, D, G, H].
  std::vector<float> packGates(const std::vector<float> &gates) const {
    int64_t perRow = valuesPerRow(), rows = gates.size() / perRow;
    std::vector<float> packed(rows * gateWidth(), 5.0f);
    for (int64_t t = 0; t < rows; ++t)
      for (int64_t d = 0; d < config.directions(); ++d)
        for (int64_t gate = 0; gate < config.gates; ++gate)
          for (int64_t unit = 0; unit < config.hidden; ++unit)
            packed[t * gateWidth() + weights.gateColumn(d, gate, unit)] =
                gates[t * perRow + (d * config.gates + gate) * config.hidden + unit];
    return packed;
  }

  Result run(const std::vector<float> &gates, std::vector<int64_t> offsets) {
    std::vector<float> packed = packGates(gates);
    int64_t rows = offsets.back(), count = offsets.size() - 1;
    Result result{std::vector<float>(rows * width(), 77.0f), std::vector<float>(count * width()),
                  std::vector<float>(count * width(), NAN)};
    std::vector<int64_t> indices(rows + count + RecurrenceConfig::extraIndices, -1);
    std::vector<float> scratch(config.scratchValues(harness.getTarget()), NAN);
    auto call = [&](auto extra) {
      harness.call(name, viewRows(packed.data(), rows, gateWidth(), gateWidth()),
                   view<float, 4>(weights.packed.data(), {config.directions(), weights.panels,
                                                          config.hidden, config.gates * lanes}),
                   viewAll(offsets), viewAll(indices), viewAll(scratch),
                   viewRows(result.states.data(), rows, width(), width()),
                   viewRows(result.last.data(), count, width(), width()), extra);
    };
    if (cell == Cell::Gru)
      call(view<float, 2>(weights.bias.data(), {config.directions(), weights.panels * lanes}));
    else
      call(viewRows(result.lastCell.data(), count, width(), width()));
    return result;
  }

  Cell cell;
  RecurrenceConfig config;
  KernelHarness harness;
  int64_t lanes;
  Weights weights;
  std::string name;
};

/// What a recurrence carries; c of an LSTM alone.
struct State {
  std::vector<double> h, c;
};

/// The equations of trimod.gru (linear_before_reset) and of trimod.lstm, in double.
void referenceStep(const Recurrence &recurrence, int64_t d, const float *gates, State &state) {
  int64_t hidden = recurrence.config.hidden, count = recurrence.config.gates;
  State next{std::vector<double>(hidden), std::vector<double>(hidden)};
  const Weights &weights = recurrence.weights;
  for (int64_t unit = 0; unit < hidden; ++unit) {
    double product[4] = {0, 0, 0, 0}, x[4] = {0, 0, 0, 0};
    for (int64_t gate = 0; gate < count; ++gate) {
      x[gate] = gates[(d * count + gate) * hidden + unit];
      for (int64_t k = 0; k < hidden; ++k)
        product[gate] += double(weights.at(d, gate, unit, k)) * state.h[k];
    }
    if (recurrence.cell == Cell::Gru) {
      double r = sigmoid(x[0] + product[0]), z = sigmoid(x[1] + product[1]);
      double bias = weights.bias[(d * weights.panels + unit / weights.lanes) * weights.lanes +
                                 unit % weights.lanes];
      double n = std::tanh(x[2] + r * (product[2] + bias));
      next.h[unit] = (1 - z) * n + z * state.h[unit];
    } else {
      double i = sigmoid(x[0] + product[0]), f = sigmoid(x[1] + product[1]);
      double g = std::tanh(x[2] + product[2]), o = sigmoid(x[3] + product[3]);
      next.c[unit] = f * state.c[unit] + i * g;
      next.h[unit] = o * std::tanh(next.c[unit]);
    }
  }
  state = next;
}

void expectMatchesDouble(Recurrence &recurrence, const std::vector<int64_t> &offsets) {
  int64_t hidden = recurrence.config.hidden, width = recurrence.width();
  int64_t perRow = recurrence.valuesPerRow();
  std::vector<float> gates = randomFloats(offsets.back() * perRow, 5, 2.0f);
  Result result = recurrence.run(gates, offsets);
  for (size_t s = 0; s + 1 < offsets.size(); ++s) {
    for (int64_t d = 0; d < recurrence.config.directions(); ++d) {
      bool reverse = recurrence.config.direction == Direction::Reverse || d == 1;
      State state{std::vector<double>(hidden, 0.0), std::vector<double>(hidden, 0.0)};
      for (int64_t step = 0; step < offsets[s + 1] - offsets[s]; ++step) {
        int64_t row = reverse ? offsets[s + 1] - 1 - step : offsets[s] + step;
        referenceStep(recurrence, d, gates.data() + row * perRow, state);
        for (int64_t unit = 0; unit < hidden; ++unit)
          ASSERT_NEAR(result.states[row * width + d * hidden + unit], state.h[unit], 3e-6)
              << "sequence " << s << " step " << step << " unit " << unit;
      }
      for (int64_t unit = 0; unit < hidden; ++unit) {
        int64_t at = s * width + d * hidden + unit;
        ASSERT_NEAR(result.last[at], state.h[unit], 3e-6) << "sequence " << s;
        // c is a sum over the steps.
        if (recurrence.cell == Cell::Lstm) {
          ASSERT_NEAR(result.lastCell[at], state.c[unit], 5e-6) << "sequence " << s;
        }
      }
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

class RecurrentKernel : public testing::TestWithParam<Cell> {};

TEST_P(RecurrentKernel, MatchesDouble) {
  const std::pair<int64_t, Direction> configs[] = {
      {1, Direction::Bidirectional},  {7, Direction::Forward},        {7, Direction::Reverse},
      {16, Direction::Bidirectional}, {30, Direction::Bidirectional}, {41, Direction::Reverse}};
  for (IsaLevel level : getRunnableLevels()) {
    for (auto [hidden, direction] : configs) {
      Recurrence recurrence(level, GetParam(), hidden, direction);
      for (const std::vector<int64_t> &lengths : {std::vector<int64_t>{},
                                                  {0},
                                                  {1},
                                                  {9},
                                                  {0, 0},
                                                  {1, 1, 1},
                                                  {3, 0, 5, 1, 5},
                                                  randomLengths(70, 4, 1),
                                                  randomLengths(140, 3, 2)})
        expectMatchesDouble(recurrence, toOffsets(lengths));
    }
  }
}

TEST_P(RecurrentKernel, MatchesDoubleAtTheModelsSize) {
  for (IsaLevel level : getRunnableLevels()) {
    Recurrence recurrence(level, GetParam(), 150, Direction::Bidirectional, 0.1f);
    expectMatchesDouble(recurrence, toOffsets({11, 3, 0, 16, 1, 7, 7, 2, 5}));
    expectMatchesDouble(recurrence, toOffsets({16}));
  }
}

/// Rows of gates and states of one sequence, wherever it stands in a batch.
template <typename T>
std::vector<T> rowsOf(const std::vector<T> &values, int64_t begin, int64_t end, int64_t width) {
  return std::vector<T>(values.begin() + begin * width, values.begin() + end * width);
}

TEST_P(RecurrentKernel, BitsDependNeitherOnBatchNorOrderNorLevel) {
  std::vector<int64_t> lengths = randomLengths(150, 9, 3);
  std::vector<int64_t> offsets = toOffsets(lengths);
  std::vector<float> levelStates;
  for (IsaLevel level : getRunnableLevels()) {
    Recurrence recurrence(level, GetParam(), 30, Direction::Bidirectional);
    int64_t perRow = recurrence.valuesPerRow(), width = recurrence.width();
    bool isLstm = GetParam() == Cell::Lstm;
    std::vector<float> gates = randomFloats(offsets.back() * perRow, 6, 2.0f);
    Result together = recurrence.run(gates, offsets);
    if (levelStates.empty())
      levelStates = together.states;
    EXPECT_EQ(together.states, levelStates) << "the instruction level shows";

    for (size_t s = 0; s < lengths.size(); ++s) {
      Result alone =
          recurrence.run(rowsOf(gates, offsets[s], offsets[s + 1], perRow), {0, lengths[s]});
      ASSERT_EQ(alone.states, rowsOf(together.states, offsets[s], offsets[s + 1], width));
      ASSERT_EQ(alone.last, rowsOf(together.last, s, s + 1, width));
      if (isLstm) {
        ASSERT_EQ(alone.lastCell, rowsOf(together.lastCell, s, s + 1, width));
      }
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
    Result shuffled = recurrence.run(shuffledGates, toOffsets(shuffledLengths));
    for (size_t i = 0; i < order.size(); ++i) {
      ASSERT_EQ(rowsOf(shuffled.last, i, i + 1, width),
                rowsOf(together.last, order[i], order[i] + 1, width));
      if (isLstm) {
        ASSERT_EQ(rowsOf(shuffled.lastCell, i, i + 1, width),
                  rowsOf(together.lastCell, order[i], order[i] + 1, width));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cells, RecurrentKernel, testing::Values(Cell::Gru, Cell::Lstm),
                         [](const auto &info) { return info.param == Cell::Gru ? "Gru" : "Lstm"; });

TEST(GruKernel, InfiniteGatesSaturateAndNaNStaysInItsSequence) {
  for (IsaLevel level : getRunnableLevels()) {
    Recurrence gru(level, Cell::Gru, 5, Direction::Forward);
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

TEST(LstmKernel, InfiniteGatesSaturateAndNaNStaysInItsSequence) {
  const float inf = INFINITY;
  for (IsaLevel level : getRunnableLevels()) {
    Recurrence lstm(level, Cell::Lstm, 5, Direction::Forward);
    int64_t perRow = 20;
    std::vector<float> gates(7 * perRow, 0.0f);
    auto setRow = [&](int64_t row, std::array<float, 4> values) {
      for (int64_t gate = 0; gate < 4; ++gate)
        for (int64_t unit = 0; unit < 5; ++unit)
          gates[row * perRow + gate * 5 + unit] = values[gate];
    };
    setRow(0, {inf, inf, inf, inf});    // c = 1
    setRow(1, {inf, inf, inf, inf});    // c = 2
    setRow(2, {-inf, -inf, inf, inf});  // c = 0: the product of all denominators overflows
    setRow(3, {inf, -inf, -inf, -inf}); // c = -1, h = 0
    gates[4 * perRow + 15] = NAN;       // o alone: h, not c
    gates[6 * perRow + 1] = NAN;        // i
    Result result = lstm.run(gates, {0, 4, 5, 6, 7});
    for (int64_t unit = 0; unit < 5; ++unit) {
      EXPECT_NEAR(result.states[unit], std::tanh(1.0), 1e-6);
      EXPECT_NEAR(result.states[5 + unit], std::tanh(2.0), 1e-6);
      EXPECT_NEAR(result.states[10 + unit], 0.0f, 1e-17f);
      EXPECT_NEAR(result.states[15 + unit], 0.0f, 1e-17f);
      EXPECT_NEAR(result.lastCell[unit], -1.0f, 1e-6f);
      EXPECT_EQ(std::isnan(result.states[20 + unit]), unit == 0);
      EXPECT_FALSE(std::isnan(result.lastCell[5 + unit]));
      EXPECT_EQ(result.lastCell[10 + unit], 0.0f) << "i * tanh(0)";
      EXPECT_EQ(std::isnan(result.lastCell[15 + unit]), unit == 1);
    }
  }
}

} // namespace
