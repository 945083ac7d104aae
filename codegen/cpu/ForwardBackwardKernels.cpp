// Sums over all label sequences of a linear-chain CRF: the log partition and, going back from it,
// the probabilities of labels and of neighbouring labels. A step forward is one pass over the
// labels before, for all labels in one vector (or a few).
#include "codegen/cpu/Activations.h"
#include "codegen/cpu/CrfKernel.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"
#include <cfloat>

using namespace mlir;

namespace trimod {
namespace {

constexpr double largestFinite = FLT_MAX;

struct ForwardBackwardKernel : CrfKernel {
  /// Scores of the labels so far, less the largest of them.
  Value scores;
  Value logPartition;
  /// Without them, only sums.
  Value marginals, pairs;

  ForwardBackwardKernel(KernelBuilder &b, const ForwardBackwardConfig &config, ValueRange v)
      : CrfKernel(b, config.labels, v), scores(v[5]), logPartition(v[6]) {
    if (config.hasMarginals) {
      marginals = v[7];
      pairs = v[8];
    }
  }

  void build() {
    forSequences(
        [&](Value segment) { b.store(scalar(0.0), logPartition, segment); },
        [&](Value segment, Value first, Value last) { buildSequence(segment, first, last); });
  }

private:
  void buildSequence(Value segment, Value first, Value last) {
    if (pairs)
      clearPairs(first);
    Value total = goForward(scores, first, last, [&](Value row) { return advance(row); });
    SmallVector<Value> ofLast;
    b.store(finishTotal(total, finish(ofLast)), logPartition, segment);
    if (pairs)
      goBack(first, last, ofLast);
  }

  /// The log sums for every label over the labels before. Leaves, for the way back, the terms of
  /// each sum in the pairs of `row` and what they are to be divided by in its marginals.
  SmallVector<Value> advance(Value row) {
    SmallVector<Value> logSums;
    forChunks([&](int64_t column, int64_t count) {
      Value at = b.index(column);
      Value largest = largestTerms(at, count);
      Value sum = b.loop(b.index(0), b.index(labels), 1, b.zeros(lanes),
                         [&](Value from, ValueRange carried) -> SmallVector<Value> {
                           Value weight = buildExp(b, b.subF(term(from, at, count), largest));
                           if (pairs)
                             b.storePrefix(weight, pairs, {row, from, at}, count);
                           return {b.addF(carried[0], weight)};
                         })[0];
      if (marginals)
        b.storePrefix(asDivisor(sum), marginals, {row, at}, count);
      logSums.push_back(b.addF(largest, buildLog(b, sum)));
    });
    return logSums;
  }

  /// The score of `from` and of the moves from it to a chunk of labels.
  Value term(Value from, Value column, int64_t count) {
    return b.addF(b.broadcast(b.load(scores, from), lanes),
                  b.loadPrefix(transitions, {from, column}, lanes, count));
  }

  /// Finite, and no NaN: those show in the sum.
  Value largestTerms(Value column, int64_t count) {
    Value lowest = b.constantLike(b.vectorType(lanes), -largestFinite);
    Value largest = b.loop(b.index(0), b.index(labels), 1, lowest,
                           [&](Value from, ValueRange carried) -> SmallVector<Value> {
                             return {b.atLeast(carried[0], term(from, column, count))};
                           })[0];
    return b.atMost(largest, b.constantLike(largest.getType(), largestFinite));
  }

  /// The log sum over the labels of the last token; their shares of the sum in `shares`.
  Value finish(SmallVectorImpl<Value> &shares) {
    SmallVector<Value> values;
    forChunks([&](int64_t column, int64_t count) {
      Value at = b.index(column);
      values.push_back(
          b.addF(b.loadVector(scores, at, lanes), b.loadPrefix(end, at, lanes, count)));
    });
    Value largest = finiteMax(values);
    Value sum = b.zeros(lanes);
    for (Value &value : values) {
      value = buildExp(b, b.subF(value, b.broadcast(largest, lanes)));
      sum = b.addF(sum, value);
    }
    sum = b.sumLanes(sum);
    for (Value value : values)
      shares.push_back(b.divF(value, b.broadcast(asDivisor(sum), lanes)));
    return b.addF(largest, buildLog(b, sum));
  }

  /// From the probabilities of the last labels to those of all others.
  void goBack(Value first, Value last, ArrayRef<Value> ofLast) {
    Value lastRow = b.sub(last, b.index(1));
    SmallVector<Value> probabilities =
        b.loop(b.index(0), b.sub(lastRow, first), 1, ofLast,
               [&](Value back, ValueRange after) -> SmallVector<Value> {
                 return stepBack(b.sub(lastRow, back), after);
               });
    storeMarginals(first, probabilities);
  }

  /// Makes probabilities of what `advance` left in `row`, and returns those of the labels before.
  SmallVector<Value> stepBack(Value row, ValueRange probabilities) {
    SmallVector<Value> factors;
    forChunks([&](int64_t column, int64_t count) {
      Value divisor = b.loadPrefix(marginals, {row, b.index(column)}, lanes, count);
      factors.push_back(b.divF(probabilities[column / lanes], keepPrefix(divisor, count, 1.0)));
    });
    storeMarginals(row, probabilities);
    b.loop(b.index(0), b.index(labels), 1, [&](Value from) {
      Value sum = b.zeros(lanes);
      forChunks([&](int64_t column, int64_t count) {
        SmallVector<Value> at{row, from, b.index(column)};
        Value pair = b.mulF(b.loadPrefix(pairs, at, lanes, count), factors[column / lanes]);
        b.storePrefix(pair, pairs, at, count);
        sum = b.addF(sum, pair);
      });
      b.store(b.sumLanes(sum), scores, from);
    });
    SmallVector<Value> result;
    forChunks([&](int64_t column, int64_t count) {
      result.push_back(b.loadPrefix(scores, b.index(column), lanes, count));
    });
    return result;
  }

  /// A sum is at least 1, its largest term, or it is a sum of nothing: then quotients are 0.
  Value asDivisor(Value sum) { return b.atLeast(sum, b.constantLike(sum.getType(), 1.0)); }

  void storeMarginals(Value row, ValueRange values) {
    forChunks([&](int64_t column, int64_t count) {
      b.storePrefix(values[column / lanes], marginals, {row, b.index(column)}, count);
    });
  }

  void clearPairs(Value row) {
    b.loop(b.index(0), b.index(labels), 1, [&](Value from) {
      forChunks([&](int64_t column, int64_t count) {
        b.storePrefix(b.zeros(lanes), pairs, {row, from, b.index(column)}, count);
      });
    });
  }
};

} // namespace

func::FuncOp buildForwardBackwardKernel(ModuleOp module, const Target &target,
                                        const ForwardBackwardConfig &config) {
  Builder types(module.getContext());
  Type f32 = types.getF32Type();
  int64_t dynamic = ShapedType::kDynamic, labels = config.labels;
  std::string name =
      llvm::formatv("trimod_crf_{0}_{1}_l{2}", config.hasMarginals ? "marginals" : "log_partition",
                    target.suffix(), config.labels);
  SmallVector<Type> arguments = getCrfInputTypes(module.getContext(), labels);
  arguments.append({contiguousType({padLabels(labels)}, f32), contiguousType({dynamic}, f32)});
  if (config.hasMarginals)
    arguments.append(
        {contiguousType({dynamic, labels}, f32), contiguousType({dynamic, labels, labels}, f32)});
  return getOrCreateKernel(module, name, arguments, [&](KernelBuilder &b, ValueRange v) {
    ForwardBackwardKernel(b, config, v).build();
  });
}

} // namespace trimod
