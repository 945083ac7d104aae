#include "KernelHarness.h"
#include "codegen/cpu/Kernels.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace trimod;
using namespace trimod::test;

namespace {

struct Linear {
  Linear(IsaLevel level, const LinearConfig &config) : config(config), harness(level) {
    auto function = buildLinearKernel(harness.getModule(), harness.getTarget(), config);
    name = function.getName().str();
    harness.expose(function);
    harness.compile();
    w.resize(config.panels() * config.inner * config.panelWidth, 0.0f);
    bias.resize(config.panels() * config.panelWidth, 0.0f);
    std::vector<float> random = randomFloats(config.inner * config.columns, 1);
    std::vector<float> randomBias = randomFloats(config.columns, 2);
    for (int64_t c = 0; c < config.columns; ++c) {
      for (int64_t k = 0; k < config.inner; ++k)
        weight(k, c) = random[k * config.columns + c];
      bias[c] = randomBias[c];
    }
  }

  float &weight(int64_t k, int64_t c) {
    return w[(c / config.panelWidth * config.inner + k) * config.panelWidth +
             c % config.panelWidth];
  }

  /// Rows of x lie `xStride` apart, those of y `yStride`.
  void run(std::vector<float> &x, int64_t xStride, std::vector<float> &y, int64_t yStride,
           int64_t rows) {
    auto xView = viewRows(x.data(), rows, config.inner, xStride);
    auto yView = viewRows(y.data(), rows, config.columns, yStride);
    auto wView = view<float, 3>(w.data(), {config.panels(), config.inner, config.panelWidth});
    if (config.hasBias)
      harness.call(name, xView, wView, viewAll(bias), yView);
    else
      harness.call(name, xView, wView, yView);
  }

  LinearConfig config;
  KernelHarness harness;
  std::string name;
  std::vector<float> w, bias;
};

std::vector<LinearConfig> configs(int64_t lanes) {
  return {{260, 450, 3 * lanes, true}, {30, 90, 2 * lanes, false}, {300, 9, 2 * lanes, true},
          {1, 1, lanes, true},         {7, 3 * lanes, 3 * lanes},  {5, 5 * lanes + 3, 2 * lanes}};
}

TEST(Linear, MatchesDouble) {
  for (IsaLevel level : getRunnableLevels()) {
    for (const LinearConfig &config : configs(Target{level}.lanes())) {
      Linear linear(level, config);
      for (int64_t rows : {0, 1, 2, 3, 5, 8, 13, 257, 300}) {
        int64_t xStride = config.inner + 3, yStride = config.columns + 5;
        std::vector<float> x = randomFloats(rows * xStride, 2);
        std::vector<float> y(rows * yStride, 77.0f);
        linear.run(x, xStride, y, yStride, rows);
        for (int64_t r = 0; r < rows; ++r) {
          for (int64_t c = 0; c < yStride; ++c) {
            if (c >= config.columns) {
              ASSERT_EQ(y[r * yStride + c], 77.0f) << "written beyond the last column";
              continue;
            }
            double expected = config.hasBias ? linear.bias[c] : 0.0, magnitude = 1.0;
            for (int64_t k = 0; k < config.inner; ++k) {
              double term = double(x[r * xStride + k]) * linear.weight(k, c);
              expected += term;
              magnitude += std::abs(term);
            }
            ASSERT_NEAR(y[r * yStride + c], expected, 1e-6 * magnitude) << r << " " << c;
          }
        }
      }
    }
  }
}

TEST(Linear, ARowsBitsDependOnNothingElse) {
  std::vector<float> reference;
  for (IsaLevel level : getRunnableLevels()) {
    LinearConfig config{67, 50, 2 * Target{level}.lanes(), true};
    Linear linear(level, config);
    int64_t rows = 37;
    std::vector<float> x = randomFloats(rows * config.inner, 3);
    std::vector<float> together(rows * config.columns), alone(config.columns);
    linear.run(x, config.inner, together, config.columns, rows);
    for (int64_t r = 0; r < rows; ++r) {
      std::vector<float> row(x.begin() + r * config.inner, x.begin() + (r + 1) * config.inner);
      linear.run(row, config.inner, alone, config.columns, 1);
      for (int64_t c = 0; c < config.columns; ++c)
        ASSERT_EQ(alone[c], together[r * config.columns + c]) << r << " " << c;
    }
    if (reference.empty())
      reference = together;
    EXPECT_EQ(together, reference) << "the instruction level shows";
  }
}

TEST(Linear, NaNAndInfinitySpread) {
  for (IsaLevel level : getRunnableLevels()) {
    LinearConfig config{4, 9, Target{level}.lanes(), true};
    Linear linear(level, config);
    std::vector<float> x = {1, 2, NAN, 4, 1, INFINITY, 3, 4, 1, 2, 3, 4}, y(3 * 9);
    linear.run(x, 4, y, 9, 3);
    for (int c = 0; c < 9; ++c) {
      EXPECT_TRUE(std::isnan(y[c]));
      EXPECT_TRUE(std::isinf(y[9 + c]));
      EXPECT_TRUE(std::isfinite(y[18 + c]));
    }
  }
}

} // namespace
