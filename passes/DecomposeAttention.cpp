//===- DecomposeAttention.cpp - attention pooling in primitives ------------===//

#include "passes/Decompose.h"

#include "dialect/Shapes.h"

using namespace mlir;
using namespace trimod;

/// u . tanh(projected), for each row.
static Value scoreRows(TensorBuilder &t, Value projected, Value u) {
  return t.matvec(t.tanh(projected), u, t.filled(t.size(projected, 0), 0.0));
}

namespace {

/// exp(score - max) for each row, and the maximum.
struct Weights {
  Value max;
  Value gamma;
};

} // namespace

static Weights weightRows(TensorBuilder &t, Value projected, Value u) {
  Value scores = scoreRows(t, projected, u);
  Value max = t.maxRows(scores);
  return {max, t.exp(t.sub(scores, t.broadcast(max, t.size(scores, 0))))};
}

namespace {

struct DecomposeAttentionPool : DecomposePattern<AttentionPoolOp> {
  using DecomposePattern::DecomposePattern;

  SmallVector<Value> decompose(AttentionPoolOp op, TensorBuilder &t) const override {
    return op.getQueryOffsets() ? mapOverSegments(op, t) : poolEachQuery(op, t);
  }

private:
  static SmallVector<Value> mapOverSegments(AttentionPoolOp op, TensorBuilder &t) {
    SmallVector<Value> inputs{t.pack(op.getQueries(), op.getQueryOffsets())};
    for (auto [context, offsets] : llvm::zip(op.getContexts(), op.getContextOffsets()))
      inputs.push_back(t.pack(context, offsets));
    MapOp map = t.map(inputs, RaggedType::get(op.getType()), [&](ValueRange arguments) {
      Value pooled =
          AttentionPoolOp::create(t.getBuilder(), t.getLoc(), arguments[0], arguments.drop_front(),
                                  op.getW(), op.getB(), op.getU(), Value(), ValueRange{});
      return SmallVector<Value>{pooled};
    });
    return {t.unpack(map.getResult(0)).values};
  }

  static SmallVector<Value> poolEachQuery(AttentionPoolOp op, TensorBuilder &t) {
    int64_t width = tensorType(op.getQueries()).getDimSize(1);
    MapOp map = t.map(op.getQueries(), op.getType(), [&](ValueRange arguments) {
      SmallVector<Value> parts{t.reshape(arguments[0], {1, width}, {{0, 1}})};
      llvm::append_range(parts, op.getContexts());
      Value features = t.concat(0, parts);
      Value projected =
          LinearOp::create(t.getBuilder(), t.getLoc(), features, op.getW(), op.getB()).getResult();
      Value gamma = weightRows(t, projected, op.getU()).gamma;
      Value weight = t.broadcast(t.sumRows(gamma), t.index(width));
      Value sum = t.vecmat(gamma, features, t.zeros({width}));
      return SmallVector<Value>{t.div(sum, weight)};
    });
    return {map.getResult(0)};
  }
};

struct DecomposeAttentionContext : DecomposePattern<AttentionContextOp> {
  using DecomposePattern::DecomposePattern;

  SmallVector<Value> decompose(AttentionContextOp op, TensorBuilder &t) const override {
    return op.getContextOffsets().empty() ? summarize(op, t) : mapOverSegments(op, t);
  }

private:
  static SmallVector<Value> mapOverSegments(AttentionContextOp op, TensorBuilder &t) {
    SmallVector<Value> inputs;
    for (auto [context, offsets] : llvm::zip(op.getContexts(), op.getContextOffsets()))
      inputs.push_back(t.pack(context, offsets));
    for (auto [projected, offsets] : llvm::zip(op.getProjected(), op.getContextOffsets()))
      inputs.push_back(t.pack(projected, offsets));
    size_t count = op.getContexts().size();
    MapOp map = t.map(inputs, op.getResultTypes(), [&](ValueRange arguments) {
      return SmallVector<Value>(
          AttentionContextOp::create(t.getBuilder(), t.getLoc(), arguments.take_front(count),
                                     arguments.drop_front(count), op.getU(), ValueRange{})
              ->getResults());
    });
    return SmallVector<Value>(map.getResults());
  }

  static SmallVector<Value> summarize(AttentionContextOp op, TensorBuilder &t) {
    int64_t width = tensorType(op.getContexts()[0]).getDimSize(1);
    Value features = t.concat(0, op.getContexts());
    Weights weights = weightRows(t, t.concat(0, op.getProjected()), op.getU());
    Value sum = t.vecmat(weights.gamma, features, t.zeros({width}));
    return {weights.max, t.sumRows(weights.gamma), sum};
  }
};

struct DecomposeAttentionMerge : DecomposePattern<AttentionMergeOp> {
  using DecomposePattern::DecomposePattern;

  SmallVector<Value> decompose(AttentionMergeOp op, TensorBuilder &t) const override {
    return op.getQueryOffsets() ? mapOverSegments(op, t) : mergeEachQuery(op, t);
  }

private:
  static SmallVector<Value> mapOverSegments(AttentionMergeOp op, TensorBuilder &t) {
    Value inputs[] = {t.pack(op.getQueries(), op.getQueryOffsets()),
                      t.pack(op.getProjected(), op.getQueryOffsets()), op.getMax(), op.getWeight(),
                      op.getSum()};
    MapOp map = t.map(inputs, RaggedType::get(op.getType()), [&](ValueRange arguments) {
      Value merged =
          AttentionMergeOp::create(t.getBuilder(), t.getLoc(), arguments[0], arguments[1],
                                   op.getU(), arguments[2], arguments[3], arguments[4], Value());
      return SmallVector<Value>{merged};
    });
    return {t.unpack(map.getResult(0)).values};
  }

  static SmallVector<Value> mergeEachQuery(AttentionMergeOp op, TensorBuilder &t) {
    OpFoldResult width = t.index(tensorType(op.getQueries()).getDimSize(1));
    MapOp map = t.map({op.getQueries(), op.getProjected()}, op.getType(), [&](ValueRange row) {
      Value score = t.dot(t.tanh(row[1]), op.getU());
      Value max = t.max(score, op.getMax());
      Value own = t.exp(t.sub(score, max)), others = t.exp(t.sub(op.getMax(), max));
      Value weight = t.add(own, t.mul(others, op.getWeight()));
      Value sum = t.add(t.mul(t.broadcast(own, width), row[0]),
                        t.mul(t.broadcast(others, width), op.getSum()));
      return SmallVector<Value>{t.div(sum, t.broadcast(weight, width))};
    });
    return {map.getResult(0)};
  }
};

} // namespace

void trimod::populateDecomposeAttentionPatterns(RewritePatternSet &patterns,
                                                const llvm::StringSet<> &keep) {
  patterns.add<DecomposeAttentionPool, DecomposeAttentionContext, DecomposeAttentionMerge>(
      patterns.getContext(), keep);
}
