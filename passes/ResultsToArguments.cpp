//===- ResultsToArguments.cpp - outputs in the caller's memory -------------===//

#include "passes/FunctionBoundary.h"
#include "passes/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"

namespace trimod {
#define GEN_PASS_DEF_RESULTSTOARGUMENTS
#include "passes/Passes.h.inc"
} // namespace trimod

using namespace mlir;
using namespace trimod;

namespace {
struct ResultsToArguments : trimod::impl::ResultsToArgumentsBase<ResultsToArguments> {
  using ResultsToArgumentsBase::ResultsToArgumentsBase;
  void runOnOperation() override;
};
} // namespace

static DictionaryAttr getOutputAttributes(func::FuncOp entry, unsigned result) {
  Builder builder(entry.getContext());
  SmallVector<NamedAttribute> attributes{builder.getNamedAttr(kOutputAttr, builder.getUnitAttr())};
  if (Attribute name = entry.getResultAttr(result, kNameAttr))
    attributes.push_back(builder.getNamedAttr(kNameAttr, name));
  return builder.getDictionaryAttr(attributes);
}

static LogicalResult moveResults(func::FuncOp entry) {
  if (!entry.getBody().hasOneBlock())
    return entry.emitOpError("must have a body of one block");
  auto exit = cast<func::ReturnOp>(entry.getBody().front().getTerminator());
  OpBuilder builder(exit);
  // Bufferization takes tensor arguments for its own to overwrite; inputs belong to the caller and
  // weights to every call.
  for (unsigned i = 0; i < entry.getNumArguments(); ++i)
    entry.setArgAttr(i, bufferization::BufferizationDialect::kWritableAttrName,
                     builder.getBoolAttr(false));
  for (auto [index, value] : llvm::enumerate(exit.getOperands())) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type)
      return entry.emitOpError() << "result #" << index << ": expected a tensor, got "
                                 << value.getType();
    unsigned argument = entry.getNumArguments();
    (void)entry.insertArgument(argument, MemRefType::get(type.getShape(), type.getElementType()),
                               getOutputAttributes(entry, index), value.getLoc());
    auto store = bufferization::MaterializeInDestinationOp::create(
        builder, value.getLoc(), /*result=*/Type(), value, entry.getArgument(argument));
    store.setRestrict(true);
    store.setWritable(true);
  }
  func::ReturnOp::create(builder, exit.getLoc());
  exit.erase();
  entry.setFunctionType(builder.getFunctionType(entry.getArgumentTypes(), {}));
  entry.removeResAttrsAttr();
  entry->setAttr(kEntryAttr, builder.getUnitAttr());
  return success();
}

void ResultsToArguments::runOnOperation() {
  for (func::FuncOp entry : getOperation().getOps<func::FuncOp>())
    if (isEntry(entry) && failed(moveResults(entry)))
      return signalPassFailure();
}
