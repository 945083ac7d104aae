// The stated errors of Activations.h, over all exponents of f32, against double.
#include "codegen/cpu/Activations.h"
#include "KernelHarness.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>
#include <limits>

using namespace mlir;
using namespace trimod;
using namespace trimod::test;

namespace {

using Build = Value (*)(KernelBuilder &, Value);
constexpr float infinity = std::numeric_limits<float>::infinity();

/// The function on vectors of `lanes`, or on scalars for 0.
struct Compiled {
  Compiled(IsaLevel level, Build build, int64_t lanes) : harness(level) {
    Type f32 = Float32Type::get(harness.getModule().getContext());
    SmallVector<Type> types(2, contiguousType({ShapedType::kDynamic}, f32));
    auto body = [&](KernelBuilder &b, ValueRange arguments) {
      Value x = arguments[0], y = arguments[1];
      b.loop(b.index(0), b.dim(x, 0), std::max<int64_t>(lanes, 1), [&](Value i) {
        if (lanes == 0)
          b.store(build(b, b.load(x, i)), y, i);
        else
          b.storeVector(build(b, b.loadVector(x, i, lanes)), y, i);
      });
    };
    harness.expose(getOrCreateKernel(harness.getModule(), "apply", types, body));
    harness.compile();
  }

  std::vector<float> operator()(std::vector<float> x) {
    size_t count = x.size();
    x.resize((count + 15) / 16 * 16, 0.0f);
    std::vector<float> y(x.size());
    harness.call("apply", viewAll(x), viewAll(y));
    y.resize(count);
    return y;
  }

  KernelHarness harness;
};

/// Every exponent, both signs, 64 mantissas each.
std::vector<float> allExponents() {
  std::vector<float> values;
  std::mt19937 generator(7);
  for (uint32_t high = 0; high < 512; ++high) {
    for (int i = 0; i < 64; ++i) {
      uint32_t bits = (high << 23) | (generator() & 0x7FFFFF);
      float value;
      std::memcpy(&value, &bits, sizeof value);
      if (std::isfinite(value))
        values.push_back(value);
    }
  }
  return values;
}

/// Where the functions are neither 0 nor saturated.
std::vector<float> denseRange(float limit) {
  std::vector<float> values;
  for (int i = -200000; i <= 200000; ++i)
    values.push_back(limit * float(i) / 200000.0f);
  return values;
}

struct Errors {
  double relative = 0;  // where the exact result is a normal number
  double absolute = 0;  // where it is a finite one
  double subnormal = 0; // in units of the smallest subnormal, where it is below the normal ones
};

Errors measure(Compiled &function, double (*exact)(double), const std::vector<float> &inputs) {
  Errors errors;
  std::vector<float> results = function(inputs);
  for (size_t i = 0; i < inputs.size(); ++i) {
    double expected = exact(inputs[i]);
    if (std::isnan(expected) || std::abs(expected) > std::numeric_limits<float>::max())
      continue;
    double error = std::abs(results[i] - expected);
    errors.absolute = std::max(errors.absolute, error);
    if (std::abs(expected) >= std::numeric_limits<float>::min())
      errors.relative = std::max(errors.relative, error / std::abs(expected));
    else
      errors.subnormal = std::max(errors.subnormal, error / 0x1p-149);
  }
  return errors;
}

double exactSigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

void expectAtSpecialValues(Compiled &function, float atMinusInfinity, float atInfinity) {
  // A NaN with a payload in its low bits, too: bit tricks must not turn it into a number.
  float payload;
  uint32_t bits = 0x7FC00001;
  std::memcpy(&payload, &bits, sizeof payload);
  std::vector<float> y = function({-infinity, infinity, NAN, -NAN, payload});
  EXPECT_EQ(y[0], atMinusInfinity);
  EXPECT_EQ(y[1], atInfinity);
  EXPECT_TRUE(std::isnan(y[2]));
  EXPECT_TRUE(std::isnan(y[3]));
  EXPECT_TRUE(std::isnan(y[4]));
}

TEST(Activations, Exp) {
  for (IsaLevel level : getRunnableLevels()) {
    Compiled function(level, buildExp, Target{level}.lanes());
    for (const auto &inputs : {allExponents(), denseRange(110.0f)}) {
      Errors errors = measure(function, std::exp, inputs);
      EXPECT_LE(errors.relative, 2.5e-7);
      EXPECT_LE(errors.subnormal, 1.0);
    }
    expectAtSpecialValues(function, 0.0f, infinity);
    EXPECT_EQ(function({88.73f})[0], infinity);
    EXPECT_LT(function({88.72f})[0], infinity);
    EXPECT_EQ(function({0.0f})[0], 1.0f);
  }
}

TEST(Activations, BoundedExp) {
  for (IsaLevel level : getRunnableLevels()) {
    Compiled function(level, buildBoundedExp, Target{level}.lanes());
    EXPECT_LE(measure(function, std::exp, denseRange(41.5f)).relative, 2.5e-7);
    std::vector<float> ends = function({-infinity, infinity, NAN});
    EXPECT_NEAR(ends[0] * 0x1p60, 1.0, 0.2);
    EXPECT_NEAR(ends[1] * 0x1p-60, 1.0, 0.2);
    EXPECT_TRUE(std::isnan(ends[2]));
  }
}

TEST(Activations, Log) {
  for (IsaLevel level : getRunnableLevels()) {
    Compiled function(level, buildLog, Target{level}.lanes());
    std::vector<float> nearOne;
    for (int i = -100000; i <= 100000; ++i)
      nearOne.push_back(1.0f + 0.4f * float(i) / 100000.0f);
    for (const auto &inputs : {allExponents(), denseRange(100.0f), nearOne})
      EXPECT_LE(measure(function, std::log, inputs).relative, 2.5e-7);
    std::vector<float> y = function({0.0f, -0.0f, infinity, -1.0f, -infinity, NAN, 1.0f});
    EXPECT_EQ(y[0], -infinity);
    EXPECT_EQ(y[1], -infinity);
    EXPECT_EQ(y[2], infinity);
    EXPECT_TRUE(std::isnan(y[3]));
    EXPECT_TRUE(std::isnan(y[4]));
    EXPECT_TRUE(std::isnan(y[5]));
    EXPECT_EQ(y[6], 0.0f);
  }
}

TEST(Activations, Sigmoid) {
  for (IsaLevel level : getRunnableLevels()) {
    Compiled function(level, buildSigmoid, Target{level}.lanes());
    for (const auto &inputs : {allExponents(), denseRange(90.0f)}) {
      Errors errors = measure(function, exactSigmoid, inputs);
      EXPECT_LE(errors.relative, 4e-7);
      EXPECT_LE(errors.absolute, 1.2e-7);
    }
    expectAtSpecialValues(function, 0.0f, 1.0f);
  }
}

TEST(Activations, TanhIsAccurateNearZeroToo) {
  for (IsaLevel level : getRunnableLevels()) {
    Compiled function(level, buildTanh, Target{level}.lanes());
    for (const auto &inputs : {allExponents(), denseRange(11.0f), denseRange(0.5f)}) {
      Errors errors = measure(function, std::tanh, inputs);
      EXPECT_LE(errors.relative, 4e-7);
      EXPECT_LE(errors.subnormal, 0.5);
    }
    expectAtSpecialValues(function, -1.0f, 1.0f);
  }
}

TEST(Activations, ScalarsAndAllLaneCountsAndLevelsGiveTheSameBits) {
  std::vector<float> inputs = allExponents();
  for (Build build : {buildExp, buildLog, buildSigmoid, buildTanh}) {
    Compiled scalar(IsaLevel::V3, build, 0);
    std::vector<float> expected = scalar(inputs);
    for (IsaLevel level : getRunnableLevels()) {
      for (int64_t lanes : {4, 8, 16}) {
        Compiled vector(level, build, lanes);
        std::vector<float> results = vector(inputs);
        for (size_t i = 0; i < inputs.size(); ++i)
          ASSERT_TRUE(results[i] == expected[i] || std::isnan(expected[i])) << inputs[i];
      }
    }
  }
}

Value mathTanh(KernelBuilder &b, Value x) { return math::TanhOp::create(b, x); }
Value mathExp(KernelBuilder &b, Value x) { return math::ExpOp::create(b, x); }
Value mathLog(KernelBuilder &b, Value x) { return math::LogOp::create(b, x); }

TEST(Activations, GenericMathOpsAreTheSameFunctions) {
  std::vector<float> inputs = allExponents();
  const std::pair<Build, Build> pairs[] = {
      {mathTanh, buildTanh}, {mathExp, buildExp}, {mathLog, buildLog}};
  for (auto [generic, own] : pairs) {
    Compiled genericFunction(IsaLevel::V3, generic, 0), ownFunction(IsaLevel::V3, own, 8);
    std::vector<float> results = genericFunction(inputs), expected = ownFunction(inputs);
    for (size_t i = 0; i < inputs.size(); ++i)
      ASSERT_TRUE(results[i] == expected[i] || std::isnan(expected[i])) << inputs[i];
  }
}

} // namespace
