//===- Flatten.cpp - Removes maps, outermost first ------------------------===//
//
// Flattening (NESL, Futhark) by fission: every op of a map's body is uniform (moves
// out of the map), lifted (computes all rows at once), or stays in a smaller map.
//
//===----------------------------------------------------------------------===//

#include "dialect/Lifter.h"
#include "passes/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace trimod {
#define GEN_PASS_DEF_FLATTEN
#include "passes/Passes.h.inc"
} // namespace trimod

using namespace mlir;
using namespace trimod;

namespace {

bool isTensorOrRagged(Type type) { return isa<RankedTensorType, RaggedType>(type); }

/// The type in which a map hands out a value of its body; scalars go as tensor<T>.
Type getCollectedType(Type type, Lifter &lifter) {
  return hasOwnLength(type) ? Type(RaggedType::get(type)) : lifter.getRowsType(type);
}

/// Splits one map: what can be lifted is, what cannot stays in residual maps.
class MapFlattener {
public:
  explicit MapFlattener(MapOp map)
      : map(map), builder(map), lifter(builder, map), body(&map.getBody().front()) {}

  /// Replaces the map. Returns the maps that stay.
  SmallVector<MapOp> run();

private:
  bool usesPending(Operation *op) const;
  bool hoistUniform(Operation *op);
  void liftOrKeep(Operation *op);
  void flushPending();
  SetVector<Value> findPendingInputs() const;
  SetVector<Value> findPendingResults() const;
  MapOp createResidual(ArrayRef<Value> inputs, ArrayRef<Value> yielded, ArrayRef<Operation *> ops);
  void recordResidual(MapOp residual, ArrayRef<Value> yielded);
  Value createResult(Value yielded, Type type);

  MapOp map;
  OpBuilder builder;
  Lifter lifter;
  Block *body;
  /// Ops that wait for a residual map, in their order.
  SetVector<Operation *> pending;
  SmallVector<MapOp> residuals;
};

} // namespace

SmallVector<MapOp> MapFlattener::run() {
  for (Operation &op : body->without_terminator()) {
    // An op that stays anyway joins the residual map of the ops it waits for.
    if (usesPending(&op) && isa<LiftableOpInterface>(op))
      flushPending();
    if (usesPending(&op) || !hoistUniform(&op))
      liftOrKeep(&op);
  }
  flushPending();
  SmallVector<Value> results;
  for (auto [yielded, result] : llvm::zip_equal(map.getYield().getValues(), map.getResults()))
    results.push_back(createResult(yielded, result.getType()));
  if (residuals.empty())
    remark::passed(map.getLoc(),
                   remark::RemarkOpts::name("trimod-flatten").category("trimod-flatten"))
        << "no loop over rows is left of this map";
  map->replaceAllUsesWith(results);
  map->erase();
  return std::move(residuals);
}

bool MapFlattener::usesPending(Operation *op) const {
  return llvm::any_of(getUsedValues(op),
                      [&](Value value) { return pending.contains(value.getDefiningOp()); });
}

/// What is the same for every row is computed once, before the map.
bool MapFlattener::hoistUniform(Operation *op) {
  if (!isPure(op) ||
      !llvm::all_of(getUsedValues(op), [&](Value value) { return lifter.isUniform(value); }))
    return false;
  IRMapping mapping = lifter.getMapping(op);
  Operation *hoisted = builder.clone(*op, mapping);
  for (auto [one, result] : llvm::zip_equal(op->getResults(), hoisted->getResults()))
    lifter.setUniform(one, result);
  return true;
}

void MapFlattener::liftOrKeep(Operation *op) {
  auto liftable = dyn_cast<LiftableOpInterface>(op);
  if (!liftable)
    (void)lifter.reject(op, "does not say how it looks for all rows at once");
  else if (succeeded(liftable.lift(lifter)))
    return;
  pending.insert(op);
}

//===----------------------------------------------------------------------===//
// Residual maps
//===----------------------------------------------------------------------===//

SetVector<Value> MapFlattener::findPendingInputs() const {
  SetVector<Value> inputs;
  for (Operation *op : pending)
    for (Value value : getUsedValues(op))
      if (!lifter.isUniform(value))
        inputs.insert(value);
  return inputs;
}

SetVector<Value> MapFlattener::findPendingResults() const {
  SetVector<Value> results;
  for (Operation *op : pending)
    for (Value result : op->getResults())
      for (Operation *user : result.getUsers())
        if (!pending.contains(body->findAncestorOpInBlock(*user)))
          results.insert(result);
  return results;
}

void MapFlattener::flushPending() {
  SetVector<Value> results = findPendingResults();
  if (!results.empty()) {
    SetVector<Value> inputs = findPendingInputs();
    MapOp residual =
        createResidual(inputs.getArrayRef(), results.getArrayRef(), pending.getArrayRef());
    recordResidual(residual, results.getArrayRef());
  }
  pending.clear();
}

/// A map over `inputs` that computes `ops` and yields `yielded`, all of which are values
/// of the body being split.
MapOp MapFlattener::createResidual(ArrayRef<Value> inputs, ArrayRef<Value> yielded,
                                   ArrayRef<Operation *> ops) {
  Location loc = ops.empty() ? map.getLoc() : ops.front()->getLoc();
  SmallVector<Value> operands;
  for (Value input : inputs) {
    Lifted lifted = lifter.get(input);
    operands.push_back(lifted.values);
    if (lifted.kind == Lifted::Kind::Segments)
      operands.back() = PackOp::create(builder, loc, RaggedType::get(input.getType()),
                                       lifted.values, lifted.offsets);
  }
  // A map needs an input, if only to know the number of rows.
  if (operands.empty())
    operands.push_back(map.getInputs().front());
  SmallVector<Type> argumentTypes, resultTypes;
  for (Value operand : operands)
    argumentTypes.push_back(MapOp::itemType(operand.getType()));
  for (Value value : yielded)
    resultTypes.push_back(getCollectedType(value.getType(), lifter));

  auto residual = MapOp::create(builder, loc, resultTypes, operands);
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Location> locations(argumentTypes.size(), loc);
  Block *block = builder.createBlock(&residual.getBody(), {}, argumentTypes, locations);
  IRMapping mapping;
  for (Operation *op : ops)
    for (Value value : getUsedValues(op))
      if (lifter.isUniform(value))
        mapping.map(value, lifter.get(value).values);
  for (auto [input, argument] : llvm::zip(inputs, block->getArguments())) {
    bool isScalar = !isTensorOrRagged(input.getType());
    mapping.map(input, isScalar ? tensor::ExtractOp::create(builder, loc, argument, ValueRange{})
                                : Value(argument));
  }
  // A result of a pending op is looked up as uniform above, because it is in no map yet.
  for (Operation *op : ops) {
    for (Value result : op->getResults())
      mapping.erase(result);
    builder.clone(*op, mapping);
  }
  SmallVector<Value> terminator;
  for (Value value : yielded) {
    Value inside = ops.empty() ? lifter.get(value).values : mapping.lookup(value);
    if (!isTensorOrRagged(inside.getType()))
      inside = tensor::FromElementsOp::create(builder, loc,
                                              RankedTensorType::get({}, inside.getType()), inside);
    terminator.push_back(inside);
  }
  YieldOp::create(builder, loc, terminator);
  residuals.push_back(residual);
  return residual;
}

void MapFlattener::recordResidual(MapOp residual, ArrayRef<Value> yielded) {
  for (auto [value, result] : llvm::zip_equal(yielded, residual.getResults())) {
    if (!isa<RaggedType>(result.getType())) {
      lifter.setRows(value, result);
      continue;
    }
    auto [values, offsets] = lifter.unpack(residual.getLoc(), result);
    // One length, one value: keep the offsets of what the length comes from.
    Lifted source = lifter.get(lengthSource(value));
    bool isKnown = source.kind == Lifted::Kind::Segments;
    lifter.setSegments(value, values, isKnown ? source.offsets : offsets);
  }
}

/// What a value yielded by the map is, for all rows, as a result of the map's type.
Value MapFlattener::createResult(Value yielded, Type type) {
  Location loc = map.getLoc();
  Lifted lifted = lifter.get(yielded);
  if (lifted.kind == Lifted::Kind::Segments)
    return PackOp::create(builder, loc, type, lifted.values, lifted.offsets);
  Value result = lifted.values;
  if (lifted.kind == Lifted::Kind::Uniform && hasOwnLength(yielded.getType())) {
    (void)lifter.reject(map, "a sequence that is the same for every row is repeated row by row");
    return createResidual({}, yielded, {})->getResult(0);
  }
  if (lifted.kind == Lifted::Kind::Uniform)
    result = lifter.broadcast(loc, result);
  if (result.getType() != type)
    result = tensor::CastOp::create(builder, loc, type, result);
  return result;
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// The op to blame if `op` has side effects, or effects that are not known.
static Operation *findImpure(Operation *op) {
  if (isMemoryEffectFree(op))
    return nullptr;
  for (Region &region : op->getRegions())
    for (Operation &inner : region.getOps())
      if (Operation *impure = findImpure(&inner))
        return impure;
  return op;
}

/// Rows of a map are computed in any order and all at once: effects would be reordered.
static LogicalResult checkPure(MapOp map) {
  for (Operation &op : map.getBody().front())
    if (Operation *impure = findImpure(&op)) {
      InFlightDiagnostic error = impure->emitOpError()
                                 << "in a trimod.map must be free of side effects to be flattened";
      if (isa<CallOpInterface>(impure))
        error << "; inline calls first";
      error.attachNote(map.getLoc()) << "the map";
      return failure();
    }
  return success();
}

namespace {

struct Flatten : trimod::impl::FlattenBase<Flatten> {
  void runOnOperation() override;
};

} // namespace

void Flatten::runOnOperation() {
  WalkResult pure = getOperation().walk([](MapOp map) { return WalkResult(checkPure(map)); });
  if (pure.wasInterrupted())
    return signalPassFailure();
  // Residual maps are done, but what is inside them is not. They are never moved:
  // every map around them is done as well.
  DenseSet<Operation *> done;
  auto findOutermost = [&]() {
    MapOp outermost;
    getOperation().walk<WalkOrder::PreOrder>([&](MapOp map) {
      if (done.contains(map))
        return WalkResult::advance();
      outermost = map;
      return WalkResult::interrupt();
    });
    return outermost;
  };
  while (MapOp map = findOutermost())
    for (MapOp residual : MapFlattener(map).run())
      done.insert(residual);
}
