//===- PackWeights.cpp - weights in the order in which kernels read them ---===//
//
// The layouts are those of trimod.packed_linear, packed_conv1d and packed_gru; H hidden units, L
// lanes, P = ceil(H / L) panels of units, D directions. Weights are rearranged by ordinary tensor
// ops, which trimod-outline-init takes out of the function.
//
//===----------------------------------------------------------------------===//

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
// GRU
//===----------------------------------------------------------------------===//

struct PackGru : OpRewritePattern<GruRecurrenceOp> {
  PackGru(MLIRContext *context, int64_t lanes) : OpRewritePattern(context), lanes(lanes) {}

  LogicalResult matchAndRewrite(GruRecurrenceOp op, PatternRewriter &rewriter) const override {
    auto projection = op.getGates().getDefiningOp<LinearOp>();
    if (failed(check(op, projection)))
      return failure();

    Layout layout(op, lanes);
    rewriter.setInsertionPoint(projection);
    Rearranger rearrange(rewriter, op.getLoc());
    Value biases = rearrange.split(rearrange.concatenate(op.getBHh()), 0,
                                   {layout.directions, 3, layout.hidden});
    Value w = interleaveGates(rearrange, projection.getW(), layout);
    Value b = packBias(rearrange, projection.getB(), biases, layout);
    Value wHh = packRecurrentWeights(rearrange, rearrange.concatenate(op.getWHh()), layout);
    Value bHn = packNewBias(rearrange, biases, layout);
    auto gates = LinearOp::create(rewriter, projection.getLoc(), projection.getX(), w, b);
    rewriter.setInsertionPoint(op);
    rewriter.replaceOpWithNewOp<PackedGruOp>(op, gates.getResult(), wHh, bHn, op.getOffsets(),
                                             rewriter.getI64IntegerAttr(layout.hidden),
                                             op.getDirectionAttr());
    rewriter.eraseOp(projection);
    return success();
  }

private:
  struct Layout {
    Layout(GruRecurrenceOp op, int64_t lanes)
        : directions(op.getNumDirections()), hidden(op.getHiddenSize()), lanes(lanes),
          panels(llvm::divideCeil(hidden, lanes)), padded(panels * lanes) {}
    int64_t directions, hidden, lanes, panels, padded;
  };

  static LogicalResult check(GruRecurrenceOp op, LinearOp projection) {
    if (!op.getLinearBeforeReset())
      return reportScheduleMiss(op, kPass, "no packed form resets the state before the product");
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

  /// [D*3*H, ...] -> [D*P*3*L, ...]: rows in the order direction, panel, gate, lane.
  static Value interleaveGates(Rearranger &rearrange, Value rows, const Layout &layout) {
    Value split = rearrange.split(rows, 0, {layout.directions, 3, layout.hidden});
    return interleaveSplitGates(rearrange, split, layout);
  }

  /// The same from [D, 3, H, ...].
  static Value interleaveSplitGates(Rearranger &rearrange, Value split, const Layout &layout) {
    SmallVector<int64_t> shape(tensorType(split).getShape());
    shape[2] = layout.padded;
    Value padded = rearrange.pad(split, shape);
    Value panels = rearrange.split(padded, 2, {layout.panels, layout.lanes});
    auto order = llvm::to_vector(llvm::seq<int64_t>(0, tensorType(panels).getRank()));
    std::swap(order[1], order[2]);
    return rearrange.join(rearrange.transpose(panels, order), 0, 4);
  }

  /// b_ih, and for r and z also b_hh: both are added before the activation. For n, b_hn stands
  /// inside the product with r.
  static Value packBias(Rearranger &rearrange, Value projection, Value biases,
                        const Layout &layout) {
    Value sum =
        rearrange.pad(rearrange.slice(biases, 1, 0, 2), {layout.directions, 3, layout.hidden});
    if (projection)
      sum =
          rearrange.add(rearrange.split(projection, 0, {layout.directions, 3, layout.hidden}), sum);
    return interleaveSplitGates(rearrange, sum, layout);
  }

  /// [D*3*H, H] -> [D, P, H, 3*L].
  static Value packRecurrentWeights(Rearranger &rearrange, Value w, const Layout &layout) {
    Value gates = rearrange.split(w, 0, {layout.directions, 3, layout.hidden});
    gates = rearrange.pad(gates, {layout.directions, 3, layout.padded, layout.hidden});
    Value panels = rearrange.split(gates, 2, {layout.panels, layout.lanes});
    return rearrange.join(rearrange.transpose(panels, {0, 2, 4, 1, 3}), 3, 2);
  }

  /// [D, 3, H] -> [D, P*L], gate n alone.
  static Value packNewBias(Rearranger &rearrange, Value biases, const Layout &layout) {
    Value gate = rearrange.join(rearrange.slice(biases, 1, 2, 1), 0, 2);
    return rearrange.pad(gate, {layout.directions, layout.padded});
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
    populatePackGruPatterns(recurrences, lanes);
    populatePackLayerPatterns(layers, lanes);
    applyPatternsOnce(getOperation(), std::move(recurrences));
    applyPatternsOnce(getOperation(), std::move(layers));
  }
};

} // namespace

void trimod::populatePackGruPatterns(RewritePatternSet &patterns, int64_t lanes) {
  patterns.add<PackGru>(patterns.getContext(), lanes);
}

void trimod::populatePackLayerPatterns(RewritePatternSet &patterns, int64_t lanes) {
  patterns.add<PackConv1d, PackLinear>(patterns.getContext(), lanes);
}
