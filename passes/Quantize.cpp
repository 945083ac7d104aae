//===- Quantize.cpp - the types of numbers that weights are kept in --------===//

#include "passes/EmbeddingTable.h"
#include "passes/Passes.h"
#include "passes/Precision.h"
#include "passes/Schedule.h"
#include "runtime/Error.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace trimod;

namespace trimod {
#define GEN_PASS_DEF_QUANTIZE
#include "passes/Passes.h.inc"
} // namespace trimod

static constexpr StringLiteral kPass = "trimod-quantize";

static Type getElementType(NumberFormat format, MLIRContext *context) {
  Builder builder(context);
  switch (format) {
  case NumberFormat::F32:
    return builder.getF32Type();
  case NumberFormat::F16:
    return builder.getF16Type();
  case NumberFormat::Int8:
    return builder.getI8Type();
  }
  llvm_unreachable("all formats are above");
}

namespace {

struct Quantize : trimod::impl::QuantizeBase<Quantize> {
  using QuantizeBase::QuantizeBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    llvm::Expected<Precision> parsed = parsePrecision(llvm::to_vector(precision));
    if (!parsed) {
      module.emitError() << llvm::toString(parsed.takeError());
      return signalPassFailure();
    }
    if (!parsed->embedding)
      return;
    Type element = getElementType(*parsed->embedding, &getContext());
    llvm::StringMap<unsigned> keys;
    for (auto parameter : module.getOps<ParameterOp>())
      ++keys[parameter.getKey()];
    for (auto parameter : llvm::to_vector(module.getOps<ParameterOp>())) {
      bool isShared =
          keys[parameter.getKey()] > 1 || keys.contains(getScaleKey(parameter.getKey()));
      (void)convert(parameter, element, isShared);
    }
  }

private:
  LogicalResult convert(ParameterOp parameter, Type element, bool isShared) {
    EmbeddingTable table(getOperation(), parameter);
    auto type = cast<RankedTensorType>(parameter.getType());
    if (!table.isRead() || type.getElementType() == element)
      return success();
    if (Operation *other = table.getOtherReader())
      return reportScheduleMiss(parameter, kPass,
                                "the table is read by '" + other->getName().getStringRef() +
                                    "' too, which takes no other type");
    if (type.getElementType().isInteger(8))
      return reportScheduleMiss(parameter, kPass,
                                "the table is int8 already, and what was rounded is lost");
    if (isShared)
      return reportScheduleMiss(parameter, kPass,
                                "the weight file's " + quote(parameter.getKey()) + " or " +
                                    quote(getScaleKey(parameter.getKey())) +
                                    " is another parameter's too");
    if (!type.hasStaticShape())
      return reportScheduleMiss(parameter, kPass, "the size of the table is not known");
    if (element.isInteger(8))
      table.setScaledRows(type.getDimSize(0));
    else
      table.setElementType(element);
    return success();
  }
};

} // namespace
