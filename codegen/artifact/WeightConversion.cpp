//===- WeightConversion.cpp - weights in other types of numbers ------------===//

#include "codegen/artifact/WeightConversion.h"

#include "codegen/artifact/Signature.h"
#include "dialect/TriMod.h"
#include "passes/EmbeddingTable.h"
#include "passes/Schedule.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/ScopedPrinter.h"
#include <cmath>
#include <cstring>
#include <limits>

using namespace mlir;
using namespace trimod;

float trimod::quantizeRow(ArrayRef<float> row, MutableArrayRef<int8_t> elements) {
  float largest = 0;
  for (float value : row)
    largest = std::max(largest, std::fabs(value));
  float scale = largest / 127;
  if (scale < std::numeric_limits<float>::min())
    scale = 0;
  for (auto [value, element] : llvm::zip_equal(row, elements))
    element = scale == 0 ? 0 : static_cast<int8_t>(std::nearbyint(double(value) / scale));
  return scale;
}

namespace {

/// A table [rows, width] of f32 or f16 and what becomes of it.
class TableConversion {
public:
  TableConversion(const Weight &table, trimod_dtype type)
      : table(table), type(type), rows(table.tensor.shape[0]), width(table.tensor.shape[1]),
        values(width), elements(rows * width * getElementSize(type)) {
    if (type == TRIMOD_I8)
      scales.resize(rows * sizeof(float));
  }

  /// Error: a number that is not finite, or that the type cannot hold.
  llvm::Error run() {
    for (int64_t row = 0; row < rows; ++row) {
      readRow(row);
      for (float value : values)
        if (!std::isfinite(value))
          return makeError(row, value, ": expected finite numbers");
      writeRow(row);
      if (llvm::Error error = compareRow(row))
        return error;
    }
    return llvm::Error::success();
  }

  std::string describeChange() const {
    std::string text;
    llvm::raw_string_ostream(text)
        << describe(table.tensor) << ", " << table.bytes.size() << " bytes, is kept as "
        << describe(getType()) << (hasScales() ? " with a scale a row, " : ", ")
        << elements.size() + scales.size() << " bytes; the largest rounding error is "
        << llvm::format("%g", largestError) << ", in row " << errorRow;
    return text;
  }

  TensorSignature getType() const { return {type, {rows, width}}; }
  bool hasScales() const { return type == TRIMOD_I8; }

  llvm::SmallVector<char, 0> takeElements() { return std::move(elements); }
  llvm::SmallVector<char, 0> takeScales() { return std::move(scales); }

private:
  template <typename T>
  void readRowOf(int64_t row) {
    std::vector<T> stored(width);
    // Copied, because weights in a file are aligned to nothing.
    std::memcpy(stored.data(), table.bytes.data() + row * width * sizeof(T), width * sizeof(T));
    llvm::copy(stored, values.begin());
  }

  void readRow(int64_t row) {
    if (table.tensor.dtype == TRIMOD_F16)
      readRowOf<_Float16>(row);
    else
      readRowOf<float>(row);
  }

  template <typename T>
  void storeRow(int64_t row, const std::vector<T> &converted) {
    std::memcpy(elements.data() + row * width * sizeof(T), converted.data(), width * sizeof(T));
    read.assign(converted.begin(), converted.end());
  }

  void writeRow(int64_t row) {
    if (type == TRIMOD_F32)
      return storeRow(row, values);
    if (type == TRIMOD_F16)
      return storeRow(row, std::vector<_Float16>(values.begin(), values.end()));
    std::vector<int8_t> converted(width);
    const float scale = quantizeRow(values, converted);
    storeRow(row, converted);
    std::memcpy(scales.data() + row * sizeof(float), &scale, sizeof(float));
    for (float &value : read)
      value *= scale;
  }

  llvm::Error compareRow(int64_t row) {
    for (auto [value, found] : llvm::zip_equal(values, read)) {
      if (!std::isfinite(found))
        return makeError(row, value, ", which is too large for f16");
      const double error = std::fabs(double(value) - found);
      if (error > largestError) {
        largestError = error;
        errorRow = row;
      }
    }
    return llvm::Error::success();
  }

  static llvm::Error makeError(int64_t row, float value, StringRef problem) {
    std::string text;
    llvm::raw_string_ostream(text)
        << "row " << row << " holds " << llvm::format("%g", value) << problem;
    return llvm::createStringError(llvm::inconvertibleErrorCode(), text);
  }

  const Weight &table;
  const trimod_dtype type;
  const int64_t rows, width;
  /// One row: its numbers, and what is read of them after the conversion.
  std::vector<float> values, read;
  llvm::SmallVector<char, 0> elements, scales;
  double largestError = 0;
  int64_t errorRow = 0;
};

} // namespace

static LogicalResult convertWeight(ParameterOp parameter, const Weight &weight, trimod_dtype type,
                                   WeightStore &weights) {
  TableConversion conversion(weight, type);
  if (llvm::Error error = conversion.run())
    return parameter.emitError() << "parameter @" << parameter.getSymName() << ": cannot convert "
                                 << quote(parameter.getKey()) << ": "
                                 << llvm::toString(std::move(error));
  reportScheduled(parameter, "trimod-quantize",
                  quote(parameter.getKey()) + ": " + conversion.describeChange());
  const TensorSignature converted = conversion.getType();
  if (conversion.hasScales())
    weights.add(getScaleKey(parameter.getKey()), {TRIMOD_F32, {converted.shape[0]}},
                conversion.takeScales());
  weights.add(parameter.getKey(), converted, conversion.takeElements());
  return success();
}

LogicalResult trimod::convertWeights(ModuleOp module, WeightStore &weights) {
  for (auto parameter : module.getOps<ParameterOp>()) {
    auto tensor = cast<RankedTensorType>(parameter.getType());
    std::optional<trimod_dtype> type = getElementType(tensor.getElementType());
    std::optional<Weight> weight = weights.lookup(parameter.getKey());
    if (!type || !weight || weight->tensor.dtype == *type)
      continue;
    if (failed(convertWeight(parameter, *weight, *type, weights)))
      return failure();
  }
  return success();
}

llvm::Expected<std::string> trimod::formatWeights(ModuleOp module, const WeightStore &weights) {
  std::vector<NamedTensor> tensors;
  for (auto parameter : module.getOps<ParameterOp>()) {
    auto type = cast<RankedTensorType>(parameter.getType());
    std::optional<trimod_dtype> element = getElementType(type.getElementType());
    if (!element)
      return llvm::createStringError(
          llvm::inconvertibleErrorCode(),
          "parameter @" + parameter.getSymName() +
              ": expected elements of f32, f16, i32, index, i8 or u8, got " +
              llvm::to_string(Type(type)));
    tensors.push_back({parameter.getKey().str(), {*element, type.getShape()}});
  }
  return weights.format(std::move(tensors));
}
