//===- ParametersToArguments.cpp - weights as arguments --------------------===//

#include "passes/FunctionBoundary.h"
#include "passes/Passes.h"

namespace trimod {
#define GEN_PASS_DEF_PARAMETERSTOARGUMENTS
#include "passes/Passes.h.inc"
} // namespace trimod

using namespace mlir;
using namespace trimod;

namespace {
struct ParametersToArguments : trimod::impl::ParametersToArgumentsBase<ParametersToArguments> {
  using ParametersToArgumentsBase::ParametersToArgumentsBase;
  void runOnOperation() override;
};
} // namespace

/// Makes `parameter` the last argument of `entry` if it is read there.
static void passAsArgument(func::FuncOp entry, ParameterOp parameter) {
  SmallVector<GetParameterOp> reads;
  entry.walk([&](GetParameterOp read) {
    if (read.getName() == parameter.getSymName())
      reads.push_back(read);
  });
  if (reads.empty())
    return;
  Builder builder(entry.getContext());
  NamedAttribute attributes[] = {
      builder.getNamedAttr(kNameAttr, parameter.getSymNameAttr()),
      builder.getNamedAttr(kParameterAttr, parameter.getKeyAttr()),
  };
  unsigned index = entry.getNumArguments();
  (void)entry.insertArgument(index, parameter.getType(), builder.getDictionaryAttr(attributes),
                             parameter.getLoc());
  for (GetParameterOp read : reads) {
    read.replaceAllUsesWith(entry.getArgument(index));
    read.erase();
  }
}

void ParametersToArguments::runOnOperation() {
  SmallVector<ParameterOp> parameters(getOperation().getOps<ParameterOp>());
  for (func::FuncOp entry : getOperation().getOps<func::FuncOp>())
    if (isEntry(entry))
      for (ParameterOp parameter : parameters)
        passAsArgument(entry, parameter);
  for (ParameterOp parameter : parameters)
    if (SymbolTable::symbolKnownUseEmpty(parameter, getOperation()))
      parameter.erase();
}
