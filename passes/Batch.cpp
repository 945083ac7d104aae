//===- Batch.cpp - Wraps an entry function in one map over posts ----------===//

#include "dialect/TriMod.h"
#include "passes/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringSet.h"

namespace trimod {
#define GEN_PASS_DEF_BATCH
#include "passes/Passes.h.inc"
} // namespace trimod

using namespace mlir;
using namespace trimod;

namespace {

/// One argument or result of the entry function.
struct BoundaryValue {
  Type type;
  /// `trimod.name`, or its kind and position ("arg2").
  std::string name;
  /// `trimod.length`, or empty.
  StringRef length;
};

std::string getName(DictionaryAttr attributes, StringRef kind, unsigned index) {
  if (auto name = attributes ? attributes.getAs<StringAttr>(kNameAttr) : StringAttr())
    return name.str();
  return (kind + Twine(index)).str();
}

StringRef getLength(DictionaryAttr attributes) {
  auto length = attributes ? attributes.getAs<StringAttr>(kLengthAttr) : StringAttr();
  return length ? length.getValue() : StringRef();
}

struct Batch : trimod::impl::BatchBase<Batch> {
  using BatchBase::BatchBase;
  void runOnOperation() override;
};

} // namespace

static SmallVector<BoundaryValue> getArguments(func::FuncOp function) {
  SmallVector<BoundaryValue> values;
  for (auto [index, type] : llvm::enumerate(function.getArgumentTypes())) {
    DictionaryAttr attributes = function.getArgAttrDict(index);
    values.push_back({type, getName(attributes, "arg", index), getLength(attributes)});
  }
  return values;
}

static SmallVector<BoundaryValue> getResults(func::FuncOp function) {
  SmallVector<BoundaryValue> values;
  for (auto [index, type] : llvm::enumerate(function.getResultTypes())) {
    DictionaryAttr attributes = function.getResultAttrDict(index);
    values.push_back({type, getName(attributes, "result", index), getLength(attributes)});
  }
  return values;
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

static LogicalResult checkShape(func::FuncOp function) {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("must have a body of one block to be batched");
  if (function.getNumArguments() == 0)
    return function.emitOpError("needs at least one argument to be batched");
  for (unsigned index = 0; index < function.getNumArguments(); ++index)
    if (function.getArgAttr(index, kOffsetsAttr))
      return function.emitOpError("is batched already: argument #")
             << index << " has trimod.offsets";
  return success();
}

/// The offsets of values without `trimod.length` are named after the value. That must
/// not make them the offsets of something else.
static LogicalResult checkNames(func::FuncOp function, ArrayRef<BoundaryValue> values) {
  llvm::StringSet<> taken;
  for (const BoundaryValue &value : values)
    if (!value.length.empty())
      taken.insert(value.length);
  for (const BoundaryValue &value : values)
    if (hasOwnLength(value.type) && value.length.empty() && !taken.insert(value.name).second)
      return function.emitOpError("cannot be batched: '")
             << value.name << "' has no trimod.length and the name of another length";
  return success();
}

static LogicalResult checkTypes(func::FuncOp function, ArrayRef<BoundaryValue> values) {
  for (const BoundaryValue &value : values) {
    if (!isa<RankedTensorType, RaggedType>(value.type))
      return function.emitOpError("cannot be batched: expected '")
             << value.name << "' to be a ranked tensor or ragged, got " << value.type;
    if (!value.length.empty() && !hasOwnLength(value.type))
      return function.emitOpError("cannot be batched: '")
             << value.name << "' has trimod.length, but its type " << value.type
             << " has no length of its own";
  }
  return success();
}

/// A result that names the length of an argument is returned without offsets of its
/// own: its length must not be known to be another one.
static LogicalResult checkResultLengths(func::FuncOp function) {
  Operation *terminator = function.getBody().front().getTerminator();
  SmallVector<BoundaryValue> arguments = getArguments(function), results = getResults(function);
  for (unsigned index = 0; index < results.size(); ++index) {
    const BoundaryValue &result = results[index];
    auto source = dyn_cast<BlockArgument>(lengthSource(terminator->getOperand(index)));
    if (result.length.empty() || !source || source.getOwner() != &function.getBody().front())
      continue;
    const BoundaryValue &argument = arguments[source.getArgNumber()];
    bool isNamedByArgument = llvm::any_of(
        arguments, [&](const BoundaryValue &other) { return other.length == result.length; });
    if (isNamedByArgument && argument.length != result.length)
      return terminator->emitOpError("result '")
             << result.name << "' is declared to have the length '" << result.length
             << "', but has the length of argument '" << argument.name << "'";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

static DictionaryAttr batchAttributes(DictionaryAttr attributes, const BoundaryValue &value) {
  MLIRContext *context = value.type.getContext();
  NamedAttrList list;
  if (attributes)
    list.append(attributes.getValue());
  list.erase(kLengthAttr);
  list.set(kNameAttr, StringAttr::get(context, value.name));
  if (hasOwnLength(value.type))
    list.set(kOffsetsAttr,
             StringAttr::get(context, value.length.empty() ? StringRef(value.name) : value.length));
  return list.getDictionary(context);
}

/// Moves the function's body into a map over its arguments, now those of many posts.
static void wrapBody(func::FuncOp function) {
  Location loc = function.getLoc();
  SmallVector<Type> inputs, results;
  for (Type type : function.getArgumentTypes())
    inputs.push_back(MapOp::collectedType(type));
  for (Type type : function.getResultTypes())
    results.push_back(MapOp::collectedType(type));

  Block *body = &function.getBody().front();
  Block *entry = new Block();
  function.getBody().push_front(entry);
  for (BlockArgument argument : body->getArguments())
    entry->addArgument(inputs[argument.getArgNumber()], argument.getLoc());
  OpBuilder builder = OpBuilder::atBlockEnd(entry);
  auto map = MapOp::create(builder, loc, results, entry->getArguments());
  map.getBody().getBlocks().splice(map.getBody().end(), function.getBody().getBlocks(), body);
  Operation *terminator = body->getTerminator();
  func::ReturnOp::create(builder, terminator->getLoc(), map.getResults());
  builder.setInsertionPoint(terminator);
  YieldOp::create(builder, terminator->getLoc(), terminator->getOperands());
  terminator->erase();
  function.setFunctionType(builder.getFunctionType(inputs, results));
}

void Batch::runOnOperation() {
  auto function = getOperation().lookupSymbol<func::FuncOp>(entry);
  if (!function || function.isExternal()) {
    getOperation().emitError() << "trimod-batch: no function @" << entry << " with a body";
    return signalPassFailure();
  }
  if (!SymbolTable::symbolKnownUseEmpty(function, getOperation())) {
    function.emitOpError("is called and cannot be batched; inline calls first");
    return signalPassFailure();
  }
  SmallVector<BoundaryValue> arguments = getArguments(function), results = getResults(function);
  SmallVector<BoundaryValue> all(arguments);
  llvm::append_range(all, results);
  if (failed(checkShape(function)) || failed(checkTypes(function, all)) ||
      failed(checkNames(function, all)) || failed(checkResultLengths(function)))
    return signalPassFailure();

  wrapBody(function);
  // Values of one length in a post have one segmentation in a batch.
  SmallVector<DictionaryAttr> attributes;
  for (auto [index, value] : llvm::enumerate(arguments))
    attributes.push_back(batchAttributes(function.getArgAttrDict(index), value));
  function.setAllArgAttrs(attributes);
  attributes.clear();
  for (auto [index, value] : llvm::enumerate(results))
    attributes.push_back(batchAttributes(function.getResultAttrDict(index), value));
  function.setAllResultAttrs(attributes);
}
