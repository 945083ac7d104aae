// Layers over sequences against their equations in double: alone, in every lowering, and as the
// character encoder of models/test/char_cnn.mlir through all phases.
#include "Equations.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace trimod;
using namespace trimod::test;

namespace {

//===----------------------------------------------------------------------===//
// Equations
//===----------------------------------------------------------------------===//

double activate(const std::string &activation, double x) {
  if (activation == "relu")
    return x > 0 || std::isnan(x) ? x : 0;
  return activation == "tanh" ? std::tanh(x) : x;
}

/// One sequence; w is [out, channels, kernel].
Matrix convolve(const Matrix &x, const std::vector<float> &w, const std::vector<float> &bias,
                int64_t kernel, const std::string &activation) {
  Matrix y(x.size(), Vector(bias.begin(), bias.end()));
  for (int64_t t = 0; t < int64_t(x.size()); ++t)
    for (size_t o = 0; o < bias.size(); ++o) {
      for (int64_t k = 0; k < kernel; ++k) {
        int64_t row = t + k - kernel / 2;
        if (row < 0 || row >= int64_t(x.size()))
          continue;
        for (size_t c = 0; c < x[row].size(); ++c)
          y[t][o] += x[row][c] * w[(o * x[row].size() + c) * kernel + k];
      }
      y[t][o] = activate(activation, y[t][o]);
    }
  return y;
}

Vector maxOverTime(const Matrix &x, size_t columns) {
  if (x.empty())
    return Vector(columns, 0.0);
  Vector result = x[0];
  for (const Vector &row : x)
    for (size_t c = 0; c < columns; ++c)
      result[c] = std::isnan(row[c]) ? row[c] : std::max(result[c], row[c]);
  return result;
}

//===----------------------------------------------------------------------===//
// The ops alone
//===----------------------------------------------------------------------===//

struct Layer {
  int64_t kernel, channels, columns;
  std::string activation;
  bool hasBias;
};

/// Whether weights are packed, and for which machine.
struct Form {
  const char *name;
  Lowering lowering;
  IsaLevel level;
};

/// y and its maximum over time of the segments of x; weights are parameters.
std::unique_ptr<Program> compile(const Layer &layer, const Form &form) {
  std::string x = llvm::formatv("tensor<?x{0}xf32>", layer.channels);
  std::string y = llvm::formatv("tensor<?x{0}xf32>", layer.columns);
  std::string b = llvm::formatv("tensor<{0}xf32>", layer.columns);
  std::string w =
      llvm::formatv("tensor<{0}x{1}x{2}xf32>", layer.columns, layer.channels, layer.kernel);
  std::string text =
      "trimod.parameter @w \"w\" : " + w + "\ntrimod.parameter @b \"b\" : " + b +
      "\nfunc.func @f(%x: " + x + " {trimod.name = \"x\"}, " +
      "%o: tensor<?xindex> {trimod.name = \"offsets\"}) -> (" + y + " {trimod.name = \"y\"}, " + y +
      " {trimod.name = \"max\"}) {\n"
      "%w = trimod.get_parameter @w : " +
      w + "\n%b = trimod.get_parameter @b : " + b + "\n%y = trimod.conv1d %x, %w " +
      (layer.hasBias ? "bias(%b) " : "") + "offsets(%o) activation = " + layer.activation + " : " +
      x + ", " + w + (layer.hasBias ? ", " + b : "") +
      ", tensor<?xindex>\n%m = trimod.max_over_time %y offsets(%o) : " + y +
      ", tensor<?xindex>\nreturn %y, %m : " + y + ", " + y + "\n}\n";
  std::string pack = llvm::formatv("builtin.module(canonicalize,func.func(trimod-pack-weights{{"
                                   "lanes={0}}),cse,trimod-outline-init,canonicalize)",
                                   Target{form.level}.lanes());
  return Program::create(text, ProgramOptions{pack, form.lowering, form.level, {}, {}});
}

/// Segments of rows, and the results of each.
struct Batch {
  std::vector<float> x;
  std::vector<int64_t> offsets{0};
};

struct Results {
  std::vector<float> y, max;
  bool operator==(const Results &other) const { return y == other.y && max == other.max; }
};

Results run(const Program &program, Arrays values, const Layer &layer, const Batch &batch) {
  int64_t rows = batch.offsets.back(), segments = batch.offsets.size() - 1;
  values["x"] = Array::of({rows, layer.channels}, batch.x);
  values["offsets"] = Array::of({segments + 1}, batch.offsets);
  Arrays found = program.call(values, {{"y", rows}, {"max", segments}});
  return {found["y"].get<float>(), found["max"].get<float>()};
}

class Conv1d : public testing::TestWithParam<Form> {
protected:
  void SetUp() override {
    if (!hostSupports(GetParam().level))
      GTEST_SKIP() << "this machine cannot run " << Target{GetParam().level}.name();
  }

  std::vector<float> randomFloats(size_t count) {
    std::normal_distribution<float> normal(0, 0.5);
    std::vector<float> values(count);
    for (float &value : values)
      value = normal(random);
    return values;
  }

  /// Longer than what a kernel takes at a time, and as short as can be.
  Batch randomBatch(const Layer &layer) {
    Batch batch;
    for (int64_t length : {2, 0, 0, 1, 7, 300, 0, 1, 1, 5, 127, 128, 3, 0})
      batch.offsets.push_back(batch.offsets.back() + length);
    batch.x = randomFloats(batch.offsets.back() * layer.channels);
    return batch;
  }

  Arrays randomWeights(const Layer &layer) {
    std::vector<int64_t> shape{layer.columns, layer.channels, layer.kernel};
    return {{"w", Array::of(shape, randomFloats(shape[0] * shape[1] * shape[2]))},
            {"b", Array::of({layer.columns}, randomFloats(layer.columns))}};
  }

  Random random{11};
};

const std::vector<Layer> kLayers{{1, 3, 5, "none", false},
                                 {3, 30, 30, "tanh", true},
                                 {5, 7, 33, "relu", true},
                                 {3, 1, 1, "none", true}};

Batch segmentOf(const Batch &batch, const Layer &layer, size_t segment) {
  int64_t begin = batch.offsets[segment], end = batch.offsets[segment + 1];
  return {{batch.x.begin() + begin * layer.channels, batch.x.begin() + end * layer.channels},
          {0, end - begin}};
}

TEST_P(Conv1d, IsItsEquations) {
  for (const Layer &layer : kLayers) {
    SCOPED_TRACE("kernel " + std::to_string(layer.kernel));
    std::unique_ptr<Program> program = compile(layer, GetParam());
    ASSERT_TRUE(program);
    Arrays weights = randomWeights(layer);
    Batch batch = randomBatch(layer);
    Results results = run(*program, program->withDerived(weights), layer, batch);
    std::vector<float> w = weights["w"].get<float>(), bias = weights["b"].get<float>();
    if (!layer.hasBias)
      bias.assign(bias.size(), 0.0f);
    Matrix y = toMatrix(results.y, layer.columns), max = toMatrix(results.max, layer.columns);
    double acrossBorders = 0;
    for (size_t segment = 0; segment + 1 < batch.offsets.size(); ++segment) {
      Matrix x = toMatrix(segmentOf(batch, layer, segment).x, layer.channels);
      Matrix expected = convolve(x, w, bias, layer.kernel, layer.activation);
      Vector expectedMax = maxOverTime(expected, layer.columns);
      for (int64_t c = 0; c < layer.columns; ++c) {
        for (size_t t = 0; t < x.size(); ++t)
          ASSERT_NEAR(y[batch.offsets[segment] + t][c], expected[t][c], 1e-5);
        ASSERT_NEAR(max[segment][c], expectedMax[c], 1e-5);
      }
    }
    // Without borders the result is another: a kernel that read across them would be noticed.
    Matrix joined =
        convolve(toMatrix(batch.x, layer.channels), w, bias, layer.kernel, layer.activation);
    for (size_t t = 0; t < joined.size(); ++t)
      for (int64_t c = 0; c < layer.columns; ++c)
        acrossBorders = std::max(acrossBorders, std::abs(joined[t][c] - y[t][c]));
    if (layer.kernel > 1)
      EXPECT_GT(acrossBorders, 1e-2);
  }
}

TEST_P(Conv1d, GivesASegmentTheSameBitsInAnyBatch) {
  for (const Layer &layer : kLayers) {
    SCOPED_TRACE("kernel " + std::to_string(layer.kernel));
    std::unique_ptr<Program> program = compile(layer, GetParam());
    ASSERT_TRUE(program);
    Arrays values = program->withDerived(randomWeights(layer));
    Batch batch = randomBatch(layer);
    Results together = run(*program, values, layer, batch);
    Results oneByOne;
    for (size_t segment = 0; segment + 1 < batch.offsets.size(); ++segment) {
      Results alone = run(*program, values, layer, segmentOf(batch, layer, segment));
      oneByOne.y.insert(oneByOne.y.end(), alone.y.begin(), alone.y.end());
      oneByOne.max.insert(oneByOne.max.end(), alone.max.begin(), alone.max.end());
    }
    EXPECT_TRUE(together == oneByOne);
    EXPECT_TRUE(run(*program, values, layer, Batch()) == Results());
  }
}

// A NaN reaches what its window covers, the maximum of its segment, and nothing of another segment.
TEST_P(Conv1d, ANaNStaysInItsSegment) {
  const Layer layer{3, 4, 9, "relu", true};
  std::unique_ptr<Program> program = compile(layer, GetParam());
  ASSERT_TRUE(program);
  Batch batch{randomFloats(9 * layer.channels), {0, 3, 6, 9}};
  batch.x[5 * layer.channels + 1] = NAN;
  Results results = run(*program, program->withDerived(randomWeights(layer)), layer, batch);
  for (int64_t t = 0; t < 9; ++t)
    for (int64_t c = 0; c < layer.columns; ++c)
      EXPECT_EQ(std::isnan(results.y[t * layer.columns + c]), t == 4 || t == 5) << t;
  for (int64_t segment = 0; segment < 3; ++segment)
    for (int64_t c = 0; c < layer.columns; ++c)
      EXPECT_EQ(std::isnan(results.max[segment * layer.columns + c]), segment == 1) << segment;
}

// Panels and vectors are wider on level 4; every element is the same chain of operations.
TEST_P(Conv1d, GivesTheBitsOfLevel3) {
  if (GetParam().level == IsaLevel::V3)
    GTEST_SKIP() << "is level 3";
  const Layer layer{3, 30, 30, "tanh", true};
  std::unique_ptr<Program> program = compile(layer, GetParam());
  std::unique_ptr<Program> narrow = compile(layer, {"", Lowering::Kernels, IsaLevel::V3});
  ASSERT_TRUE(program && narrow);
  Arrays weights = randomWeights(layer);
  Batch batch = randomBatch(layer);
  EXPECT_TRUE(run(*program, program->withDerived(weights), layer, batch) ==
              run(*narrow, narrow->withDerived(weights), layer, batch));
}

INSTANTIATE_TEST_SUITE_P(Forms, Conv1d,
                         testing::Values(Form{"generic", Lowering::Generic, IsaLevel::V3},
                                         Form{"kernels_v3", Lowering::Kernels, IsaLevel::V3},
                                         Form{"kernels_v4", Lowering::Kernels, IsaLevel::V4}),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(MaxOverTime, OfInfinitiesIsInfinite) {
  constexpr const char *kText = R"mlir(
    func.func @f(%x: tensor<?x3xf32> {trimod.name = "x"}) -> (tensor<3xf32> {trimod.name = "max"}) {
      %m = trimod.max_over_time %x : tensor<?x3xf32>
      return %m : tensor<3xf32>
    })mlir";
  for (Lowering lowering : {Lowering::Generic, Lowering::Kernels}) {
    std::unique_ptr<Program> program = Program::create(kText, "", lowering);
    ASSERT_TRUE(program);
    auto maxOf = [&](int64_t rows, const std::vector<float> &x) {
      return program->call({{"x", Array::of({rows, 3}, x)}}, {})["max"].get<float>();
    };
    EXPECT_EQ(maxOf(2, {-INFINITY, 1, INFINITY, -INFINITY, -2, 5}),
              (std::vector<float>{-INFINITY, 1, INFINITY}));
    EXPECT_EQ(maxOf(0, {}), (std::vector<float>{0, 0, 0}));
  }
}

//===----------------------------------------------------------------------===//
// The character encoder, through all phases
//===----------------------------------------------------------------------===//

using Words = std::vector<std::vector<int32_t>>;

/// The features of all words, one word after the other.
std::vector<float> encode(const Program &program, Arrays values, const std::vector<Words> &posts) {
  std::vector<int32_t> chars;
  std::vector<int64_t> items{0}, tokens{0};
  for (const Words &words : posts) {
    for (const std::vector<int32_t> &word : words) {
      chars.insert(chars.end(), word.begin(), word.end());
      items.push_back(chars.size());
    }
    tokens.push_back(items.size() - 1);
  }
  values["chars"] = Array::of({int64_t(chars.size())}, chars);
  values["chars.item_offsets"] = Array::of({int64_t(items.size())}, items);
  values["tokens.offsets"] = Array::of({int64_t(tokens.size())}, tokens);
  return program.call(values, {{"features", tokens.back()}})["features"].get<float>();
}

TEST(CharCnn, IsItsEquationsInEveryProgram) {
  auto text = llvm::MemoryBuffer::getFile(TRIMOD_MODELS "/test/char_cnn.mlir");
  ASSERT_TRUE(bool(text));
  Random random(12);
  Weights weights = randomWeights((*text)->getBuffer(), random, {});
  std::vector<Words> posts;
  Vector expected;
  Matrix table = toMatrix(weights.getFloats("char_embedding.weight"), 7);
  for (Post &post : randomPosts(60, random)) {
    for (std::vector<int32_t> &word : post.chars) {
      Matrix x;
      for (int32_t &id : word)
        x.push_back(table[id %= 20]);
      Matrix y = convolve(x, weights.getFloats("char_conv.weight"),
                          weights.getFloats("char_conv.bias"), 3, "tanh");
      Vector features = maxOverTime(y, 13);
      expected.insert(expected.end(), features.begin(), features.end());
    }
    posts.push_back(post.chars);
  }

  const struct {
    std::string fused;
    Form form;
  } programs[] = {
      {"trimod-phase-fused", {"generic", Lowering::Generic, IsaLevel::V3}},
      {"trimod-phase-fused{skip=trimod-fuse-conv-epilogue}",
       {"unfused", Lowering::Kernels, IsaLevel::V3}},
      {"trimod-phase-fused", {"kernels_v3", Lowering::Kernels, IsaLevel::V3}},
      {"trimod-phase-fused", {"kernels_v4", Lowering::Kernels, IsaLevel::V4}},
  };
  for (const auto &[fused, form] : programs) {
    SCOPED_TRACE(form.name);
    if (!hostSupports(form.level))
      continue;
    std::string pipeline =
        llvm::formatv("builtin.module(trimod-phase-model,{0},trimod-phase-batched,"
                      "trimod-phase-scheduled{{lanes={1}})",
                      fused, Target{form.level}.lanes());
    std::unique_ptr<Program> program = Program::create(
        (*text)->getBuffer(), ProgramOptions{pipeline, form.lowering, form.level, {}, {}});
    ASSERT_TRUE(program);
    Arrays values = program->withDerived(weights.values);
    std::vector<float> together = encode(*program, values, posts), oneByOne;
    ASSERT_EQ(together.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i)
      ASSERT_NEAR(together[i], expected[i], 1e-5);
    for (const Words &words : posts) {
      std::vector<float> alone = encode(*program, values, {words});
      oneByOne.insert(oneByOne.end(), alone.begin(), alone.end());
    }
    EXPECT_EQ(together, oneByOne);
    EXPECT_TRUE(encode(*program, values, {}).empty());
  }
}

} // namespace
