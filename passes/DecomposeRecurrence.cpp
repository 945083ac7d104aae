//===- DecomposeRecurrence.cpp - recurrences as scans ----------------------===//

#include "passes/Decompose.h"

#include "dialect/Recurrence.h"
#include "dialect/Shapes.h"

using namespace mlir;
using namespace trimod;

//===----------------------------------------------------------------------===//
// One step of each cell
//===----------------------------------------------------------------------===//

static Value gateOf(TensorBuilder &t, Value stack, int64_t number, int64_t hidden) {
  return t.slice(stack, 0, t.index(number * hidden), t.index(hidden));
}

/// h' from the projected gates [3H] (r, z, n) and h; see trimod.gru.
template <typename Op>
static SmallVector<Value> step(GruCell, TensorBuilder &t, Op op, unsigned direction, Value gates,
                               ValueRange states) {
  Value h = states[0], w = op.getWHh()[direction], b = op.getBHh()[direction];
  auto gate = [&](Value stack, int64_t number) {
    return gateOf(t, stack, number, op.getHiddenSize());
  };
  Value recurrent = t.matvec(w, h, b);
  Value r = t.sigmoid(t.add(gate(gates, 0), gate(recurrent, 0)));
  Value z = t.sigmoid(t.add(gate(gates, 1), gate(recurrent, 1)));
  Value candidate;
  if (op.getLinearBeforeReset())
    candidate = t.mul(r, gate(recurrent, 2));
  else
    candidate = t.matvec(gate(w, 2), t.mul(r, h), gate(b, 2));
  Value n = t.tanh(t.add(gate(gates, 2), candidate));
  Value keep = t.sub(t.splat(tensorType(h), 1.0), z);
  return {t.add(t.mul(keep, n), t.mul(z, h))};
}

/// h' and c' from the projected gates [4H] (i, f, g, o), h and c; see trimod.lstm.
template <typename Op>
static SmallVector<Value> step(LstmCell, TensorBuilder &t, Op op, unsigned direction, Value gates,
                               ValueRange states) {
  Value recurrent = t.matvec(op.getWHh()[direction], states[0], op.getBHh()[direction]);
  Value sum = t.add(gates, recurrent);
  auto gate = [&](int64_t number) { return gateOf(t, sum, number, op.getHiddenSize()); };
  Value i = t.sigmoid(gate(0)), f = t.sigmoid(gate(1));
  Value g = t.tanh(gate(2)), o = t.sigmoid(gate(3));
  Value c = t.add(t.mul(f, states[1]), t.mul(i, g));
  return {t.mul(o, t.tanh(c)), c};
}

//===----------------------------------------------------------------------===//
// Sequences
//===----------------------------------------------------------------------===//

/// A recurrence over the segments of `rows` as a map of the recurrence over one; initial states
/// are per segment [N, H] or shared [H]. `rebuild` makes the op without offsets.
static SmallVector<Value>
mapOverSegments(TensorBuilder &t, Operation *op, Value rows, Value offsets, ValueRange init,
                function_ref<Operation *(Value rows, ValueRange init)> rebuild) {
  SmallVector<Value> inputs{t.pack(rows, offsets)};
  for (Value state : init)
    if (tensorType(state).getRank() == 2)
      inputs.push_back(state);
  SmallVector<Type> types(op->getResultTypes());
  types.front() = RaggedType::get(types.front());
  MapOp map = t.map(inputs, types, [&](ValueRange arguments) {
    SmallVector<Value> states;
    unsigned next = 1;
    for (Value state : init)
      states.push_back(tensorType(state).getRank() == 2 ? arguments[next++] : state);
    return SmallVector<Value>(rebuild(arguments[0], states)->getResults());
  });
  SmallVector<Value> results(map.getResults());
  results.front() = t.unpack(results.front()).values;
  return results;
}

/// The scans of all directions over `rows`; `project` gives the gates of one row.
template <typename Cell, typename Op>
static SmallVector<Value> scanDirections(TensorBuilder &t, Op op, Value rows,
                                         function_ref<Value(Value row, unsigned)> project) {
  int64_t hidden = op.getHiddenSize();
  Type stacked = t.type({tensorType(rows).getDimSize(0), hidden});
  // By result, one value for each direction: the states, then the last value of each state.
  SmallVector<SmallVector<Value>> results(1 + Cell::states);
  for (unsigned d = 0; d < op.getNumDirections(); ++d) {
    bool reverse = op.getDirection() == Direction::Reverse || d == 1;
    SmallVector<Value> init(Cell::states, op.getInit().empty() ? t.zeros({hidden}) : Value());
    if (!op.getInit().empty())
      init = SmallVector<Value>(op.getInit().slice(d * Cell::states, Cell::states));
    ScanOp scan = t.scan(rows, init, reverse, stacked, [&](ValueRange arguments) {
      Value gates = project(arguments[0], d);
      SmallVector<Value> next = step(Cell(), t, op, d, gates, arguments.drop_front());
      next.push_back(next.front());
      return next;
    });
    results[0].push_back(scan.getStacked()[0]);
    for (auto [state, last] : llvm::enumerate(scan.getFinals()))
      results[1 + state].push_back(last);
  }
  SmallVector<Value> joined;
  for (auto [i, parts] : llvm::enumerate(results))
    joined.push_back(parts.size() == 1 ? parts[0] : t.concat(i == 0 ? 1 : 0, parts));
  return joined;
}

namespace {

template <typename Cell>
struct DecomposeLayer : DecomposePattern<typename Cell::Layer> {
  using Op = typename Cell::Layer;
  using DecomposePattern<Op>::DecomposePattern;

  SmallVector<Value> decompose(Op op, TensorBuilder &t) const override {
    if (op.getOffsets())
      return mapOverSegments(t, op, op.getX(), op.getOffsets(), op.getInit(),
                             [&](Value x, ValueRange init) {
                               return createRecurrence<Op>(t.getBuilder(), op, x, op.getWIh(),
                                                           op.getWHh(), op.getBIh(), op.getBHh(),
                                                           init, Value(), op.getDirectionAttr());
                             });
    return scanDirections<Cell>(t, op, op.getX(), [&](Value x, unsigned d) {
      return t.matvec(op.getWIh()[d], x, op.getBIh()[d]);
    });
  }
};

template <typename Cell>
struct DecomposeRecurrence : DecomposePattern<typename Cell::Recurrence> {
  using Op = typename Cell::Recurrence;
  using DecomposePattern<Op>::DecomposePattern;

  SmallVector<Value> decompose(Op op, TensorBuilder &t) const override {
    if (op.getOffsets())
      return mapOverSegments(
          t, op, op.getGates(), op.getOffsets(), op.getInit(), [&](Value gates, ValueRange init) {
            return createRecurrence<Op>(t.getBuilder(), op, gates, op.getWHh(), op.getBHh(), init,
                                        Value(), op.getDirectionAttr());
          });
    int64_t width = Cell::gates * op.getHiddenSize();
    return scanDirections<Cell>(t, op, op.getGates(), [&](Value gates, unsigned d) {
      return t.slice(gates, 0, t.index(d * width), t.index(width));
    });
  }
};

//===----------------------------------------------------------------------===//
// Packed recurrences
//===----------------------------------------------------------------------===//

/// b_hh of one direction without what packing added to the gates: r and z.
Value biasOf(TensorBuilder &t, PackedGruOp op, int64_t direction) {
  OpFoldResult units = t.index(op.getHidden());
  Value b = t.slice(t.row(op.getBHn(), t.index(direction)), 0, t.index(0), units);
  return t.concat(0, {t.zeros({2 * static_cast<int64_t>(op.getHidden())}), b});
}

/// Packing added all of b_hh to the gates.
Value biasOf(TensorBuilder &t, PackedLstmOp op, int64_t) {
  return t.zeros({LstmCell::gates * static_cast<int64_t>(op.getHidden())});
}

/// A packed recurrence -> the recurrence on gates and weights taken out of their panels.
template <typename Cell>
struct DecomposePacked : DecomposePattern<typename Cell::Packed> {
  using Op = typename Cell::Packed;
  using DecomposePattern<Op>::DecomposePattern;

  SmallVector<Value> decompose(Op op, TensorBuilder &t) const override {
    constexpr int64_t count = Cell::gates;
    RankedTensorType type = tensorType(op.getWHh());
    int64_t directions = type.getDimSize(0), panels = type.getDimSize(1);
    int64_t lanes = type.getDimSize(3) / count, hidden = op.getHidden();
    OpFoldResult zero = t.index(0), units = t.index(hidden);

    // [T, D*P*G*L] -> [T, D, P, G, L] -> [T, D, G, P*L] -> [T, D*G*H] for G gates
    Value gates = op.getGates();
    if (op.getRows())
      gates = EmbeddingOp::create(t.getBuilder(), t.getLoc(), op.getRows(), gates, Value());
    int64_t rows = tensorType(gates).getDimSize(0);
    gates = t.reshape(gates, {rows, directions, panels, count, lanes}, {{0}, {1, 2, 3, 4}});
    gates = t.transpose(gates, {0, 1, 3, 2, 4});
    gates = t.reshape(gates, {rows, directions, count, panels * lanes}, {{0}, {1}, {2}, {3, 4}});
    gates = t.slice(gates, 3, zero, units);
    gates = t.reshape(gates, {rows, directions * count * hidden}, {{0}, {1, 2, 3}});

    SmallVector<Value> weights, biases;
    for (int64_t d = 0; d < directions; ++d) {
      // [P, H, G, L] -> [G, P, L, H] -> [G*H, H]
      Value w = t.reshape(t.row(op.getWHh(), t.index(d)), {panels, hidden, count, lanes},
                          {{0}, {1}, {2, 3}});
      w = t.transpose(w, {2, 0, 3, 1});
      w = t.reshape(w, {count, panels * lanes, hidden}, {{0}, {1, 2}, {3}});
      w = t.slice(w, 1, zero, units);
      weights.push_back(t.reshape(w, {count * hidden, hidden}, {{0, 1}, {2}}));
      biases.push_back(biasOf(t, op, d));
    }
    auto recurrence = createRecurrence<typename Cell::Recurrence>(
        t.getBuilder(), op, gates, weights, biases, ValueRange{}, op.getOffsets(),
        op.getDirectionAttr());
    return SmallVector<Value>(recurrence->getResults());
  }
};

} // namespace

void trimod::populateDecomposeRecurrencePatterns(RewritePatternSet &patterns,
                                                 const llvm::StringSet<> &keep) {
  patterns.add<DecomposeLayer<GruCell>, DecomposeRecurrence<GruCell>, DecomposePacked<GruCell>,
               DecomposeLayer<LstmCell>, DecomposeRecurrence<LstmCell>, DecomposePacked<LstmCell>>(
      patterns.getContext(), keep);
}
