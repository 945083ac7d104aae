// The recurrent part of a GRU over a ragged batch (trimod.packed_gru).
//
// Sequences are taken longest first, in groups of 64 whose states stay in the cache. In a group,
// step t advances the sequences that are longer than t: the first ones. A step is, for each panel
// of units, one contraction over h into a scratch buffer (the accumulators of a tile are r, z and n
// of one panel, so that one load of h feeds three gates), and then two short passes over the
// scratch: the logistic functions, then tanh and the blend with h. Gates computed straight from the
// accumulators would wait for one long chain of dependent operations at the end of every tile.
#include "codegen/cpu/Activations.h"
#include "codegen/cpu/Contraction.h"
#include "codegen/cpu/Kernels.h"
#include "codegen/cpu/SequenceOrder.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace trimod {
namespace {

constexpr int64_t groupSize = SequenceOrder::groupSize;
constexpr int64_t gates = 3; // r, z, n

struct GruKernel {
  KernelBuilder &b;
  Target target;
  GruConfig config;
  Value gateInputs, recurrent, biasN, offsets, indices, scratch, states, last;
  SequenceOrder order{b, offsets, indices};
  // Of the direction at hand.
  Value direction = {}, isReverse = {}, toPrevious = {}, firstUnit = {}, firstGate = {};

  void build() {
    order.sort();
    b.loop(b.index(0), b.index(config.directions()), 1, [&](Value direction) {
      selectDirection(direction);
      Value count = order.getCount();
      b.loop(b.index(0), count, groupSize, [&](Value begin) {
        Value size = b.min(b.sub(count, begin), b.index(groupSize));
        b.loop(b.index(0), order.getLengthAt(begin), 1, [&](Value t) {
          Value active = b.min(b.sub(order.getActive(t), begin), size);
          buildStep(begin, active, t);
        });
      });
      storeLast(count);
    });
  }

private:
  int64_t lanes() const { return target.lanes(); }
  int64_t panels() const { return config.panels(target); }
  /// Rows of a register tile with the three gates of a panel.
  int64_t tileRows() const { return target.level == IsaLevel::V4 ? 8 : 4; }
  /// Panels side by side when there is one row: enough chains to hide the latency of a
  /// multiply-add.
  static constexpr int64_t panelsOfOneRow = 4;

  void selectDirection(Value direction) {
    this->direction = direction;
    Value one = b.index(1);
    if (config.direction == Direction::Bidirectional)
      isReverse = b.compare(arith::CmpIPredicate::eq, direction, one);
    else
      isReverse =
          arith::ConstantOp::create(b, b.getBoolAttr(config.direction == Direction::Reverse));
    toPrevious = b.select(isReverse, one, b.index(-1));
    firstUnit = b.mul(direction, config.hidden);
    firstGate = b.mul(direction, panels() * gates * lanes());
  }

  /// The row of the sequence at step t.
  Value rowAt(Value sequence, Value t) {
    Value begin = b.load(offsets, sequence), end = b.load(offsets, b.add(sequence, 1));
    return b.select(isReverse, b.sub(b.sub(end, b.index(1)), t), b.add(begin, t));
  }

  void buildStep(Value begin, Value active, Value t) {
    b.loop(b.index(0), active, 1,
           [&](Value i) { order.setRow(i, rowAt(order.getSequence(b.add(begin, i)), t)); });
    Value isFirst = b.compare(arith::CmpIPredicate::eq, t, b.index(0));
    Value isAlone = b.compare(arith::CmpIPredicate::eq, active, b.index(1));
    b.ifElse(
        isFirst, [&] { buildFirstStep(active); },
        [&] { b.ifElse(isAlone, [&] { buildOneRow(); }, [&] { buildRows(active); }); });
  }

  /// h is zero: no product.
  void buildFirstStep(Value active) {
    SmallVector<Value> products(gates, b.zeros(lanes()));
    forPanels([&](Value panel, int64_t units) {
      b.loop(b.index(0), active, 1, [&](Value i) {
        Value row = order.getRow(i);
        buildBlend(buildLogistic(products, row, panel), row, panel, units, b.zeros(lanes()));
      });
    });
  }

  /// One sequence: several panels side by side, one scratch slot for each panel.
  void buildOneRow() {
    Value first = b.index(0), row = order.getRow(first);
    auto contractPanels = [&](Value panel, int64_t count) {
      contract(panel, count, first, 1, [&](int64_t, ArrayRef<Value> sums) {
        for (int64_t q = 0; q < count; ++q)
          storeSlot(b.add(panel, q), sums.slice(q * gates, gates));
      });
    };
    int64_t together = std::min(panelsOfOneRow, panels());
    int64_t whole = panels() / together * together;
    b.loop(b.index(0), b.index(whole), together,
           [&](Value panel) { contractPanels(panel, together); });
    if (int64_t rest = panels() - whole)
      contractPanels(b.index(whole), rest);
    b.loop(b.index(0), b.index(panels()), 1,
           [&](Value panel) { buildLogisticInSlot(panel, row, panel); });
    forPanels([&](Value panel, int64_t units) { buildBlendOfSlot(panel, row, panel, units); });
  }

  /// Several sequences: one panel after the other, one scratch slot for each sequence.
  void buildRows(Value active) {
    forPanels([&](Value panel, int64_t units) {
      b.rowTiles(b.index(0), active, tileRows(), [&](Value i, int64_t rows) {
        contract(panel, 1, i, rows,
                 [&](int64_t r, ArrayRef<Value> sums) { storeSlot(b.add(i, r), sums); });
      });
      b.loop(b.index(0), active, 1,
             [&](Value i) { buildLogisticInSlot(i, order.getRow(i), panel); });
      b.loop(b.index(0), active, 1,
             [&](Value i) { buildBlendOfSlot(i, order.getRow(i), panel, units); });
    });
  }

  /// W_hh h for `rows` sequences from `i` and `count` panels from `panel`. The epilogue gets the
  /// gates of the first panel, then those of the next.
  void contract(Value panel, int64_t count, Value i, int64_t rows,
                llvm::function_ref<void(int64_t row, ArrayRef<Value> sums)> epilogue) {
    SmallVector<Value> previous;
    for (int64_t row = 0; row < rows; ++row)
      previous.push_back(b.add(order.getRow(b.add(i, row)), toPrevious));
    auto hAt = [&](Value k, int64_t row) {
      return b.load(states, {previous[row], b.add(firstUnit, k)});
    };
    auto weightsAt = [&](Value k, int64_t vector) {
      Value p = b.add(panel, vector / gates);
      return b.loadVector(recurrent, {direction, p, k, b.index(vector % gates * lanes())}, lanes());
    };
    Contraction contraction;
    contraction.rows = rows;
    contraction.vectors = count * gates;
    contraction.lanes = lanes();
    contraction.extent = b.index(config.hidden);
    contraction.a = hAt;
    contraction.b = weightsAt;
    contraction.epilogue = epilogue;
    buildContraction(b, contraction);
  }

  /// What the logistic functions leave: z, and x_n + r * (W_hn h + b_hn), of which n is the tanh.
  struct Gates {
    Value update, candidate;
  };

  /// `products` is W_hh h of the three gates. r and z share one division.
  Gates buildLogistic(ArrayRef<Value> products, Value row, Value panel) {
    Value one = b.constantLike(b.vectorType(lanes()), 1.0);
    auto onePlusExp = [&](int64_t gate) {
      Value x = b.addF(products[gate], gateInput(row, panel, gate));
      return b.addF(buildBoundedExp(b, arith::NegFOp::create(b, x)), one);
    };
    Value resetDenominator = onePlusExp(0), updateDenominator = onePlusExp(1);
    Value inverse = b.divF(one, b.mulF(resetDenominator, updateDenominator));
    Value reset = b.mulF(inverse, updateDenominator);
    Value update = b.mulF(inverse, resetDenominator);
    Value bias = b.loadVector(biasN, {direction, b.mul(panel, lanes())}, lanes());
    Value candidate = b.fma(reset, b.addF(products[2], bias), gateInput(row, panel, 2));
    return {update, candidate};
  }

  /// h' = n + z (h - n) for the first `units` units of the panel.
  void buildBlend(Gates gates, Value row, Value panel, int64_t units, Value h) {
    Value n = buildTanh(b, gates.candidate);
    Value state = b.fma(gates.update, b.subF(h, n), n);
    b.storePrefix(state, states, {row, unitOf(panel)}, units);
  }

  void storeSlot(Value at, ArrayRef<Value> values) {
    for (auto [part, value] : llvm::enumerate(values))
      b.storeVector(value, scratch, slot(at, part));
  }

  Value loadSlot(Value at, int64_t part) { return b.loadVector(scratch, slot(at, part), lanes()); }

  void buildLogisticInSlot(Value at, Value row, Value panel) {
    Gates result = buildLogistic({loadSlot(at, 0), loadSlot(at, 1), loadSlot(at, 2)}, row, panel);
    storeSlot(at, {result.update, result.candidate});
  }

  void buildBlendOfSlot(Value at, Value row, Value panel, int64_t units) {
    buildBlend({loadSlot(at, 0), loadSlot(at, 1)}, row, panel, units,
               previousState(row, panel, units));
  }

  Value previousState(Value row, Value panel, int64_t units) {
    return b.loadPrefix(states, {b.add(row, toPrevious), unitOf(panel)}, lanes(), units);
  }

  Value unitOf(Value panel) { return b.add(firstUnit, b.mul(panel, lanes())); }

  Value gateInput(Value row, Value panel, int64_t gate) {
    Value column = b.add(firstGate, b.mul(panel, gates * lanes()));
    return b.loadVector(gateInputs, {row, b.add(column, gate * lanes())}, lanes());
  }

  Value slot(Value index, int64_t gate) {
    return b.add(b.mul(index, gates * lanes()), gate * lanes());
  }

  /// All whole panels in a loop, then the one that has fewer units.
  void forPanels(llvm::function_ref<void(Value panel, int64_t units)> body) {
    int64_t whole = config.hidden / lanes();
    b.loop(b.index(0), b.index(whole), 1, [&](Value panel) { body(panel, lanes()); });
    if (int64_t units = config.hidden % lanes())
      body(b.index(whole), units);
  }

  /// The state at the last step, which the reverse direction takes at the first row; zero for no
  /// rows.
  void storeLast(Value count) {
    b.loop(b.index(0), count, 1, [&](Value sequence) {
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
            store([&](Value unit, int64_t count) {
              return b.loadVector(states, {row, unit}, count);
            });
          });
    });
  }
};

} // namespace

int64_t GruConfig::scratchValues(const Target &target) const {
  return std::max(groupSize, panels(target)) * gates * target.lanes();
}

func::FuncOp buildGruKernel(ModuleOp module, const Target &target, const GruConfig &config) {
  static_assert(GruConfig::extraIndices == SequenceOrder::extraIndices, "the header repeats it");
  Builder types(module.getContext());
  Type f32 = types.getF32Type();
  Type indices = contiguousType({ShapedType::kDynamic}, types.getIndexType());
  int64_t directions = config.directions(), panels = config.panels(target);
  int64_t lanes = target.lanes(), hidden = config.hidden;
  std::string name = llvm::formatv("trimod_gru_{0}_h{1}_{2}", target.suffix(), hidden,
                                   stringifyDirection(config.direction));
  Type arguments[] = {rowsType(directions * panels * gates * lanes, f32),
                      contiguousType({directions, panels, hidden, gates * lanes}, f32),
                      contiguousType({directions, panels * lanes}, f32),
                      indices,
                      indices,
                      contiguousType({config.scratchValues(target)}, f32),
                      rowsType(directions * hidden, f32),
                      rowsType(directions * hidden, f32)};
  return getOrCreateKernel(module, name, arguments, [&](KernelBuilder &b, ValueRange v) {
    GruKernel{b, target, config, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]}.build();
  });
}

} // namespace trimod
