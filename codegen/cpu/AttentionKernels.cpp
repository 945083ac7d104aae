// Attention pooling in two parts: what a post's context rows give, once, and its merger with every
// query.
#include "codegen/cpu/Activations.h"
#include "codegen/cpu/KernelBuilder.h"
#include "codegen/cpu/Kernels.h"
#include "llvm/Support/FormatVariadic.h"
#include <limits>

using namespace mlir;

namespace trimod {
namespace {

// The same on all levels, so that the sum over lanes has the same order; AVX2 code splits it.
constexpr int64_t lanes = 16;

/// u . tanh(projected[row, :])
Value buildScore(KernelBuilder &b, Value projected, Value row, Value u, int64_t width) {
  auto accumulate = [&](Value column, int64_t count, Value sum) {
    // Lanes beyond the row are 0: tanh(0) * 0 adds nothing.
    Value p = b.loadPrefix(projected, {row, column}, lanes, count);
    return b.fma(buildTanh(b, p), b.loadPrefix(u, column, lanes, count), sum);
  };
  int64_t whole = width / lanes * lanes;
  Value sum = b.loop(b.index(0), b.index(whole), lanes, b.zeros(lanes),
                     [&](Value column, ValueRange carried) -> SmallVector<Value> {
                       return {accumulate(column, lanes, carried[0])};
                     })[0];
  if (whole < width)
    sum = accumulate(b.index(whole), width - whole, sum);
  return b.sumLanes(sum);
}

Value maximum(KernelBuilder &b, Value a, Value other) {
  // maximumf: a NaN score makes the maximum NaN, as in the model's own equations.
  return arith::MaximumFOp::create(b, a, other);
}

struct ContextKernel {
  KernelBuilder &b;
  AttentionContextConfig config;
  ValueRange contexts, projected, offsets;
  Value u, scratch, max, weight, sum;

  void build() {
    Value segments = b.sub(b.dim(offsets[0], 0), b.index(1));
    b.loop(b.index(0), segments, 1, [&](Value segment) { buildSegment(segment); });
  }

private:
  /// The rows of a context in a segment, and where its scores begin in the scratch.
  struct Range {
    Value first, last, score;
  };

  void buildSegment(Value segment) {
    SmallVector<Range> ranges;
    Value score = b.index(0);
    for (Value values : offsets) {
      Value first = b.load(values, segment), last = b.load(values, b.add(segment, 1));
      ranges.push_back({first, last, score});
      score = b.add(score, b.sub(last, first));
    }
    Value greatest = buildScores(ranges);
    b.store(greatest, max, segment);
    b.store(buildWeights(score, greatest), weight, segment);
    b.columnChunks(config.width, lanes,
                   [&](Value column, int64_t count) { buildSum(ranges, segment, column, count); });
  }

  Value buildScores(ArrayRef<Range> ranges) {
    Value greatest = b.constantLike(b.getF32Type(), -std::numeric_limits<double>::infinity());
    for (auto [k, range] : llvm::enumerate(ranges)) {
      auto scoreRow = [&, k = k, &range = range](Value row,
                                                 ValueRange carried) -> SmallVector<Value> {
        Value s = buildScore(b, projected[k], row, u, config.attention);
        b.store(s, scratch, b.add(range.score, b.sub(row, range.first)));
        return {maximum(b, carried[0], s)};
      };
      greatest = b.loop(range.first, range.last, 1, greatest, scoreRow)[0];
    }
    return greatest;
  }

  /// Replaces the scores by exp(s - max) and returns their sum.
  Value buildWeights(Value count, Value greatest) {
    auto addWeight = [&](Value i, ValueRange carried) -> SmallVector<Value> {
      Value e = buildExp(b, b.subF(b.load(scratch, i), greatest));
      b.store(e, scratch, i);
      return {b.addF(carried[0], e)};
    };
    return b.loop(b.index(0), count, 1, b.constantLike(b.getF32Type(), 0.0), addWeight)[0];
  }

  void buildSum(ArrayRef<Range> ranges, Value segment, Value column, int64_t count) {
    Value total = b.zeros(count);
    for (auto [k, range] : llvm::enumerate(ranges)) {
      auto addRow = [&, k = k, &range = range](Value row,
                                               ValueRange carried) -> SmallVector<Value> {
        Value e = b.load(scratch, b.add(range.score, b.sub(row, range.first)));
        Value features = b.loadVector(contexts[k], {row, column}, count);
        return {b.fma(b.broadcast(e, count), features, carried[0])};
      };
      total = b.loop(range.first, range.last, 1, total, addRow)[0];
    }
    b.storeVector(total, sum, {segment, column});
  }
};

struct MergeKernel {
  KernelBuilder &b;
  AttentionMergeConfig config;
  Value queries, projected, u, max, weight, sum, offsets, result;

  void build() {
    Value segments = b.sub(b.dim(offsets, 0), b.index(1));
    b.loop(b.index(0), segments, 1, [&](Value segment) {
      Value first = b.load(offsets, segment), last = b.load(offsets, b.add(segment, 1));
      b.loop(first, last, 1, [&](Value row) { buildRow(segment, row); });
    });
  }

private:
  void buildRow(Value segment, Value row) {
    Value score = buildScore(b, projected, row, u, config.attention);
    Value contextMax = b.load(max, segment);
    Value greatest = maximum(b, score, contextMax);
    Value own = buildExp(b, b.subF(score, greatest));
    Value others = buildExp(b, b.subF(contextMax, greatest));
    Value norm = b.fma(others, b.load(weight, segment), own);
    b.columnChunks(config.width, lanes, [&](Value column, int64_t count) {
      Value context =
          b.mulF(b.broadcast(others, count), b.loadVector(sum, {segment, column}, count));
      Value query = b.loadVector(queries, {row, column}, count);
      Value pooled = b.fma(b.broadcast(own, count), query, context);
      b.storeVector(b.divF(pooled, b.broadcast(norm, count)), result, {row, column});
    });
  }
};

} // namespace

func::FuncOp buildAttentionContextKernel(ModuleOp module, const Target &target,
                                         const AttentionContextConfig &config) {
  Builder types(module.getContext());
  Type f32 = types.getF32Type();
  int64_t dynamic = ShapedType::kDynamic, count = config.contexts;
  Type vector = contiguousType({dynamic}, f32);
  std::string name = llvm::formatv("trimod_attention_context_{0}_c{1}_d{2}_a{3}", target.suffix(),
                                   config.contexts, config.width, config.attention);
  SmallVector<Type> arguments(count, rowsType(config.width, f32));
  arguments.append(count, rowsType(config.attention, f32));
  arguments.push_back(contiguousType({config.attention}, f32));
  arguments.append(count, contiguousType({dynamic}, types.getIndexType()));
  arguments.append({vector, vector, vector, rowsType(config.width, f32)});
  return getOrCreateKernel(module, name, arguments, [&](KernelBuilder &b, ValueRange v) {
    ValueRange rest = v.drop_front(3 * count + 1);
    ContextKernel{b,
                  config,
                  v.take_front(count),
                  v.slice(count, count),
                  v.slice(2 * count + 1, count),
                  v[2 * count],
                  rest[0],
                  rest[1],
                  rest[2],
                  rest[3]}
        .build();
  });
}

func::FuncOp buildAttentionMergeKernel(ModuleOp module, const Target &target,
                                       const AttentionMergeConfig &config) {
  Builder types(module.getContext());
  Type f32 = types.getF32Type();
  Type vector = contiguousType({ShapedType::kDynamic}, f32);
  Type rows = rowsType(config.width, f32);
  std::string name = llvm::formatv("trimod_attention_merge_{0}_d{1}_a{2}", target.suffix(),
                                   config.width, config.attention);
  Type arguments[] = {rows,
                      rowsType(config.attention, f32),
                      contiguousType({config.attention}, f32),
                      vector,
                      vector,
                      rows,
                      contiguousType({ShapedType::kDynamic}, types.getIndexType()),
                      rows};
  return getOrCreateKernel(module, name, arguments, [&](KernelBuilder &b, ValueRange v) {
    MergeKernel{b, config, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]}.build();
  });
}

} // namespace trimod
