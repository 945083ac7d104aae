//===- PackWeights.cpp - weights in the order in which kernels read them ---===//
//
// The layouts are those of trimod.packed_linear, packed_conv1d, packed_gru and packed_lstm; H
// hidden units, L lanes, P = ceil(H / L) panels of units, D directions. Weights are rearranged by
// ordinary tensor ops, which trimod-outline-init takes out of the function.
//
//===----------------------------------------------------------------------===//

#include "dialect/Recurrence.h"
#include "passes/Matchers.h"
#include "passes/Passes.h"
#include "passes/Patterns.h"
#include "passes/Schedule.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace trimod;

namespace trimod {
#define GEN_PASS_DEF_PACKWEIGHTS
#include "passes/Passes.h.inc"
} // namespace trimod

static constexpr StringLiteral kPass = "trimod-pack-weights";

//===----------------------------------------------------------------------===//
// Rearranging tensors
//===----------------------------------------------------------------------===//

namespace {

/// Builds the tensor ops of one rearrangement.
class Rearranger {
public:
  Rearranger(OpBuilder &builder, Location loc) : builder(builder), loc(loc) {}

  /// `value` grown to `shape` by zeros at the end of each dimension.
  Value pad(Value value, ArrayRef<int64_t> shape) {
    RankedTensorType type = tensorType(value);
    if (type.getShape() == shape)
      return value;
    SmallVector<OpFoldResult> low(type.getRank(), builder.getIndexAttr(0)), high;
    for (auto [wanted, size] : llvm::zip(shape, type.getShape()))
      high.push_back(builder.getIndexAttr(wanted - size));
    Value zero =
        arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type.getElementType()));
    return tensor::PadOp::create(builder, loc, type.clone(shape), value, low, high, zero);
  }

  /// Dimension `dimension` of `value` as dimensions of the sizes `sizes`.
  Value split(Value value, int64_t dimension, ArrayRef<int64_t> sizes) {
    RankedTensorType type = tensorType(value);
    SmallVector<int64_t> shape(type.getShape());
    shape.erase(shape.begin() + dimension);
    shape.insert(shape.begin() + dimension, sizes.begin(), sizes.end());
    return tensor::ExpandShapeOp::create(builder, loc, type.clone(shape), value,
                                         groups(type.getRank(), dimension, sizes.size()));
  }

  /// The `count` dimensions of `value` from `dimension` on as one.
  Value join(Value value, int64_t dimension, int64_t count) {
    int64_t rank = tensorType(value).getRank() - count + 1;
    return tensor::CollapseShapeOp::create(builder, loc, value, groups(rank, dimension, count));
  }

  /// Dimension i of the result is dimension order[i] of `value`.
  Value transpose(Value value, ArrayRef<int64_t> order) {
    RankedTensorType type = tensorType(value);
    SmallVector<int64_t> shape =
        llvm::map_to_vector(order, [&](int64_t from) { return type.getDimSize(from); });
    Value empty = tensor::EmptyOp::create(builder, loc, shape, type.getElementType());
    return linalg::TransposeOp::create(builder, loc, value, empty, order)->getResult(0);
  }

  /// Indices `from` to `from + count` of dimension `dimension`.
  Value slice(Value value, int64_t dimension, int64_t from, int64_t count) {
    RankedTensorType type = tensorType(value);
    SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0)), sizes;
    SmallVector<OpFoldResult> strides(type.getRank(), builder.getIndexAttr(1));
    for (int64_t size : type.getShape())
      sizes.push_back(builder.getIndexAttr(size));
    offsets[dimension] = builder.getIndexAttr(from);
    sizes[dimension] = builder.getIndexAttr(count);
    return tensor::ExtractSliceOp::create(builder, loc, value, offsets, sizes, strides);
  }

  /// The values one after the other along dimension 0.
  Value concatenate(ValueRange values) {
    if (values.size() == 1)
      return values.front();
    return tensor::ConcatOp::create(builder, loc, /*dim=*/0, values);
  }

  Value add(Value a, Value b) { return arith::AddFOp::create(builder, loc, a, b); }

private:
  /// Reassociation of `rank` dimensions, of which `dimension` stands for `count` ones.
  static SmallVector<ReassociationIndices> groups(int64_t rank, int64_t dimension, int64_t count) {
    SmallVector<ReassociationIndices> groups(rank);
    int64_t next = 0;
    for (int64_t i = 0; i < rank; ++i)
      for (int64_t j = 0; j < (i == dimension ? count : 1); ++j)
        groups[i].push_back(next++);
    return groups;
  }

  OpBuilder &builder;
  Location loc;
};

//===----------------------------------------------------------------------===//
// Linear layers and convolutions
//===----------------------------------------------------------------------===//

/// Weights and bias of a layer that is packed column by column.
template <typename Op>
LogicalResult checkLayer(Op op, PatternRewriter &rewriter) {
  RankedTensorType type = tensorType(op.getW());
  if (!type.hasStaticShape())
    return reportScheduleMiss(op, kPass, "the weight's sizes are not known");
  if (!isFixedByWeights(op.getW()) || (op.getB() && !isFixedByWeights(op.getB())))
    return reportScheduleMiss(op, kPass, "weight or bias depends on inputs of the function");
  // Computed once anyway (trimod-outline-init).
  if (isFixedByWeights(op.getX()))
    return rewriter.notifyMatchFailure(op, "all operands depend on parameters alone");
  if (type.getNumElements() == 0)
    return reportScheduleMiss(op, kPass, "the weight is empty");
  return success();
}

/// Panels of columns: [P, K, V] of weights [N, K], and [P*V] of a bias [N] or null.
struct Panels {
  Panels(Rearranger &rearrange, Value weights, Value bias, int64_t lanes) {
    constexpr int64_t kMaxVectors = 3;
    int64_t columns = tensorType(weights).getDimSize(0), depth = tensorType(weights).getDimSize(1);
    int64_t width = lanes * std::min<int64_t>(kMaxVectors, llvm::divideCeil(columns, lanes));
    int64_t panels = llvm::divideCeil(columns, width);
    w = rearrange.pad(weights, {panels * width, depth});
    w = rearrange.split(w, 0, {panels, width});
    w = rearrange.transpose(w, {0, 2, 1});
    b = bias ? rearrange.pad(bias, {panels * width}) : Value();
  }

  Value w, b;
};

struct PackLinear : OpRewritePattern<LinearOp> {
  PackLinear(MLIRContext *context, int64_t lanes) : OpRewritePattern(context), lanes(lanes) {}

  LogicalResult matchAndRewrite(LinearOp op, PatternRewriter &rewriter) const override {
    if (failed(checkLayer(op, rewriter)))
      return failure();
    Rearranger rearrange(rewriter, op.getLoc());
    Panels panels(rearrange, op.getW(), op.getB(), lanes);
    int64_t columns = tensorType(op.getW()).getDimSize(0);
    rewriter.replaceOpWithNewOp<PackedLinearOp>(op, op.getX(), panels.w, panels.b,
                                                /*start=*/Value(),
                                                rewriter.getI64IntegerAttr(columns));
    return success();
  }

private:
  int64_t lanes;
};

struct PackConv1d : OpRewritePattern<Conv1dOp> {
  PackConv1d(MLIRContext *context, int64_t lanes) : OpRewritePattern(context), lanes(lanes) {}

  LogicalResult matchAndRewrite(Conv1dOp op, PatternRewriter &rewriter) const override {
    if (failed(checkLayer(op, rewriter)))
      return failure();
    Rearranger rearrange(rewriter, op.getLoc());
    // The order of a window: row by row.
    Value windows = rearrange.join(rearrange.transpose(op.getW(), {0, 2, 1}), 1, 2);
    Panels panels(rearrange, windows, op.getB(), lanes);
    RankedTensorType type = tensorType(op.getW());
    rewriter.replaceOpWithNewOp<PackedConv1dOp>(op, op.getX(), panels.w, panels.b, op.getOffsets(),
                                                type.getDimSize(2), type.getDimSize(0),
                                                op.getActivation());
    return success();
  }

private:
  int64_t lanes;
};

//===----------------------------------------------------------------------===//
// Recurrences
//===----------------------------------------------------------------------===//

/// G gates of a cell.
struct RecurrenceLayout {
  int64_t directions, gates, hidden, lanes, panels, padded;
};

/// [D, G, H, ...] -> [D*P*G*L, ...]: rows in the order direction, panel, gate, lane.
Value interleaveGates(Rearranger &rearrange, Value split, const RecurrenceLayout &layout) {
  SmallVector<int64_t> shape(tensorType(split).getShape());
  shape[2] = layout.padded;
  Value padded = rearrange.pad(split, shape);
  Value panels = rearrange.split(padded, 2, {layout.panels, layout.lanes});
  auto order = llvm::to_vector(llvm::seq<int64_t>(0, tensorType(panels).getRank()));
  std::swap(order[1], order[2]);
  return rearrange.join(rearrange.transpose(panels, order), 0, 4);
}

/// [D*G*H, H] -> [D, P, H, G*L].
Value packRecurrentWeights(Rearranger &rearrange, Value w, const RecurrenceLayout &layout) {
  Value gates = rearrange.split(w, 0, {layout.directions, layout.gates, layout.hidden});
  gates = rearrange.pad(gates, {layout.directions, layout.gates, layout.padded, layout.hidden});
  Value panels = rearrange.split(gates, 2, {layout.panels, layout.lanes});
  return rearrange.join(rearrange.transpose(panels, {0, 2, 4, 1, 3}), 3, 2);
}

LogicalResult checkForm(GruRecurrenceOp op) {
  if (op.getLinearBeforeReset())
    return success();
  return reportScheduleMiss(op, kPass, "no packed form resets the state before the product");
}
LogicalResult checkForm(LstmRecurrenceOp) { return success(); }

/// What of b_hh [D, 3, H] is added before the activation: for n, b_hn stands inside the product
/// with r.
Value biasOfGates(GruRecurrenceOp, Rearranger &rearrange, Value biases,
                  const RecurrenceLayout &layout) {
  return rearrange.pad(rearrange.slice(biases, 1, 0, 2), {layout.directions, 3, layout.hidden});
}
Value biasOfGates(LstmRecurrenceOp, Rearranger &, Value biases, const RecurrenceLayout &) {
  return biases;
}

PackedGruOp createPacked(PatternRewriter &rewriter, GruRecurrenceOp op, Rearranger &rearrange,
                         Value gates, Value wHh, Value biases, const RecurrenceLayout &layout) {
  // [D, 3, H] -> [D, P*L], gate n alone.
  Value bHn = rearrange.join(rearrange.slice(biases, 1, 2, 1), 0, 2);
  bHn = rearrange.pad(bHn, {layout.directions, layout.padded});
  return PackedGruOp::create(rewriter, op.getLoc(), gates, /*rows=*/Value(), wHh, bHn,
                             op.getOffsets(), rewriter.getI64IntegerAttr(layout.hidden),
                             op.getDirectionAttr());
}
PackedLstmOp createPacked(PatternRewriter &rewriter, LstmRecurrenceOp op, Rearranger &, Value gates,
                          Value wHh, Value, const RecurrenceLayout &layout) {
  return PackedLstmOp::create(rewriter, op.getLoc(), gates, /*rows=*/Value(), wHh, op.getOffsets(),
                              rewriter.getI64IntegerAttr(layout.hidden), op.getDirectionAttr());
}

template <typename Cell>
struct PackRecurrence : OpRewritePattern<typename Cell::Recurrence> {
  using Op = typename Cell::Recurrence;
  PackRecurrence(MLIRContext *context, int64_t lanes)
      : OpRewritePattern<Op>(context), lanes(lanes) {}

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    auto projection = op.getGates().template getDefiningOp<LinearOp>();
    if (failed(check(op, projection)))
      return failure();

    RecurrenceLayout layout = layoutOf(op);
    auto split = [&](Rearranger &rearrange, Value stack) {
      return rearrange.split(stack, 0, {layout.directions, layout.gates, layout.hidden});
    };
    rewriter.setInsertionPoint(projection);
    Rearranger rearrange(rewriter, op.getLoc());
    Value biases = split(rearrange, rearrange.concatenate(op.getBHh()));
    Value w = interleaveGates(rearrange, split(rearrange, projection.getW()), layout);
    Value b = biasOfGates(op, rearrange, biases, layout);
    if (projection.getB())
      b = rearrange.add(split(rearrange, projection.getB()), b);
    b = interleaveGates(rearrange, b, layout);
    Value wHh = packRecurrentWeights(rearrange, rearrange.concatenate(op.getWHh()), layout);
    auto gates = LinearOp::create(rewriter, projection.getLoc(), projection.getX(), w, b);
    rewriter.replaceOp(
        op, createPacked(rewriter, op, rearrange, gates.getResult(), wHh, biases, layout));
    rewriter.eraseOp(projection);
    return success();
  }

private:
  RecurrenceLayout layoutOf(Op op) const {
    int64_t panels = llvm::divideCeil(op.getHiddenSize(), lanes);
    return {op.getNumDirections(), Cell::gates, op.getHiddenSize(), lanes, panels, panels * lanes};
  }

  static LogicalResult check(Op op, LinearOp projection) {
    if (failed(checkForm(op)))
      return failure();
    if (!llvm::all_of(op.getInit(), [](Value init) { return isSplat(init, 0.0); }))
      return reportScheduleMiss(op, kPass, "the initial state is not zero");
    if (!projection || !projection->hasOneUse())
      return reportScheduleMiss(
          op, kPass, "the gates are not those of a trimod.linear that is used here alone");
    SmallVector<Value> weights{projection.getW()};
    if (projection.getB())
      weights.push_back(projection.getB());
    llvm::append_range(weights, op.getWHh());
    llvm::append_range(weights, op.getBHh());
    for (Value weight : weights) {
      if (!tensorType(weight).hasStaticShape())
        return reportScheduleMiss(op, kPass, "the weights' sizes are not known");
      if (!isFixedByWeights(weight))
        return reportScheduleMiss(op, kPass, "weights depend on inputs of the function");
    }
    if (op.getHiddenSize() == 0)
      return reportScheduleMiss(op, kPass, "the state is empty");
    return success();
  }

  int64_t lanes;
};

struct PackWeights : trimod::impl::PackWeightsBase<PackWeights> {
  using PackWeightsBase::PackWeightsBase;

  void runOnOperation() override {
    if (lanes != 8 && lanes != 16) {
      getOperation().emitError() << "trimod-pack-weights: expected lanes=8 or lanes=16, got "
                                 << lanes.getValue();
      return signalPassFailure();
    }
    // The projection that packing a recurrence rearranges is a linear layer to pack itself.
    RewritePatternSet recurrences(&getContext()), layers(&getContext());
    populatePackRecurrencePatterns(recurrences, lanes);
    populatePackLayerPatterns(layers, lanes);
    applyPatternsOnce(getOperation(), std::move(recurrences));
    applyPatternsOnce(getOperation(), std::move(layers));
  }
};

} // namespace

void trimod::populatePackRecurrencePatterns(RewritePatternSet &patterns, int64_t lanes) {
  patterns.add<PackRecurrence<GruCell>, PackRecurrence<LstmCell>>(patterns.getContext(), lanes);
}

void trimod::populatePackLayerPatterns(RewritePatternSet &patterns, int64_t lanes) {
  patterns.add<PackConv1d, PackLinear>(patterns.getContext(), lanes);
}
