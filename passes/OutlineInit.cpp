//===- OutlineInit.cpp - what weights alone decide is computed once --------===//

#include "passes/Passes.h"
#include "passes/Schedule.h"

using namespace mlir;
using namespace trimod;

namespace trimod {
#define GEN_PASS_DEF_OUTLINEINIT
#include "passes/Passes.h.inc"
} // namespace trimod

static constexpr StringLiteral kPass = "trimod-outline-init";

namespace {

/// Values of the entry's body that the weights alone decide and something else reads, in order.
SmallVector<Value> findDerived(func::FuncOp entry) {
  DependenceAnalysis dependence;
  auto isDerived = [&](Operation *op) {
    return !isa<GetParameterOp>(op) && dependence.of(op) == Dependence::Parameters;
  };
  SmallVector<Value> derived;
  for (Operation &op : entry.getBody().front()) {
    if (!isDerived(&op))
      continue;
    for (Value result : op.getResults()) {
      auto isReadElsewhere = [&](Operation *user) {
        return !isDerived(entry.getBody().front().findAncestorOpInBlock(*user));
      };
      if (llvm::any_of(result.getUsers(), isReadElsewhere))
        derived.push_back(result);
    }
  }
  return derived;
}

struct OutlineInit : trimod::impl::OutlineInitBase<OutlineInit> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (auto function : llvm::to_vector(getOperation().getOps<func::FuncOp>()))
      if (!function.isExternal() && !function.isPrivate())
        outline(function, symbols);
  }

private:
  void outline(func::FuncOp entry, SymbolTable &symbols) {
    SmallVector<Value> derived = findDerived(entry);
    if (derived.empty())
      return;
    if (!llvm::hasSingleElement(entry.getBody())) {
      (void)reportScheduleMiss(entry, kPass, "the function has control flow between blocks");
      return;
    }
    // A caller would have to pass the derived values, and no caller is an entry.
    if (!SymbolTable::symbolKnownUseEmpty(entry, getOperation())) {
      (void)reportScheduleMiss(entry, kPass, "the function is called: inline it first");
      return;
    }
    func::FuncOp init = createInit(entry, derived, symbols);
    entry->setAttr(kInitAttr, FlatSymbolRefAttr::get(init.getSymNameAttr()));
    takeAsArguments(entry, derived);
    eraseDeadOps(entry.getBody().front());
    reportScheduled(entry, kPass,
                    Twine(derived.size()) +
                        " values depend on parameters alone: computed once in @" + init.getName());
  }

  func::FuncOp createInit(func::FuncOp entry, ArrayRef<Value> derived, SymbolTable &symbols) {
    OpBuilder builder(entry);
    FunctionType type = builder.getFunctionType({}, ValueRange(derived).getTypes());
    auto init =
        func::FuncOp::create(builder, entry.getLoc(), (entry.getName() + "_init").str(), type);
    init.setPrivate();
    symbols.insert(init, Block::iterator(entry));
    builder.setInsertionPointToStart(init.addEntryBlock());
    IRMapping mapping;
    for (Operation *op : collectComputation(entry.getBody().front(), derived).ops)
      builder.clone(*op, mapping);
    auto mapped = llvm::map_to_vector(derived, [&](Value value) { return mapping.lookup(value); });
    func::ReturnOp::create(builder, entry.getLoc(), mapped);
    return init;
  }

  void takeAsArguments(func::FuncOp entry, MutableArrayRef<Value> derived) {
    Builder builder(&getContext());
    for (auto [i, value] : llvm::enumerate(derived)) {
      unsigned index = entry.getNumArguments();
      NamedAttribute number(builder.getStringAttr(kDerivedAttr), builder.getI64IntegerAttr(i));
      (void)entry.insertArgument(index, value.getType(), builder.getDictionaryAttr(number),
                                 value.getLoc());
      value.replaceAllUsesWith(entry.getArgument(index));
    }
  }
};

} // namespace
