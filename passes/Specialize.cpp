//===- Specialize.cpp - sizes of parameters from the weights ---------------===//

#include "passes/EmbeddingTable.h"
#include "passes/Passes.h"
#include "runtime/Safetensors.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace trimod;

namespace trimod {
#define GEN_PASS_DEF_SPECIALIZE
#include "passes/Passes.h.inc"
} // namespace trimod

namespace {

/// A model with the weights of another one has an error for each parameter: the first few tell.
constexpr unsigned kMaxErrors = 5;
constexpr unsigned kMaxNames = 3;

/// The element type that a tensor of this type of the file has in the IR, or null.
Type elementType(trimod::TensorType type, MLIRContext *context) {
  Builder builder(context);
  switch (type) {
  case trimod::TensorType::F64:
    return builder.getF64Type();
  case trimod::TensorType::F32:
    return builder.getF32Type();
  case trimod::TensorType::F16:
    return builder.getF16Type();
  case trimod::TensorType::BF16:
    return builder.getBF16Type();
  case trimod::TensorType::I64:
    return builder.getI64Type();
  case trimod::TensorType::I32:
    return builder.getI32Type();
  case trimod::TensorType::I16:
    return builder.getI16Type();
  case trimod::TensorType::I8:
    return builder.getI8Type();
  case trimod::TensorType::U8:
    return builder.getIntegerType(8, /*isSigned=*/false);
  case trimod::TensorType::Bool:
    return builder.getI1Type();
  case trimod::TensorType::Unknown:
    return {};
  }
  return {};
}

/// The name that is most like `key`, if any is like it at all.
StringRef nearestName(const Safetensors &weights, StringRef key) {
  StringRef nearest;
  unsigned distance = key.size() / 3 + 2;
  for (const TensorView &tensor : weights.tensors()) {
    unsigned other = key.edit_distance(tensor.name, /*AllowReplacements=*/true, distance);
    if (other < distance) {
      nearest = tensor.name;
      distance = other;
    }
  }
  return nearest;
}

/// "'a', 'b', 'c' and 7 more".
std::string listNames(ArrayRef<StringRef> names) {
  std::string list;
  llvm::raw_string_ostream stream(list);
  llvm::interleave(
      names.take_front(kMaxNames), stream, [&](StringRef name) { stream << quote(name); }, ", ");
  if (names.size() > kMaxNames)
    stream << " and " << names.size() - kMaxNames << " more";
  return list;
}

struct Specialize : trimod::impl::SpecializeBase<Specialize> {
  using SpecializeBase::SpecializeBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (weights.empty()) {
      module.emitError(
          "trimod-specialize: expected files of weights (option weights=FILE,...), got "
          "none");
      return signalPassFailure();
    }
    Result<Safetensors> file = Safetensors::open({weights.begin(), weights.end()});
    if (!file) {
      module.emitError() << file.error().message;
      return signalPassFailure();
    }
    if (failed(specializeParameters(module, *file)))
      return signalPassFailure();
    retypeUses(module);
    warnAboutUnused(module, *file);
  }

private:
  LogicalResult specializeParameters(ModuleOp module, const Safetensors &file) {
    unsigned errors = 0;
    // Scales of quantized tables are added on the way.
    for (auto parameter : llvm::to_vector(module.getOps<ParameterOp>()))
      if (failed(specialize(parameter, file)) && ++errors == kMaxErrors)
        break;
    if (errors == kMaxErrors)
      module.emitError() << "stopped after " << kMaxErrors
                         << " parameters that do not fit: are these the weights of this model?";
    return success(errors == 0);
  }

  /// Checks one parameter against the file and fills in its dynamic sizes.
  LogicalResult specialize(ParameterOp parameter, const Safetensors &file) {
    const TensorView *tensor = file.find(std::string(parameter.getKey()));
    if (!tensor)
      return reportMissing(parameter, file);
    if (tensor->type == trimod::TensorType::I8 && isDeclaredAsFloats(parameter) &&
        failed(takeScaledRows(parameter, *tensor, file)))
      return failure();
    auto declared = cast<RankedTensorType>(parameter.getType());
    if (elementType(tensor->type, &getContext()) != declared.getElementType())
      return reportMismatch(parameter, *tensor, "element types differ");
    if (declared.getRank() != static_cast<int64_t>(tensor->shape.size()))
      return reportMismatch(parameter, *tensor, "numbers of dimensions differ");
    for (auto [dimension, sizes] : llvm::enumerate(llvm::zip(declared.getShape(), tensor->shape))) {
      auto [expected, found] = sizes;
      if (!ShapedType::isDynamic(expected) && expected != found)
        return reportMismatch(parameter, *tensor,
                              "sizes of dimension " + std::to_string(dimension) + " differ");
    }
    parameter.setTypeAttr(TypeAttr::get(declared.clone(tensor->shape)));
    return success();
  }

  static bool isDeclaredAsFloats(ParameterOp parameter) {
    auto type = cast<RankedTensorType>(parameter.getType());
    return type.getRank() == 2 && isa<Float16Type, Float32Type>(type.getElementType());
  }

  /// The file has a table in rows of int8 with scales, where the model says floats.
  LogicalResult takeScaledRows(ParameterOp parameter, const TensorView &rows,
                               const Safetensors &file) {
    if (rows.shape.size() != 2)
      return reportMismatch(parameter, rows, "numbers of dimensions differ");
    EmbeddingTable table(getOperation(), parameter);
    if (Operation *other = table.getOtherReader()) {
      InFlightDiagnostic error = reportMismatch(parameter, rows, "element types differ");
      error.attachNote(other->getLoc())
          << "rows of int8 are read by trimod.embedding alone, not by '" << other->getName() << "'";
      return error;
    }
    const std::string key = getScaleKey(parameter.getKey());
    const TensorView *scales = file.find(key);
    if (!scales || scales->type != trimod::TensorType::F32 ||
        scales->shape != std::vector<int64_t>{rows.shape[0]})
      return parameter.emitError()
             << "parameter @" << parameter.getSymName() << ": " << quote(parameter.getKey())
             << " of " << rows.path << " is " << rows.describe() << ": expected its scales, "
             << describeTensor("F32", {rows.shape[0]}) << ", as " << quote(key) << ", found "
             << (scales ? scales->describe() : "no tensor of this name");
    table.setScaledRows(rows.shape[0]);
    return success();
  }

  LogicalResult reportMissing(ParameterOp parameter, const Safetensors &file) {
    InFlightDiagnostic error = parameter.emitError()
                               << "parameter @" << parameter.getSymName() << ": no tensor "
                               << quote(parameter.getKey()) << " in " << file.describePaths();
    StringRef nearest = nearestName(file, parameter.getKey());
    if (!nearest.empty())
      return error << "; did you mean " << quote(nearest) << "?";
    SmallVector<StringRef> names;
    for (const TensorView &tensor : file.tensors())
      names.push_back(tensor.name);
    return error << ", which has " << (names.empty() ? "no tensors" : listNames(names));
  }

  InFlightDiagnostic reportMismatch(ParameterOp parameter, const TensorView &tensor,
                                    StringRef what) {
    return parameter.emitError() << "parameter @" << parameter.getSymName() << ": " << what
                                 << ": expected " << parameter.getType() << ", but "
                                 << quote(parameter.getKey()) << " of " << tensor.path << " is "
                                 << tensor.describe();
  }

  /// Users of a parameter keep the old type through a cast; trimod-refine-shapes removes it.
  void retypeUses(ModuleOp module) {
    SymbolTable symbols(module);
    OpBuilder builder(&getContext());
    module.walk([&](GetParameterOp get) {
      auto parameter = symbols.lookup<ParameterOp>(get.getName());
      Type old = get.getType();
      if (!parameter || parameter.getType() == old)
        return;
      get.getValue().setType(cast<RankedTensorType>(parameter.getType()));
      builder.setInsertionPointAfter(get);
      auto cast = tensor::CastOp::create(builder, get.getLoc(), old, get.getValue());
      get.getValue().replaceAllUsesExcept(cast, cast);
    });
  }

  void warnAboutUnused(ModuleOp module, const Safetensors &file) {
    llvm::StringSet<> used;
    for (auto parameter : module.getOps<ParameterOp>())
      used.insert(parameter.getKey());
    SmallVector<StringRef> unused;
    for (const TensorView &tensor : file.tensors())
      if (!used.contains(tensor.name))
        unused.push_back(tensor.name);
    if (!unused.empty())
      module.emitWarning() << unused.size() << " of " << file.tensors().size() << " tensors of "
                           << file.describePaths()
                           << " belong to no parameter: " << listNames(unused);
  }
};

} // namespace
