#include "codegen/cpu/RecurrentKernel.h"
#include "codegen/cpu/Contraction.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace trimod {

static constexpr int64_t groupSize = SequenceOrder::groupSize;

int64_t RecurrenceConfig::scratchValues(const Target &target) const {
  return std::max(groupSize, panels(target)) * gates * target.lanes();
}

SmallVector<Type> RecurrentKernel::getArgumentTypes(MLIRContext *context, const Target &target,
                                                    const RecurrenceConfig &config) {
  static_assert(RecurrenceConfig::extraIndices == SequenceOrder::extraIndices,
                "the header repeats it");
  Type f32 = Float32Type::get(context);
  Type indices = contiguousType({ShapedType::kDynamic}, IndexType::get(context));
  int64_t directions = config.directions(), panels = config.panels(target);
  int64_t interleaved = config.gates * target.lanes(), width = directions * config.hidden;
  SmallVector<Type> types = {rowsType(directions * panels * interleaved, f32),
                             contiguousType({directions, panels, config.hidden, interleaved}, f32),
                             indices,
                             indices,
                             contiguousType({config.scratchValues(target)}, f32),
                             rowsType(width, f32),
                             rowsType(width, f32)};
  if (config.hasRows)
    types.push_back(contiguousType({ShapedType::kDynamic}, IntegerType::get(context, 32)));
  return types;
}

std::string RecurrentKernel::getName(StringRef cell, const Target &target,
                                     const RecurrenceConfig &config) {
  return llvm::formatv("trimod_{0}_{1}_h{2}_{3}{4}", cell, target.suffix(), config.hidden,
                       stringifyDirection(config.direction), config.hasRows ? "_rows" : "");
}

RecurrentKernel::RecurrentKernel(KernelBuilder &b, const Target &target,
                                 const RecurrenceConfig &config, ValueRange arguments)
    : b(b), target(target), config(config), gateInputs(arguments[0]), recurrent(arguments[1]),
      offsets(arguments[2]), indices(arguments[3]), scratch(arguments[4]), states(arguments[5]),
      last(arguments[6]), gateRows(config.hasRows ? arguments[7] : Value()),
      order(b, offsets, indices) {}

void RecurrentKernel::build() {
  order.sort();
  b.loop(b.index(0), b.index(config.directions()), 1, [&](Value direction) {
    selectDirection(direction);
    prepare();
    Value count = order.getCount();
    b.loop(b.index(0), count, groupSize, [&](Value begin) {
      group = begin;
      Value size = b.min(b.sub(count, begin), b.index(groupSize));
      b.loop(b.index(0), order.getLengthAt(begin), 1, [&](Value t) {
        Value active = b.min(b.sub(order.getActive(t), begin), size);
        buildStep(active, t);
      });
    });
    storeLast();
  });
}

/// Rows of a register tile with all gates of a panel, beside one vector of weights for each gate
/// and one of h.
int64_t RecurrentKernel::tileRows() const {
  int64_t accumulators = target.level == IsaLevel::V4 ? 24 : 12;
  return std::min(accumulators, target.registers() - gates() - 1) / gates();
}

/// Panels side by side when there is one row: enough chains to hide the latency of a multiply-add.
int64_t RecurrentKernel::panelsOfOneRow() const { return 12 / gates(); }

void RecurrentKernel::selectDirection(Value direction) {
  this->direction = direction;
  Value one = b.index(1);
  if (config.direction == Direction::Bidirectional)
    isReverse = b.compare(arith::CmpIPredicate::eq, direction, one);
  else
    isReverse = arith::ConstantOp::create(b, b.getBoolAttr(config.direction == Direction::Reverse));
  toPrevious = b.select(isReverse, one, b.index(-1));
  firstUnit = b.mul(direction, config.hidden);
  firstGate = b.mul(direction, panels() * gates() * lanes());
}

/// The row of the sequence at step t.
Value RecurrentKernel::rowAt(Value sequence, Value t) {
  Value begin = b.load(offsets, sequence), end = b.load(offsets, b.add(sequence, 1));
  return b.select(isReverse, b.sub(b.sub(end, b.index(1)), t), b.add(begin, t));
}

//===----------------------------------------------------------------------===//
// One step
//===----------------------------------------------------------------------===//

void RecurrentKernel::buildStep(Value active, Value t) {
  b.loop(b.index(0), active, 1,
         [&](Value i) { order.setRow(i, rowAt(order.getSequence(b.add(group, i)), t)); });
  Value isFirst = b.compare(arith::CmpIPredicate::eq, t, b.index(0));
  Value isAlone = b.compare(arith::CmpIPredicate::eq, active, b.index(1));
  b.ifElse(
      isFirst, [&] { buildFirstStep(active); },
      [&] { b.ifElse(isAlone, [&] { buildOneRow(); }, [&] { buildRows(active); }); });
}

/// h is zero: no product.
void RecurrentKernel::buildFirstStep(Value active) {
  SmallVector<Value> products(gates(), b.zeros(lanes()));
  forPanels([&](Value panel, int64_t units) {
    b.loop(b.index(0), active, 1, [&](Value i) {
      Place at = placeOf(i, panel, units, /*isFirst=*/true);
      buildState(buildGates(products, at), at);
    });
  });
}

/// One sequence: several panels side by side, one scratch slot for each panel.
void RecurrentKernel::buildOneRow() {
  Value first = b.index(0);
  auto contractPanels = [&](Value panel, int64_t count) {
    contract(panel, count, first, 1, [&](int64_t, ArrayRef<Value> sums) {
      for (int64_t q = 0; q < count; ++q)
        storeSlot(b.add(panel, q), sums.slice(q * gates(), gates()));
    });
  };
  int64_t together = std::min(panelsOfOneRow(), panels());
  int64_t whole = panels() / together * together;
  b.loop(b.index(0), b.index(whole), together,
         [&](Value panel) { contractPanels(panel, together); });
  if (int64_t rest = panels() - whole)
    contractPanels(b.index(whole), rest);
  b.loop(b.index(0), b.index(panels()), 1, [&](Value panel) {
    buildGatesInSlot(panel, placeOf(first, panel, lanes(), /*isFirst=*/false));
  });
  forPanels([&](Value panel, int64_t units) {
    buildStateOfSlot(panel, placeOf(first, panel, units, /*isFirst=*/false));
  });
}

/// Several sequences: one panel after the other, one scratch slot for each sequence.
void RecurrentKernel::buildRows(Value active) {
  forPanels([&](Value panel, int64_t units) {
    b.rowTiles(b.index(0), active, tileRows(), [&](Value i, int64_t rows) {
      contract(panel, 1, i, rows,
               [&](int64_t r, ArrayRef<Value> sums) { storeSlot(b.add(i, r), sums); });
    });
    b.loop(b.index(0), active, 1,
           [&](Value i) { buildGatesInSlot(i, placeOf(i, panel, lanes(), /*isFirst=*/false)); });
    b.loop(b.index(0), active, 1,
           [&](Value i) { buildStateOfSlot(i, placeOf(i, panel, units, /*isFirst=*/false)); });
  });
}

/// W_hh h for `rows` sequences from `i` and `count` panels from `panel`. The epilogue gets the
/// gates of the first panel, then those of the next.
void RecurrentKernel::contract(
    Value panel, int64_t count, Value i, int64_t rows,
    llvm::function_ref<void(int64_t row, ArrayRef<Value> sums)> epilogue) {
  SmallVector<Value> previous;
  for (int64_t row = 0; row < rows; ++row)
    previous.push_back(b.add(order.getRow(b.add(i, row)), toPrevious));
  auto hAt = [&](Value k, int64_t row) {
    return b.load(states, {previous[row], b.add(firstUnit, k)});
  };
  auto weightsAt = [&](Value k, int64_t vector) {
    Value p = b.add(panel, vector / gates());
    return b.loadVector(recurrent, {direction, p, k, b.index(vector % gates() * lanes())}, lanes());
  };
  Contraction contraction;
  contraction.rows = rows;
  contraction.vectors = count * gates();
  contraction.lanes = lanes();
  contraction.extent = b.index(config.hidden);
  contraction.a = hAt;
  contraction.b = weightsAt;
  contraction.epilogue = epilogue;
  buildContraction(b, contraction);
}

void RecurrentKernel::buildGatesInSlot(Value slot, const Place &at) {
  SmallVector<Value> result = buildGates(loadSlot(slot, gates()), at);
  left = result.size();
  storeSlot(slot, result);
}

void RecurrentKernel::buildStateOfSlot(Value slot, const Place &at) {
  buildState(loadSlot(slot, left), at);
}

/// The state at the last step, which the reverse direction takes at the first row; zero for no
/// rows.
void RecurrentKernel::storeLast() {
  b.loop(b.index(0), order.getCount(), 1, [&](Value sequence) {
    Value begin = b.load(offsets, sequence), end = b.load(offsets, b.add(sequence, 1));
    Value row = b.select(isReverse, begin, b.sub(end, b.index(1)));
    Value isEmpty = b.compare(arith::CmpIPredicate::eq, begin, end);
    auto store = [&](llvm::function_ref<Value(Value column, int64_t count)> value) {
      b.columnChunks(config.hidden, lanes(), [&](Value column, int64_t count) {
        Value unit = b.add(firstUnit, column);
        b.storeVector(value(unit, count), last, {sequence, unit});
      });
    };
    b.ifElse(
        isEmpty, [&] { store([&](Value, int64_t count) { return b.zeros(count); }); },
        [&] {
          store(
              [&](Value unit, int64_t count) { return b.loadVector(states, {row, unit}, count); });
        });
  });
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

RecurrentKernel::Place RecurrentKernel::placeOf(Value i, Value panel, int64_t units, bool isFirst) {
  Value row = order.getRow(i), gateRow = row;
  if (gateRows)
    gateRow = arith::IndexCastUIOp::create(b, b.getIndexType(), b.load(gateRows, row));
  return {row, gateRow, order.getSequence(b.add(group, i)), panel, units, isFirst};
}

Value RecurrentKernel::unitOf(Value panel) { return b.add(firstUnit, b.mul(panel, lanes())); }

Value RecurrentKernel::gateInput(const Place &at, int64_t gate) {
  Value column = b.add(firstGate, b.mul(at.panel, gates() * lanes()));
  return b.loadVector(gateInputs, {at.gateRow, b.add(column, gate * lanes())}, lanes());
}

Value RecurrentKernel::previousState(const Place &at) {
  if (at.isFirst)
    return b.zeros(lanes());
  return b.loadPrefix(states, {b.add(at.row, toPrevious), unitOf(at.panel)}, lanes(), at.units);
}

void RecurrentKernel::storeState(Value state, const Place &at) {
  b.storePrefix(state, states, {at.row, unitOf(at.panel)}, at.units);
}

void RecurrentKernel::storeSlot(Value slot, ArrayRef<Value> values) {
  Value first = b.mul(slot, gates() * lanes());
  for (auto [part, value] : llvm::enumerate(values))
    b.storeVector(value, scratch, b.add(first, static_cast<int64_t>(part) * lanes()));
}

SmallVector<Value> RecurrentKernel::loadSlot(Value slot, int64_t count) {
  Value first = b.mul(slot, gates() * lanes());
  SmallVector<Value> values;
  for (int64_t part = 0; part < count; ++part)
    values.push_back(b.loadVector(scratch, b.add(first, part * lanes()), lanes()));
  return values;
}

/// All whole panels in a loop, then the one that has fewer units.
void RecurrentKernel::forPanels(llvm::function_ref<void(Value panel, int64_t units)> body) {
  int64_t whole = config.hidden / lanes();
  b.loop(b.index(0), b.index(whole), 1, [&](Value panel) { body(panel, lanes()); });
  if (int64_t units = config.hidden % lanes())
    body(b.index(whole), units);
}

} // namespace trimod
