//===- DecomposeGRU.cpp - recurrences as scans -----------------------------===//

#include "passes/Decompose.h"

#include "dialect/Shapes.h"

using namespace mlir;
using namespace trimod;

/// One direction's weights of the recurrent part.
namespace {
struct Recurrence {
  Value w_hh;
  Value b_hh;
  bool linearBeforeReset;
};
} // namespace

/// h' from the projected gates [3H] (r, z, n) and h; see trimod.gru.
static Value step(TensorBuilder &t, Value gates, Value h, const Recurrence &weights) {
  int64_t hidden = tensorType(h).getDimSize(0);
  auto gate = [&](Value stack, int64_t number) {
    return t.slice(stack, 0, t.index(number * hidden), t.index(hidden));
  };
  Value recurrent = t.matvec(weights.w_hh, h, weights.b_hh);
  Value r = t.sigmoid(t.add(gate(gates, 0), gate(recurrent, 0)));
  Value z = t.sigmoid(t.add(gate(gates, 1), gate(recurrent, 1)));
  Value candidate;
  if (weights.linearBeforeReset)
    candidate = t.mul(r, gate(recurrent, 2));
  else
    candidate = t.matvec(gate(weights.w_hh, 2), t.mul(r, h), gate(weights.b_hh, 2));
  Value n = t.tanh(t.add(gate(gates, 2), candidate));
  Value keep = t.sub(t.splat(tensorType(h), 1.0), z);
  return t.add(t.mul(keep, n), t.mul(z, h));
}

/// A recurrence over the segments of `rows` as a map of the recurrence over one; initial states
/// are per segment [N, H] or shared [H]. `rebuild` makes the op without offsets.
static SmallVector<Value>
mapOverSegments(TensorBuilder &t, Operation *op, Value rows, Value offsets, ValueRange init,
                function_ref<ResultRange(Value rows, ValueRange init)> rebuild) {
  SmallVector<Value> inputs{t.pack(rows, offsets)};
  for (Value state : init)
    if (tensorType(state).getRank() == 2)
      inputs.push_back(state);
  Type states = op->getResult(0).getType(), last = op->getResult(1).getType();
  MapOp map = t.map(inputs, {RaggedType::get(states), last}, [&](ValueRange arguments) {
    SmallVector<Value> states;
    unsigned next = 1;
    for (Value state : init)
      states.push_back(tensorType(state).getRank() == 2 ? arguments[next++] : state);
    return SmallVector<Value>(rebuild(arguments[0], states));
  });
  return {t.unpack(map.getResult(0)).values, map.getResult(1)};
}

/// The scans of all directions over `rows`; `project` gives the gates of one row.
template <typename Op>
static SmallVector<Value> scanDirections(TensorBuilder &t, Op op, Value rows,
                                         function_ref<Value(Value row, unsigned)> project) {
  int64_t hidden = op.getHiddenSize();
  Type stacked = t.type({tensorType(rows).getDimSize(0), hidden});
  SmallVector<Value> states, lasts;
  for (unsigned d = 0; d < op.getNumDirections(); ++d) {
    bool reverse = op.getDirection() == Direction::Reverse || d == 1;
    Value init = op.getInit().empty() ? t.zeros({hidden}) : op.getInit()[d];
    Recurrence weights{op.getWHh()[d], op.getBHh()[d], op.getLinearBeforeReset()};
    ScanOp scan = t.scan(rows, init, reverse, stacked, [&](ValueRange arguments) {
      Value next = step(t, project(arguments[0], d), arguments[1], weights);
      return SmallVector<Value>{next, next};
    });
    lasts.push_back(scan.getResult(0));
    states.push_back(scan.getResult(1));
  }
  if (states.size() == 1)
    return {states[0], lasts[0]};
  return {t.concat(1, states), t.concat(0, lasts)};
}

namespace {

struct DecomposeGru : DecomposePattern<GruOp> {
  using DecomposePattern::DecomposePattern;

  SmallVector<Value> decompose(GruOp op, TensorBuilder &t) const override {
    if (op.getOffsets())
      return mapOverSegments(
          t, op, op.getX(), op.getOffsets(), op.getInit(), [&](Value x, ValueRange init) {
            return GruOp::create(t.getBuilder(), t.getLoc(), x, op.getWIh(), op.getWHh(),
                                 op.getBIh(), op.getBHh(), init, Value(), op.getDirectionAttr(),
                                 op.getLinearBeforeResetAttr())
                ->getResults();
          });
    return scanDirections(t, op, op.getX(), [&](Value x, unsigned d) {
      return t.matvec(op.getWIh()[d], x, op.getBIh()[d]);
    });
  }
};

struct DecomposeGruRecurrence : DecomposePattern<GruRecurrenceOp> {
  using DecomposePattern::DecomposePattern;

  SmallVector<Value> decompose(GruRecurrenceOp op, TensorBuilder &t) const override {
    if (op.getOffsets())
      return mapOverSegments(
          t, op, op.getGates(), op.getOffsets(), op.getInit(), [&](Value gates, ValueRange init) {
            return GruRecurrenceOp::create(t.getBuilder(), t.getLoc(), gates, op.getWHh(),
                                           op.getBHh(), init, Value(), op.getDirectionAttr(),
                                           op.getLinearBeforeResetAttr())
                ->getResults();
          });
    int64_t width = 3 * op.getHiddenSize();
    return scanDirections(t, op, op.getGates(), [&](Value gates, unsigned d) {
      return t.slice(gates, 0, t.index(d * width), t.index(width));
    });
  }
};

/// packed_gru -> gru_recurrence on gates and weights taken out of their panels.
struct DecomposePackedGru : DecomposePattern<PackedGruOp> {
  using DecomposePattern::DecomposePattern;

  SmallVector<Value> decompose(PackedGruOp op, TensorBuilder &t) const override {
    RankedTensorType type = tensorType(op.getWHh());
    int64_t directions = type.getDimSize(0), panels = type.getDimSize(1);
    int64_t lanes = type.getDimSize(3) / 3, hidden = op.getHidden();
    OpFoldResult zero = t.index(0), units = t.index(hidden);

    // [T, D*P*3*L] -> [T, D, P, 3, L] -> [T, D, 3, P*L] -> [T, D*3*H]
    int64_t rows = tensorType(op.getGates()).getDimSize(0);
    Value gates =
        t.reshape(op.getGates(), {rows, directions, panels, 3, lanes}, {{0}, {1, 2, 3, 4}});
    gates = t.transpose(gates, {0, 1, 3, 2, 4});
    gates = t.reshape(gates, {rows, directions, 3, panels * lanes}, {{0}, {1}, {2}, {3, 4}});
    gates = t.slice(gates, 3, zero, units);
    gates = t.reshape(gates, {rows, directions * 3 * hidden}, {{0}, {1, 2, 3}});

    SmallVector<Value> weights, biases;
    for (int64_t d = 0; d < directions; ++d) {
      // [P, H, 3, L] -> [3, P, L, H] -> [3*H, H]
      Value w =
          t.reshape(t.row(op.getWHh(), t.index(d)), {panels, hidden, 3, lanes}, {{0}, {1}, {2, 3}});
      w = t.transpose(w, {2, 0, 3, 1});
      w = t.reshape(w, {3, panels * lanes, hidden}, {{0}, {1, 2}, {3}});
      w = t.slice(w, 1, zero, units);
      weights.push_back(t.reshape(w, {3 * hidden, hidden}, {{0, 1}, {2}}));
      // The biases of r and z are in the gates already.
      Value b = t.slice(t.row(op.getBHn(), t.index(d)), 0, zero, units);
      biases.push_back(t.concat(0, {t.zeros({2 * hidden}), b}));
    }
    auto recurrence = GruRecurrenceOp::create(t.getBuilder(), t.getLoc(), gates, weights, biases,
                                              ValueRange{}, op.getOffsets(), op.getDirectionAttr(),
                                              t.getBuilder().getBoolAttr(true));
    return SmallVector<Value>(recurrence->getResults());
  }
};

} // namespace

void trimod::populateDecomposeGRUPatterns(RewritePatternSet &patterns,
                                          const llvm::StringSet<> &keep) {
  patterns.add<DecomposeGru, DecomposeGruRecurrence, DecomposePackedGru>(patterns.getContext(),
                                                                         keep);
}
