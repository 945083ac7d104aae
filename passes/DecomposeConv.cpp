//===- DecomposeConv.cpp - layers over sequences in primitives -------------===//

#include "passes/Decompose.h"

#include "dialect/Shapes.h"

#include <limits>

using namespace mlir;
using namespace trimod;

static Value activate(TensorBuilder &t, Activation activation, Value x) {
  switch (activation) {
  case Activation::None:
    return x;
  case Activation::Relu:
    return t.max(x, t.filled({t.size(x, 0), t.size(x, 1)}, 0.0));
  case Activation::Tanh:
    return t.tanh(x);
  }
  llvm_unreachable("all activations are above");
}

/// init[t, o] + sum_{k, c} w[o, c, k] x[t + k, c]
static Value convolve(TensorBuilder &t, Value x, Value w, Value init) {
  OpBuilder &builder = t.getBuilder();
  AffineExpr row, out, k, channel;
  bindDims(builder.getContext(), row, out, k, channel);
  auto map = [&](ArrayRef<AffineExpr> indices) {
    return AffineMap::get(4, 0, indices, builder.getContext());
  };
  AffineMap maps[] = {map({row + k, channel}), map({out, channel, k}), map({row, out})};
  auto parallel = utils::IteratorType::parallel, reduction = utils::IteratorType::reduction;
  return linalg::GenericOp::create(
             builder, t.getLoc(), init.getType(), ValueRange{x, w}, init, maps,
             ArrayRef{parallel, parallel, reduction, reduction},
             [](OpBuilder &builder, Location loc, ValueRange element) {
               Value term = arith::MulFOp::create(builder, loc, element[0], element[1]);
               Value sum = arith::AddFOp::create(builder, loc, element[2], term);
               linalg::YieldOp::create(builder, loc, sum);
             })
      .getResult(0);
}

namespace {

struct DecomposeConv1d : DecomposePattern<Conv1dOp> {
  using DecomposePattern::DecomposePattern;

  SmallVector<Value> decompose(Conv1dOp op, TensorBuilder &t) const override {
    return op.getOffsets() ? mapOverSegments(op, t) : convolveOne(op, t);
  }

private:
  static SmallVector<Value> mapOverSegments(Conv1dOp op, TensorBuilder &t) {
    MapOp map = t.map(t.pack(op.getX(), op.getOffsets()), RaggedType::get(op.getType()),
                      [&](ValueRange arguments) {
                        Value one =
                            Conv1dOp::create(t.getBuilder(), t.getLoc(), arguments[0], op.getW(),
                                             op.getB(), Value(), op.getActivationAttr());
                        return SmallVector<Value>{one};
                      });
    return {t.unpack(map.getResult(0)).values};
  }

  static SmallVector<Value> convolveOne(Conv1dOp op, TensorBuilder &t) {
    Value x = op.getX();
    OpFoldResult rows = t.size(x, 0);
    if (int64_t border = (tensorType(op.getW()).getDimSize(2) - 1) / 2) {
      Value zeros = t.filled({t.index(border), t.size(op.getW(), 1)}, 0.0);
      x = t.concat(0, {zeros, x, zeros});
    }
    Value init =
        op.getB() ? t.broadcast(op.getB(), rows) : t.filled({rows, t.size(op.getW(), 0)}, 0.0);
    Value result = activate(t, op.getActivation(), convolve(t, x, op.getW(), init));
    return {tensor::CastOp::create(t.getBuilder(), t.getLoc(), op.getType(), result)};
  }
};

/// packed_conv1d -> conv1d on weights taken out of their panels.
struct DecomposePackedConv1d : DecomposePattern<PackedConv1dOp> {
  using DecomposePattern::DecomposePattern;

  SmallVector<Value> decompose(PackedConv1dOp op, TensorBuilder &t) const override {
    UnpackedPanels panels = unpackPanels(t, op.getW(), op.getB(), op.getColumns());
    int64_t columns = op.getColumns(), kernel = op.getKernel();
    int64_t channels = tensorType(op.getW()).getDimSize(1) / kernel;
    Value w = t.reshape(panels.w, {columns, kernel, channels}, {{0}, {1, 2}});
    Value conv = Conv1dOp::create(t.getBuilder(), t.getLoc(), op.getX(), t.transpose(w, {0, 2, 1}),
                                  panels.b, op.getOffsets(), op.getActivationAttr());
    return {conv};
  }
};

struct DecomposeMaxOverTime : DecomposePattern<MaxOverTimeOp> {
  using DecomposePattern::DecomposePattern;

  SmallVector<Value> decompose(MaxOverTimeOp op, TensorBuilder &t) const override {
    return op.getOffsets() ? mapOverSegments(op, t) : maximum(op, t);
  }

private:
  static SmallVector<Value> mapOverSegments(MaxOverTimeOp op, TensorBuilder &t) {
    MapOp map = t.map(t.pack(op.getX(), op.getOffsets()), op.getType(), [&](ValueRange arguments) {
      Value one = MaxOverTimeOp::create(t.getBuilder(), t.getLoc(), arguments[0], Value());
      return SmallVector<Value>{one};
    });
    return {map.getResult(0)};
  }

  /// The maximum starts at -inf, or at 0 if there is nothing to start.
  static SmallVector<Value> maximum(MaxOverTimeOp op, TensorBuilder &t) {
    OpBuilder &builder = t.getBuilder();
    Location loc = t.getLoc();
    auto number = [&](double value) -> Value {
      return arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(value));
    };
    Value rows = getValueOrCreateConstantIndexOp(builder, loc, t.size(op.getX(), 0));
    Value isEmpty = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, rows,
                                          arith::ConstantIndexOp::create(builder, loc, 0));
    Value start = arith::SelectOp::create(builder, loc, isEmpty, number(0.0),
                                          number(-std::numeric_limits<double>::infinity()));
    return {t.maxRows(op.getX(), tensor::SplatOp::create(builder, loc, op.getType(), start))};
  }
};

} // namespace

void trimod::populateDecomposeConvPatterns(RewritePatternSet &patterns,
                                           const llvm::StringSet<> &keep) {
  patterns.add<DecomposeConv1d, DecomposeMaxOverTime, DecomposePackedConv1d>(patterns.getContext(),
                                                                             keep);
}
