// The meaning of fused ops, compiled and run, against the same equations in double.
#include "Equations.h"
#include "gtest/gtest.h"

#include <cmath>
#include <random>

using namespace trimod::test;

namespace {

std::mt19937 &random() {
  static std::mt19937 engine(7);
  return engine;
}

std::vector<float> randomFloats(size_t count, float scale = 1) {
  std::normal_distribution<float> normal(0, scale);
  std::vector<float> values(count);
  for (float &value : values)
    value = normal(random());
  return values;
}

//===----------------------------------------------------------------------===//
// GRU
//===----------------------------------------------------------------------===//

constexpr size_t kWidth = 3, kHidden = 5;

struct GruWeights {
  std::vector<float> wIh = randomFloats(3 * kHidden * kWidth),
                     wHh = randomFloats(3 * kHidden * kHidden), bIh = randomFloats(3 * kHidden),
                     bHh = randomFloats(3 * kHidden);
};

/// States of one direction; row t belongs to row t.
Matrix runGru(const Matrix &x, const GruWeights &weights, Vector h, bool isReverse,
              bool linearBeforeReset) {
  Matrix wIh = toMatrix(weights.wIh, kWidth), wHh = toMatrix(weights.wHh, kHidden);
  Matrix states(x.size());
  for (size_t step = 0; step < x.size(); ++step) {
    size_t t = isReverse ? x.size() - 1 - step : step;
    Vector gx = multiply(wIh, x[t]), gh = multiply(wHh, h);
    for (size_t i = 0; i < gx.size(); ++i) {
      gx[i] += weights.bIh[i];
      gh[i] += weights.bHh[i];
    }
    Vector r(kHidden), z(kHidden), reset(kHidden);
    for (size_t i = 0; i < kHidden; ++i) {
      r[i] = sigmoid(gx[i] + gh[i]);
      z[i] = sigmoid(gx[kHidden + i] + gh[kHidden + i]);
      reset[i] = r[i] * h[i];
    }
    Vector afterReset = multiply(wHh, reset);
    Vector next(kHidden);
    for (size_t i = 0; i < kHidden; ++i) {
      double recurrent = linearBeforeReset
                             ? r[i] * gh[2 * kHidden + i]
                             : afterReset[2 * kHidden + i] + weights.bHh[2 * kHidden + i];
      double n = std::tanh(gx[2 * kHidden + i] + recurrent);
      next[i] = (1 - z[i]) * n + z[i] * h[i];
    }
    h = states[t] = next;
  }
  return states;
}

struct GruForm {
  const char *direction;
  bool linearBeforeReset;
  bool hasInitialState;
};

std::string gruText(const GruForm &form) {
  std::string init = form.hasInitialState ? "init(%h)" : "";
  std::string initType = form.hasInitialState ? ", tensor<5xf32>" : "";
  std::string initArgument =
      form.hasInitialState ? ", %h: tensor<5xf32> {trimod.name = \"h\"}" : "";
  return std::string("func.func @f(%x: tensor<?x3xf32> {trimod.name = \"x\"}, ") +
         "%wi: tensor<15x3xf32> {trimod.name = \"wi\"}, %wh: tensor<15x5xf32> {trimod.name = "
         "\"wh\"}, %bi: tensor<15xf32> {trimod.name = \"bi\"}, %bh: tensor<15xf32> {trimod.name = "
         "\"bh\"}" +
         initArgument +
         ") -> (tensor<?x5xf32> {trimod.name = \"states\"}, tensor<5xf32> {trimod.name = "
         "\"last\"}) {\n  %s, %l = trimod.gru " +
         form.direction + " %x w_ih(%wi) w_hh(%wh) b_ih(%bi) b_hh(%bh) " + init +
         " linear_before_reset = " + (form.linearBeforeReset ? "true" : "false") +
         " : tensor<?x3xf32>, tensor<15x3xf32>, tensor<15x5xf32>, tensor<15xf32>, "
         "tensor<15xf32>" +
         initType + "\n  return %s, %l : tensor<?x5xf32>, tensor<5xf32>\n}\n";
}

/// The largest difference of the compiled form `compiled` from the equations of `meant`.
double gruError(const GruForm &compiled, const GruForm &meant) {
  std::unique_ptr<Program> program = Program::create(gruText(compiled), "", Lowering::Generic);
  if (!program)
    return 1e9;
  double worst = 0;
  for (int64_t length : {0, 1, 6}) {
    GruWeights weights;
    std::vector<float> x = randomFloats(length * kWidth), h = randomFloats(kHidden);
    Vector initial(kHidden, 0.0);
    if (meant.hasInitialState)
      initial.assign(h.begin(), h.end());
    bool isReverse = meant.direction == std::string("reverse");
    Matrix expected =
        runGru(toMatrix(x, kWidth), weights, initial, isReverse, meant.linearBeforeReset);
    Arrays results = program->call({{"x", Array::of({length, 3}, x)},
                                    {"wi", Array::of({15, 3}, weights.wIh)},
                                    {"wh", Array::of({15, 5}, weights.wHh)},
                                    {"bi", Array::of({15}, weights.bIh)},
                                    {"bh", Array::of({15}, weights.bHh)},
                                    {"h", Array::of({5}, h)}},
                                   {{"states", length}});
    Matrix states = toMatrix(results["states"].get<float>(), kHidden);
    EXPECT_EQ(states.size(), expected.size());
    for (size_t t = 0; t < expected.size(); ++t)
      for (size_t i = 0; i < kHidden; ++i)
        worst = std::max(worst, std::abs(states[t][i] - expected[t][i]));
    std::vector<float> last = results["last"].get<float>();
    const Vector &expectedLast =
        length == 0 ? initial : expected[isReverse ? 0 : expected.size() - 1];
    for (size_t i = 0; i < kHidden; ++i)
      worst = std::max(worst, std::abs(last[i] - expectedLast[i]));
  }
  return worst;
}

TEST(Gru, EveryFormIsItsEquations) {
  for (const char *direction : {"forward", "reverse"})
    for (bool linearBeforeReset : {true, false})
      for (bool hasInitialState : {true, false}) {
        GruForm form{direction, linearBeforeReset, hasInitialState};
        EXPECT_LT(gruError(form, form), 2e-6) << gruText(form);
      }
}

// A comparison that cannot tell the reset forms apart, or the directions, would prove nothing.
TEST(Gru, AFlippedFormIsNoticed) {
  GruForm form{"forward", true, false};
  EXPECT_GT(gruError({"forward", false, false}, form), 1e-2);
  EXPECT_GT(gruError({"reverse", true, false}, form), 1e-2);
}

//===----------------------------------------------------------------------===//
// LSTM
//===----------------------------------------------------------------------===//

const char *kLstmText = R"(
func.func @f(%x: tensor<?x3xf32> {trimod.name = "x"}, %o: tensor<?xindex> {trimod.name = "offsets"},
             %wi0: tensor<20x3xf32> {trimod.name = "wi0"}, %wh0: tensor<20x5xf32> {trimod.name = "wh0"},
             %bi0: tensor<20xf32> {trimod.name = "bi0"}, %bh0: tensor<20xf32> {trimod.name = "bh0"},
             %wi1: tensor<20x3xf32> {trimod.name = "wi1"}, %wh1: tensor<20x5xf32> {trimod.name = "wh1"},
             %bi1: tensor<20xf32> {trimod.name = "bi1"}, %bh1: tensor<20xf32> {trimod.name = "bh1"},
             %h0: tensor<?x5xf32> {trimod.name = "h0"}, %c0: tensor<?x5xf32> {trimod.name = "c0"},
             %h1: tensor<?x5xf32> {trimod.name = "h1"}, %c1: tensor<?x5xf32> {trimod.name = "c1"})
    -> (tensor<?x10xf32> {trimod.name = "states"}, tensor<?x10xf32> {trimod.name = "last"},
        tensor<?x10xf32> {trimod.name = "last_cell"}) {
  %s, %l, %c = trimod.lstm bidirectional %x w_ih(%wi0, %wi1) w_hh(%wh0, %wh1) b_ih(%bi0, %bi1) b_hh(%bh0, %bh1)
      init(%h0, %c0, %h1, %c1) offsets(%o)
      : tensor<?x3xf32>, tensor<20x3xf32>, tensor<20x3xf32>, tensor<20x5xf32>, tensor<20x5xf32>, tensor<20xf32>,
        tensor<20xf32>, tensor<20xf32>, tensor<20xf32>, tensor<?x5xf32>, tensor<?x5xf32>, tensor<?x5xf32>,
        tensor<?x5xf32>, tensor<?xindex>
  return %s, %l, %c : tensor<?x10xf32>, tensor<?x10xf32>, tensor<?x10xf32>
})";

Vector addBias(Vector vector, const Vector &bias) {
  for (size_t i = 0; i < vector.size(); ++i)
    vector[i] += bias[i];
  return vector;
}

// Both directions, segments of any length, every segment from states of its own.
TEST(Lstm, IsItsEquations) {
  std::unique_ptr<Program> program = Program::create(kLstmText, "", Lowering::Generic);
  ASSERT_TRUE(program);
  const std::vector<int64_t> offsets{0, 4, 4, 5, 11};
  int64_t rows = offsets.back(), segments = offsets.size() - 1, gates = 4 * kHidden;
  Arrays values;
  std::map<std::string, Matrix> matrices;
  auto addValue = [&](const std::string &name, std::vector<int64_t> shape) {
    size_t columns = shape.back(), count = 1;
    for (int64_t size : shape)
      count *= size;
    std::vector<float> floats = randomFloats(count);
    matrices[name] = toMatrix(floats, columns);
    values[name] = Array::of(std::move(shape), floats);
  };
  values["offsets"] = Array::of({segments + 1}, offsets);
  addValue("x", {rows, int64_t(kWidth)});
  for (const std::string d : {"0", "1"}) {
    addValue("wi" + d, {gates, int64_t(kWidth)});
    addValue("wh" + d, {gates, int64_t(kHidden)});
    addValue("bi" + d, {gates});
    addValue("bh" + d, {gates});
    addValue("h" + d, {segments, int64_t(kHidden)});
    addValue("c" + d, {segments, int64_t(kHidden)});
  }
  Arrays results =
      program->call(values, {{"states", rows}, {"last", segments}, {"last_cell", segments}});
  Matrix states = toMatrix(results["states"].get<float>(), 2 * kHidden);
  Matrix last = toMatrix(results["last"].get<float>(), 2 * kHidden);
  Matrix lastCell = toMatrix(results["last_cell"].get<float>(), 2 * kHidden);
  for (int64_t segment = 0; segment < segments; ++segment) {
    for (int64_t d : {0, 1}) {
      SCOPED_TRACE("segment " + std::to_string(segment) + ", direction " + std::to_string(d));
      auto matrix = [&](const std::string &name) { return matrices.at(name + std::to_string(d)); };
      CellState state{matrix("h")[segment], matrix("c")[segment]};
      int64_t begin = offsets[segment], end = offsets[segment + 1];
      for (int64_t step = 0; step < end - begin; ++step) {
        int64_t t = d == 0 ? begin + step : end - 1 - step;
        state = stepLstm(addBias(multiply(matrix("wi"), matrices["x"][t]), matrix("bi")[0]),
                         addBias(multiply(matrix("wh"), state.h), matrix("bh")[0]), state);
        for (size_t i = 0; i < kHidden; ++i)
          EXPECT_NEAR(states[t][d * kHidden + i], state.h[i], 2e-6);
      }
      for (size_t i = 0; i < kHidden; ++i) {
        EXPECT_NEAR(last[segment][d * kHidden + i], state.h[i], 2e-6);
        EXPECT_NEAR(lastCell[segment][d * kHidden + i], state.c[i], 4e-6);
      }
    }
  }
}

//===----------------------------------------------------------------------===//
// Attention pooling
//===----------------------------------------------------------------------===//

const char *kAttentionText = R"(
func.func @f(%q: tensor<?x5xf32> {trimod.name = "q"}, %qo: tensor<?xindex> {trimod.name = "q.offsets"},
             %c: tensor<?x5xf32> {trimod.name = "c"}, %co: tensor<?xindex> {trimod.name = "c.offsets"},
             %d: tensor<?x5xf32> {trimod.name = "d"}, %do: tensor<?xindex> {trimod.name = "d.offsets"},
             %w: tensor<7x5xf32> {trimod.name = "w"}, %b: tensor<7xf32> {trimod.name = "b"}, %u: tensor<7xf32> {trimod.name = "u"})
    -> (tensor<?x5xf32> {trimod.name = "pooled"}) {
  %r = trimod.attention_pool queries(%q) context(%c, %d) score(%w, %b, %u) offsets(%qo) (CONTEXT_OFFSETS)
      : tensor<?x5xf32>, tensor<?x5xf32>, tensor<?x5xf32>, tensor<7x5xf32>, tensor<7xf32>, tensor<7xf32>,
        tensor<?xindex>, tensor<?xindex>, tensor<?xindex>
  return %r : tensor<?x5xf32>
})";

/// The largest difference from the equations, for posts with and without contexts.
double attentionError(const std::string &contextOffsets, const char *pipeline, Lowering lowering) {
  std::string text = kAttentionText;
  const std::string place = "CONTEXT_OFFSETS";
  text.replace(text.find(place), place.size(), contextOffsets);
  std::unique_ptr<Program> program = Program::create(text, pipeline, lowering);
  if (!program)
    return 1e9;
  const std::vector<int64_t> qo{0, 2, 2, 5, 6}, co{0, 3, 3, 3, 4}, dof{0, 1, 2, 2, 4};
  std::vector<float> q = randomFloats(6 * 5), c = randomFloats(4 * 5), d = randomFloats(4 * 5),
                     w = randomFloats(7 * 5), b = randomFloats(7), u = randomFloats(7);
  Arrays results = program->call({{"q", Array::of({6, 5}, q)},
                                  {"q.offsets", Array::of({5}, qo)},
                                  {"c", Array::of({4, 5}, c)},
                                  {"c.offsets", Array::of({5}, co)},
                                  {"d", Array::of({4, 5}, d)},
                                  {"d.offsets", Array::of({5}, dof)},
                                  {"w", Array::of({7, 5}, w)},
                                  {"b", Array::of({7}, b)},
                                  {"u", Array::of({7}, u)}},
                                 {{"pooled", 6}});
  Matrix pooled = toMatrix(results["pooled"].get<float>(), 5), weights = toMatrix(w, 5);
  Matrix queries = toMatrix(q, 5), first = toMatrix(c, 5), second = toMatrix(d, 5);
  double worst = 0;
  for (size_t post = 0; post + 1 < qo.size(); ++post)
    for (int64_t t = qo[post]; t < qo[post + 1]; ++t) {
      Matrix features{queries[t]};
      features.insert(features.end(), first.begin() + co[post], first.begin() + co[post + 1]);
      features.insert(features.end(), second.begin() + dof[post], second.begin() + dof[post + 1]);
      Vector sum(5, 0.0);
      double total = 0;
      for (const Vector &feature : features) {
        Vector projected = multiply(weights, feature);
        double score = 0;
        for (size_t i = 0; i < 7; ++i)
          score += u[i] * std::tanh(projected[i] + b[i]);
        total += std::exp(score);
        for (size_t i = 0; i < 5; ++i)
          sum[i] += std::exp(score) * feature[i];
      }
      for (size_t i = 0; i < 5; ++i)
        worst = std::max(worst, std::abs(pooled[t][i] - sum[i] / total));
    }
  return worst;
}

constexpr const char *kHoist =
    "builtin.module(func.func(trimod-hoist-attention-context),canonicalize)";

TEST(AttentionPool, IsItsEquationsWholeAndHoisted) {
  EXPECT_LT(attentionError("%co, %do", "", Lowering::Generic), 2e-6);
  EXPECT_LT(attentionError("%co, %do", kHoist, Lowering::Generic), 2e-6);
  EXPECT_LT(attentionError("%co, %do", kHoist, Lowering::Kernels), 2e-6);
}

TEST(AttentionPool, SwappedContextOffsetsAreNoticed) {
  EXPECT_GT(attentionError("%do, %co", "", Lowering::Generic), 1e-2);
  EXPECT_GT(attentionError("%do, %co", kHoist, Lowering::Kernels), 1e-2);
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

// A product that starts from a bias and a scan that starts from a given state could be computed in
// the memory of the bias and the state; Program::call notices.
TEST(Arguments, AreNotOverwritten) {
  constexpr const char *kText = R"mlir(
    func.func @f(%x: tensor<?x2xf32> {trimod.name = "x"}, %h: tensor<2xf32> {trimod.name = "h"},
                 %w: tensor<2x2xf32> {trimod.name = "w"}, %b: tensor<2xf32> {trimod.name = "b"})
        -> (tensor<2xf32> {trimod.name = "last"}) {
      %sum = trimod.scan %x init(%h) {
      ^bb0(%row: tensor<2xf32>, %state: tensor<2xf32>):
        %next = arith.addf %row, %state : tensor<2xf32>
        trimod.yield %next : tensor<2xf32>
      } : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<2xf32>
      %y = linalg.matvec ins(%w, %sum : tensor<2x2xf32>, tensor<2xf32>)
                         outs(%b : tensor<2xf32>) -> tensor<2xf32>
      return %y : tensor<2xf32>
    })mlir";
  std::unique_ptr<Program> program = Program::create(kText, "", Lowering::Generic);
  ASSERT_TRUE(program);
  Arrays results = program->call({{"x", Array::of<float>({2, 2}, {1, 2, 3, 4})},
                                  {"h", Array::of<float>({2}, {10, 20})},
                                  {"w", Array::of<float>({2, 2}, {1, 0, 1, 1})},
                                  {"b", Array::of<float>({2}, {100, 200})}},
                                 {});
  EXPECT_EQ(results["last"].get<float>(), (std::vector<float>{114, 240}));
}

} // namespace
