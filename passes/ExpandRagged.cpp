//===- ExpandRagged.cpp - Ragged values at functions' boundaries ----------===//

#include "dialect/TriMod.h"
#include "passes/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace trimod {
#define GEN_PASS_DEF_EXPANDRAGGED
#include "passes/Passes.h.inc"
} // namespace trimod

using namespace mlir;
using namespace trimod;

namespace {

/// Rewrites the arguments and results of one function.
class BoundaryExpander {
public:
  explicit BoundaryExpander(func::FuncOp function)
      : function(function), block(&function.getBody().front()), builder(function.getContext()),
        offsetsType(getOffsetsType(function.getContext())) {}

  LogicalResult run();

private:
  /// What an argument or result is called, and where its outermost offsets come from.
  struct Names {
    DictionaryAttr attributes;
    std::string value;
    /// `trimod.offsets`: the length that segments it by posts, or empty.
    StringRef length;

    /// Offsets of the `level`-th ragged type, counted from outside.
    std::string getOffsetsName(unsigned level) const;
  };

  static Names getNames(DictionaryAttr attributes, StringRef kind, unsigned index);
  void expandArguments();
  LogicalResult expandResults();
  Value addArgument(Type type, Location loc, const Names &names, unsigned level);
  void addResult(Value value, const Names &names, unsigned level, SmallVectorImpl<Value> &results);
  DictionaryAttr getNamed(DictionaryAttr attributes, StringRef name);
  void foldUnpacks();

  func::FuncOp function;
  Block *block;
  Builder builder;
  Type offsetsType;
  /// Offsets that are there already, by the length they stand for.
  llvm::StringMap<Value> sharedOffsets;
  SmallVector<DictionaryAttr> argumentAttributes, resultAttributes;
};

struct ExpandRagged : trimod::impl::ExpandRaggedBase<ExpandRagged> {
  void runOnOperation() override;
};

} // namespace

BoundaryExpander::Names BoundaryExpander::getNames(DictionaryAttr attributes, StringRef kind,
                                                   unsigned index) {
  Names names{attributes, (kind + Twine(index)).str(), {}};
  if (!attributes)
    return names;
  if (auto name = attributes.getAs<StringAttr>(kNameAttr))
    names.value = name.str();
  if (auto length = attributes.getAs<StringAttr>(kOffsetsAttr))
    names.length = length.getValue();
  return names;
}

std::string BoundaryExpander::Names::getOffsetsName(unsigned level) const {
  if (level == 0 && !length.empty())
    return (length + ".offsets").str();
  // Items of a post, items of an item of a post, and so on.
  unsigned depth = length.empty() ? level + 1 : level;
  std::string name = value + ".";
  for (unsigned i = 1; i < depth; ++i)
    name += "item_";
  return name + "item_offsets";
}

DictionaryAttr BoundaryExpander::getNamed(DictionaryAttr attributes, StringRef name) {
  NamedAttrList list;
  if (attributes)
    list.append(attributes.getValue());
  list.set(kNameAttr, builder.getStringAttr(name));
  return list.getDictionary(builder.getContext());
}

LogicalResult BoundaryExpander::run() {
  expandArguments();
  if (failed(expandResults()))
    return failure();
  Operation *terminator = block->getTerminator();
  function.setFunctionType(
      builder.getFunctionType(block->getArgumentTypes(), terminator->getOperandTypes()));
  function.setAllArgAttrs(argumentAttributes);
  function.setAllResultAttrs(resultAttributes);
  foldUnpacks();

  llvm::StringSet<> taken;
  for (DictionaryAttr attributes : argumentAttributes) {
    StringRef name = attributes.getAs<StringAttr>(kNameAttr).getValue();
    if (!taken.insert(name).second)
      return function.emitOpError("has two arguments named '") << name << "'";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

void BoundaryExpander::expandArguments() {
  unsigned count = block->getNumArguments();
  for (unsigned index = 0; index < count; ++index) {
    BlockArgument argument = block->getArgument(index);
    Names names = getNames(function.getArgAttrDict(index), "arg", index);
    argument.replaceAllUsesWith(addArgument(argument.getType(), argument.getLoc(), names, 0));
  }
  block->eraseArguments(0, count);
}

/// Adds what a value of `type` consists of, values first, and packs it again.
Value BoundaryExpander::addArgument(Type type, Location loc, const Names &names, unsigned level) {
  auto ragged = dyn_cast<RaggedType>(type);
  if (!ragged) {
    argumentAttributes.push_back(getNamed(names.attributes, names.value));
    return block->addArgument(type, loc);
  }
  Value values = addArgument(ragged.getItem(), loc, names, level + 1);
  bool isShared = level == 0 && !names.length.empty();
  Value offsets = isShared ? sharedOffsets.lookup(names.length) : Value();
  if (!offsets) {
    argumentAttributes.push_back(getNamed({}, names.getOffsetsName(level)));
    offsets = block->addArgument(offsetsType, loc);
  }
  if (isShared)
    sharedOffsets[names.length] = offsets;
  OpBuilder atStart = OpBuilder::atBlockBegin(block);
  if (Operation *inner = values.getDefiningOp())
    atStart.setInsertionPointAfter(inner);
  return PackOp::create(atStart, loc, type, values, offsets);
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

LogicalResult BoundaryExpander::expandResults() {
  Operation *terminator = block->getTerminator();
  SmallVector<Value> results;
  for (auto [index, value] : llvm::enumerate(terminator->getOperands()))
    addResult(value, getNames(function.getResultAttrDict(index), "result", index), 0, results);
  terminator->setOperands(results);
  return success();
}

/// Takes a value apart in the order of `addArgument`. Offsets that an argument or an
/// earlier result gives are not given again.
void BoundaryExpander::addResult(Value value, const Names &names, unsigned level,
                                 SmallVectorImpl<Value> &results) {
  auto ragged = dyn_cast<RaggedType>(value.getType());
  if (!ragged) {
    resultAttributes.push_back(getNamed(names.attributes, names.value));
    results.push_back(value);
    return;
  }
  OpBuilder atEnd(block->getTerminator());
  auto unpack = UnpackOp::create(atEnd, value.getLoc(), ragged.getItem(), offsetsType, value);
  addResult(unpack.getValues(), names, level + 1, results);
  bool isShared = level == 0 && !names.length.empty();
  if (isShared && sharedOffsets.contains(names.length))
    return;
  if (isShared)
    sharedOffsets[names.length] = unpack.getOffsets();
  resultAttributes.push_back(getNamed({}, names.getOffsetsName(level)));
  results.push_back(unpack.getOffsets());
}

/// Where an unpack now meets the pack of an argument, both go.
void BoundaryExpander::foldUnpacks() {
  SmallVector<PackOp> packs(block->getOps<PackOp>());
  for (PackOp pack : packs) {
    for (Operation *user : llvm::make_early_inc_range(pack->getUsers())) {
      auto unpack = dyn_cast<UnpackOp>(user);
      if (!unpack)
        continue;
      unpack.replaceAllUsesWith(ValueRange{pack.getValues(), pack.getOffsets()});
      unpack.erase();
    }
  }
  for (PackOp pack : llvm::reverse(packs))
    if (pack->use_empty())
      pack.erase();
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

static bool hasRagged(TypeRange types) { return llvm::any_of(types, llvm::IsaPred<RaggedType>); }

/// Calls would have to be rewritten too; there are none after inlining.
static LogicalResult checkNoRaggedCalls(ModuleOp module) {
  WalkResult result = module.walk([](func::CallOp call) {
    if (!hasRagged(call.getOperandTypes()) && !hasRagged(call.getResultTypes()))
      return WalkResult::advance();
    call.emitOpError("passes ragged values; inline calls before trimod-expand-ragged");
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

void ExpandRagged::runOnOperation() {
  if (failed(checkNoRaggedCalls(getOperation())))
    return signalPassFailure();
  for (auto function : getOperation().getOps<func::FuncOp>()) {
    if (function.isExternal() || function.isPrivate())
      continue;
    if (!function.getBody().hasOneBlock()) {
      function.emitOpError("must have a body of one block to be expanded");
      return signalPassFailure();
    }
    if (failed(BoundaryExpander(function).run()))
      return signalPassFailure();
  }
}
