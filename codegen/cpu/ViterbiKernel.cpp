// Viterbi decoding: scores of all labels stand in one vector (or a few), so a step is one pass over
// the labels before.
#include "codegen/cpu/CrfKernel.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"
#include <limits>

using namespace mlir;

namespace trimod {
namespace {

struct ViterbiKernel : CrfKernel {
  Value pointers, scores, path, pathScore;

  ViterbiKernel(KernelBuilder &b, int64_t labels, ValueRange v)
      : CrfKernel(b, labels, v), pointers(v[5]), scores(v[6]), path(v[7]), pathScore(v[8]) {}

  void build() {
    forSequences([&](Value segment) { b.store(scalar(0.0), pathScore, segment); },
                 [&](Value segment, Value first, Value last) { decode(segment, first, last); });
  }

private:
  void decode(Value segment, Value first, Value last) {
    Value total = goForward(scores, first, last, [&](Value row) { return advance(row); });
    SmallVector<Value> best = findBestEnd();
    b.store(finishTotal(total, best[0]), pathScore, segment);
    traceBack(first, last, best[1]);
  }

  /// The best score of a path to each label at `row`, without its emission.
  SmallVector<Value> advance(Value row) {
    SmallVector<Value> next;
    forChunks([&](int64_t column, int64_t count) {
      auto [best, from] = bestPredecessors(b.index(column), count);
      b.storeVector(from, pointers, {row, b.index(column)});
      next.push_back(best);
    });
    return next;
  }

  std::pair<Value, Value> bestPredecessors(Value column, int64_t count) {
    Value none = b.constantLike(b.vectorType(lanes), -std::numeric_limits<double>::infinity());
    auto labelType = VectorType::get(lanes, b.getI32Type());
    Value zero = arith::ConstantOp::create(b, labelType, b.getZeroAttr(labelType));
    auto consider = [&](Value from, ValueRange carried) -> SmallVector<Value> {
      Value score = b.broadcast(b.load(scores, from), lanes);
      Value candidate = b.addF(score, b.loadPrefix(transitions, {from, column}, lanes, count));
      // Strictly greater: of equal ones the lowest stays, and a NaN never wins.
      Value wins = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, candidate, carried[0]);
      Value label = arith::IndexCastOp::create(b, b.getI32Type(), from);
      return {b.select(wins, candidate, carried[0]),
              b.select(wins, b.broadcast(label, lanes), carried[1])};
    };
    SmallVector<Value> best =
        b.loop(b.index(0), b.index(labels), 1, ValueRange{none, zero}, consider);
    return {best[0], best[1]};
  }

  /// Best final score and its label.
  SmallVector<Value> findBestEnd() {
    Value none = b.constantLike(b.getF32Type(), -std::numeric_limits<double>::infinity());
    auto consider = [&](Value label, ValueRange carried) -> SmallVector<Value> {
      Value score = b.addF(b.load(scores, label), b.load(end, label));
      Value wins = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, score, carried[0]);
      return {b.select(wins, score, carried[0]), b.select(wins, label, carried[1])};
    };
    return b.loop(b.index(0), b.index(labels), 1, ValueRange{none, b.index(0)}, consider);
  }

  void traceBack(Value first, Value last, Value bestEnd) {
    Value lastRow = b.sub(last, b.index(1));
    auto storeLabel = [&](Value label, Value row) {
      b.store(arith::IndexCastOp::create(b, b.getI32Type(), label), path, row);
    };
    storeLabel(bestEnd, lastRow);
    auto step = [&](Value back, ValueRange label) -> SmallVector<Value> {
      Value row = b.sub(lastRow, back);
      Value from =
          arith::IndexCastOp::create(b, b.getIndexType(), b.load(pointers, {row, label[0]}));
      storeLabel(from, b.sub(row, b.index(1)));
      return {from};
    };
    b.loop(b.index(0), b.sub(lastRow, first), 1, ValueRange{bestEnd}, step);
  }
};

} // namespace

func::FuncOp buildViterbiKernel(ModuleOp module, const Target &target,
                                const ViterbiConfig &config) {
  Builder types(module.getContext());
  Type f32 = types.getF32Type(), i32 = types.getI32Type();
  int64_t dynamic = ShapedType::kDynamic, labels = config.labels;
  std::string name = llvm::formatv("trimod_crf_viterbi_{0}_l{1}", target.suffix(), config.labels);
  SmallVector<Type> arguments = getCrfInputTypes(module.getContext(), labels);
  arguments.append({contiguousType({dynamic, padLabels(labels)}, i32),
                    contiguousType({padLabels(labels)}, f32), contiguousType({dynamic}, i32),
                    contiguousType({dynamic}, f32)});
  return getOrCreateKernel(module, name, arguments, [&](KernelBuilder &b, ValueRange v) {
    ViterbiKernel(b, labels, v).build();
  });
}

} // namespace trimod
