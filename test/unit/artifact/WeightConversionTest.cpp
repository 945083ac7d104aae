//===- WeightConversionTest.cpp - tables in f32, f16 and int8 --------------===//

#include "codegen/artifact/WeightConversion.h"

#include "dialect/TriMod.h"
#include "mlir/Parser/Parser.h"
#include "passes/Remarks.h"
#include "runtime/Safetensors.h"
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <random>

using namespace trimod;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// The nearest of all elements by trying each, in double; of two that are as near, the even one.
int nearestElement(float value, float scale) {
  int nearest = 0;
  for (int element = -127; element <= 127; ++element) {
    const double distance = std::fabs(value - double(scale) * element);
    const double best = std::fabs(value - double(scale) * nearest);
    if (distance < best || (distance == best && element % 2 == 0))
      nearest = element;
  }
  return nearest;
}

TEST(QuantizeRow, TakesTheNearestElement) {
  std::mt19937 random(3);
  for (float size : {1.0f, 1e-30f, 1e30f, 0.013f}) {
    for (size_t width : {1, 2, 7, 200}) {
      std::normal_distribution<float> normal(0, size);
      std::vector<float> row(width);
      for (float &value : row)
        value = normal(random);
      std::vector<int8_t> elements(width);
      const float scale = quantizeRow(row, elements);
      float largest = 0;
      for (float value : row)
        largest = std::max(largest, std::fabs(value));
      EXPECT_EQ(scale, float(double(largest) / 127)) << size;
      for (size_t i = 0; i < width; ++i) {
        EXPECT_EQ(elements[i], nearestElement(row[i], scale)) << row[i] << " by " << scale;
        EXPECT_LE(std::fabs(row[i] - double(scale) * elements[i]), scale * 0.50001);
      }
    }
  }
}

TEST(QuantizeRow, TiesGoToEvenAndTheSignIsKept) {
  const float row[] = {127, -127, 0.5f, 1.5f, -0.5f, -1.5f, 2.5f, -0.0f};
  int8_t elements[8];
  EXPECT_EQ(quantizeRow(row, elements), 1.0f);
  EXPECT_EQ(std::vector<int>(elements, elements + 8),
            (std::vector<int>{127, -127, 0, 2, 0, -2, 2, 0}));
}

TEST(QuantizeRow, RowsWithoutAScaleAreZeros) {
  const float smallest = std::numeric_limits<float>::min();
  for (float value : {0.0f, 1e-44f, smallest, 126 * smallest}) {
    const float row[] = {value, -value, 0};
    int8_t elements[] = {1, 1, 1};
    EXPECT_EQ(quantizeRow(row, elements), 0.0f) << value;
    EXPECT_EQ(std::vector<int>(elements, elements + 3), (std::vector<int>{0, 0, 0})) << value;
  }
  const float row[] = {127 * smallest, -smallest};
  int8_t elements[2];
  EXPECT_EQ(quantizeRow(row, elements), smallest);
  EXPECT_EQ(elements[0], 127);
  EXPECT_EQ(elements[1], -1);
  EXPECT_EQ(quantizeRow({}, {}), 0.0f);
  const float large[] = {std::numeric_limits<float>::max(), -1e38f};
  EXPECT_EQ(quantizeRow(large, elements), std::numeric_limits<float>::max() / 127);
  EXPECT_EQ(elements[0], 127);
}

template <typename T>
llvm::SmallVector<char, 0> toBytes(const std::vector<T> &values) {
  const char *bytes = reinterpret_cast<const char *>(values.data());
  return llvm::SmallVector<char, 0>(bytes, bytes + values.size() * sizeof(T));
}

template <typename T>
std::vector<T> toValues(llvm::StringRef bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

class ConvertWeights : public ::testing::Test {
protected:
  ConvertWeights() {
    context.loadDialect<TriModDialect>();
    EXPECT_TRUE(mlir::succeeded(collectRemarks(context, remarks)));
    context.printOpOnDiagnostic(false);
  }

  /// Converts `weights` for parameters of these types; the error, or "".
  std::string convert(llvm::StringRef parameters) {
    std::string error;
    mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
      error = diagnostic.str();
      return mlir::success();
    });
    auto module = mlir::parseSourceString<mlir::ModuleOp>(parameters, &context);
    EXPECT_EQ(mlir::failed(convertWeights(*module, weights)), !error.empty());
    return error;
  }

  template <typename T>
  std::vector<T> get(llvm::StringRef key, const TensorSignature &type) {
    llvm::Expected<Weight> weight = weights.find(key, type);
    if (!weight) {
      ADD_FAILURE() << llvm::toString(weight.takeError());
      return {};
    }
    return toValues<T>(weight->bytes);
  }

  mlir::MLIRContext context;
  RemarkCollector remarks;
  WeightStore weights;
};

TEST_F(ConvertWeights, ToRowsOfInt8WithScales) {
  weights.add("t", {TRIMOD_F32, {3, 2}}, toBytes<float>({127, -63.5f, 0, 0, 0.25f, -0.125f}));
  ASSERT_EQ(convert(R"(trimod.parameter @t "t" : tensor<3x2xi8>
                       trimod.parameter @s "t.scale" : tensor<3xf32>)"),
            "");
  EXPECT_EQ(get<int8_t>("t", {TRIMOD_I8, {3, 2}}), (std::vector<int8_t>{127, -64, 0, 0, 127, -64}));
  EXPECT_EQ(get<float>("t.scale", {TRIMOD_F32, {3}}), (std::vector<float>{1, 0, 0.25f / 127}));
  std::vector<CollectedRemark> said = remarks.take();
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].message,
            "'t': f32[3x2], 24 bytes, is kept as i8[3x2] with a scale a row, 18 bytes; the largest "
            "rounding error is 0.5, in row 0");
  // What has the wanted type stays, and nothing is said.
  ASSERT_EQ(convert(R"(trimod.parameter @t "t" : tensor<3x2xi8>
                       trimod.parameter @s "t.scale" : tensor<3xf32>)"),
            "");
  EXPECT_TRUE(remarks.take().empty());
}

TEST_F(ConvertWeights, BetweenF16AndF32) {
  weights.add("t", {TRIMOD_F16, {1, 2}}, toBytes<_Float16>({_Float16(0.1f), -2}));
  weights.add("u", {TRIMOD_F32, {2, 1}}, toBytes<float>({0.1f, 65504}));
  ASSERT_EQ(convert(R"(trimod.parameter @t "t" : tensor<1x2xf32>
                       trimod.parameter @u "u" : tensor<2x1xf16>)"),
            "");
  EXPECT_EQ(get<float>("t", {TRIMOD_F32, {1, 2}}), (std::vector<float>{0.0999755859375f, -2}));
  std::vector<_Float16> halves = get<_Float16>("u", {TRIMOD_F16, {2, 1}});
  EXPECT_EQ(std::vector<float>(halves.begin(), halves.end()),
            (std::vector<float>{0.0999755859375f, 65504}));
}

TEST_F(ConvertWeights, FromF16ToInt8) {
  weights.add("t", {TRIMOD_F16, {2, 1}}, toBytes<_Float16>({-3, 0}));
  ASSERT_EQ(convert(R"(trimod.parameter @t "t" : tensor<2x1xi8>)"), "");
  EXPECT_EQ(get<int8_t>("t", {TRIMOD_I8, {2, 1}}), (std::vector<int8_t>{-127, 0}));
}

TEST_F(ConvertWeights, TablesWithoutRowsOrColumns) {
  weights.add("rows", {TRIMOD_F32, {0, 2}}, {});
  weights.add("columns", {TRIMOD_F32, {2, 0}}, {});
  ASSERT_EQ(convert(R"(trimod.parameter @r "rows" : tensor<0x2xi8>
                       trimod.parameter @c "columns" : tensor<2x0xi8>)"),
            "");
  EXPECT_TRUE(get<float>("rows.scale", {TRIMOD_F32, {0}}).empty());
  EXPECT_EQ(get<float>("columns.scale", {TRIMOD_F32, {2}}), (std::vector<float>{0, 0}));
}

TEST_F(ConvertWeights, NamesWhatCannotBeConverted) {
  for (float value : {kInfinity, -kInfinity, std::nanf("")}) {
    weights.add("t", {TRIMOD_F32, {2, 2}}, toBytes<float>({1, 2, 3, value}));
    const std::string text = std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    EXPECT_EQ(convert(R"(trimod.parameter @words "t" : tensor<2x2xi8>)"),
              "parameter @words: cannot convert 't': row 1 holds " + text +
                  ": expected finite numbers");
  }
  weights.add("t", {TRIMOD_F32, {1, 2}}, toBytes<float>({1, -70000}));
  EXPECT_EQ(convert(R"(trimod.parameter @words "t" : tensor<1x2xf16>)"),
            "parameter @words: cannot convert 't': row 0 holds -70000, which is too large for f16");
}

TEST(WeightStoreFormat, IsReadBackTheSame) {
  WeightStore weights;
  weights.add("b", {TRIMOD_I8, {3}}, toBytes<int8_t>({1, -2, 3}));
  weights.add("a \"quoted\"", {TRIMOD_F32, {2, 1}}, toBytes<float>({0.5f, -1}));
  weights.add("c", {TRIMOD_F16, {}}, toBytes<_Float16>({2}));
  const std::vector<NamedTensor> tensors = {{"b", {TRIMOD_I8, {3}}},
                                            {"c", {TRIMOD_F16, {}}},
                                            {"b", {TRIMOD_I8, {3}}}, // two parameters of one key
                                            {"a \"quoted\"", {TRIMOD_F32, {2, 1}}}};
  llvm::Expected<std::string> contents = weights.format(tensors);
  ASSERT_TRUE(bool(contents)) << llvm::toString(contents.takeError());
  EXPECT_EQ(contents->substr(8, 28), R"({"a \"quoted\"":{"data_offse)");

  Result<Safetensors> file = Safetensors::parse(*contents);
  ASSERT_TRUE(bool(file)) << file.error().message;
  ASSERT_EQ(file->tensors().size(), 3u);
  const TensorView *a = file->find("a \"quoted\""), *b = file->find("b"), *c = file->find("c");
  ASSERT_TRUE(a && b && c);
  EXPECT_EQ(a->describe() + " " + b->describe() + " " + c->describe(), "F32 [2, 1] I8 [3] F16 []");
  EXPECT_EQ(toValues<float>(a->bytes), (std::vector<float>{0.5f, -1}));
  EXPECT_EQ(toValues<int8_t>(b->bytes), (std::vector<int8_t>{1, -2, 3}));
  // Every tensor is aligned to its elements, so that a mapped file is used in place.
  EXPECT_EQ((a->bytes.data() - contents->data()) % 8, 0);
  EXPECT_EQ((c->bytes.data() - contents->data()) % 2, 0);
  EXPECT_EQ(*contents, llvm::cantFail(weights.format({tensors[3], tensors[1], tensors[0]})));
}

TEST(WeightStoreFormat, NamesAMissingWeight) {
  WeightStore weights;
  llvm::Expected<std::string> contents = weights.format({{"w", {TRIMOD_F32, {1}}}});
  ASSERT_FALSE(bool(contents));
  EXPECT_EQ(llvm::toString(contents.takeError()),
            "parameter 'w': expected f32[1], found no tensor of that name in no weight file");
}

} // namespace
