// The best label sequences: for every label the list of the best sequences that end in it, all
// labels in one vector (or a few), so a step merges the lists of the labels before into all lists
// at once.
#include "codegen/cpu/CrfKernel.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"
#include <limits>

using namespace mlir;

namespace trimod {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A sequence is named by the label it ends in and its place in that label's list:
/// label * listLength + place.
struct NbestKernel : CrfKernel {
  int64_t listLength; // K
  /// The names of the sequences that those of a token continue; in the row of a first token, of
  /// those that the end continues.
  Value names;
  /// Scores at the last token, and those of one more token in the making. Place p is row p + 1; row
  /// 0 is better than all, so that nothing is put before it.
  Value lists;
  Value path, pathScores;

  NbestKernel(KernelBuilder &b, const NbestConfig &config, ValueRange v)
      : CrfKernel(b, config.labels, v), listLength(config.count), names(v[5]), lists(v[6]),
        path(v[7]), pathScores(v[8]) {}

  void build() {
    forChunks([&](int64_t column, int64_t) {
      b.storeVector(splat(infinity), lists, {next(), b.index(0), b.index(column)});
    });
    forSequences(
        [&](Value segment) { storeEmpty(segment); },
        [&](Value segment, Value first, Value last) { buildSequences(segment, first, last); });
  }

private:
  /// A vector with the scores of the moves from a label to those of a chunk.
  using Moves = llvm::function_ref<Value(Value from)>;

  Value current() { return b.index(0); }
  Value next() { return b.index(1); }

  /// One sequence, without a label.
  void storeEmpty(Value segment) {
    b.store(scalar(0.0), pathScores, {segment, b.index(0)});
    b.loop(b.index(1), b.index(listLength), 1,
           [&](Value place) { b.store(scalar(-infinity), pathScores, {segment, place}); });
  }

  void buildSequences(Value segment, Value first, Value last) {
    forChunks([&](int64_t column, int64_t count) {
      clearList(column, count);
      b.storeVector(b.loadPrefix(start, b.index(column), lanes, count), lists,
                    {next(), b.index(1), b.index(column)});
    });
    Value total = startTotal(addEmissions(first));
    total = b.loop(b.add(first, 1), last, 1, total,
                   [&](Value row, ValueRange carried) -> SmallVector<Value> {
                     forChunks([&](int64_t column, int64_t count) {
                       selectBest(row, column, count, [&](Value from) {
                         return b.loadPrefix(transitions, {from, b.index(column)}, lanes, count);
                       });
                     });
                     return {addToTotal(carried[0], addEmissions(row))};
                   })[0];
    // The end as a label, in every lane.
    selectBest(first, 0, lanes, [&](Value from) { return b.broadcast(b.load(end, from), lanes); });
    b.loop(b.index(0), b.index(listLength), 1,
           [&](Value place) { traceBack(segment, first, last, place, total); });
  }

  /// No sequence yet; lanes beyond the labels take none.
  void clearList(int64_t column, int64_t count) {
    SmallVector<float> scores(lanes, infinity);
    std::fill_n(scores.begin(), count, -infinity);
    Value none = arith::ConstantOp::create(
        b, DenseElementsAttr::get(b.vectorType(lanes), ArrayRef<float>(scores)));
    b.loop(b.index(1), b.index(listLength + 1), 1,
           [&](Value place) { b.storeVector(none, lists, {next(), place, b.index(column)}); });
  }

  /// Makes the next lists the current ones, less the largest score, which is returned.
  Value addEmissions(Value row) {
    SmallVector<Value> added, best;
    forChunks([&](int64_t column, int64_t count) {
      Value emission = b.loadPrefix(emissions, {row, b.index(column)}, lanes, count);
      Value score = b.loadVector(lists, {next(), b.index(1), b.index(column)}, lanes);
      added.push_back(emission);
      best.push_back(keepPrefix(b.addF(score, emission), count, -infinity));
    });
    Value largest = finiteMax(best);
    forChunks([&](int64_t column, int64_t count) {
      b.loop(b.index(1), b.index(listLength + 1), 1, [&](Value place) {
        Value score = b.loadVector(lists, {next(), place, b.index(column)}, lanes);
        score = b.subF(b.addF(score, added[column / lanes]), b.broadcast(largest, lanes));
        b.storeVector(score, lists, {current(), place, b.index(column)});
      });
    });
    return largest;
  }

  /// The next lists of a chunk of labels, with the names of what they continue in `row`.
  void selectBest(Value row, int64_t column, int64_t count, Moves moves) {
    clearList(column, count);
    b.loop(b.index(0), b.index(labels), 1, [&](Value from) {
      Value move = moves(from);
      Value firstName = b.mul(from, listLength);
      b.loop(b.index(0), b.index(listLength), 1, [&](Value place) {
        Value score = b.load(lists, {current(), b.add(place, 1), from});
        Value candidate = b.addF(b.broadcast(score, lanes), move);
        Value name = arith::IndexCastOp::create(b, b.getI32Type(), b.add(firstName, place));
        insert(row, column, place, candidate, b.broadcast(name, lanes));
      });
    });
  }

  /// Puts the candidate behind all that are as good, and moves the others down. `better` candidates
  /// are in the list already.
  void insert(Value row, int64_t column, Value better, Value candidate, Value name) {
    Value at = b.index(column), lowest = b.index(listLength);
    auto isBetterThan = [&](Value score) -> Value {
      // A NaN never is, and nothing is worse than -inf.
      return arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, candidate, score);
    };
    auto step = [&](Value up, ValueRange carried) -> SmallVector<Value> {
      Value place = b.sub(lowest, up), above = b.sub(place, b.index(1));
      Value score = carried[0], isBetter = isBetterThan(score);
      Value scoreAbove = b.loadVector(lists, {next(), above, at}, lanes);
      Value isBetterAbove = isBetterThan(scoreAbove);
      Value newScore = b.select(isBetterAbove, scoreAbove, candidate);
      b.storeVector(b.select(isBetter, newScore, score), lists, {next(), place, at});
      Value newName = b.select(isBetterAbove, b.loadVector(names, {row, above, at}, lanes), name);
      Value oldName = b.loadVector(names, {row, place, at}, lanes);
      b.storeVector(b.select(isBetter, newName, oldName), names, {row, place, at});
      return {scoreAbove};
    };
    Value worst = b.loadVector(lists, {next(), lowest, at}, lanes);
    // Most candidates come into no list.
    Value isBetterSomewhere =
        vector::ReductionOp::create(b, vector::CombiningKind::OR, isBetterThan(worst));
    b.ifElse(isBetterSomewhere, [&] { b.loop(b.index(0), b.sub(lowest, better), 1, worst, step); });
  }

  /// Score and labels of the sequence in a place at the end; 0 if there is none.
  void traceBack(Value segment, Value first, Value last, Value place, Value total) {
    Value score = b.load(lists, {next(), b.add(place, 1), b.index(0)});
    b.store(finishTotal(total, score), pathScores, {segment, place});
    Value exists = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, score, scalar(-infinity));
    Value lastRow = b.sub(last, b.index(1));
    Value none = arith::ConstantOp::create(b, b.getI32IntegerAttr(0));
    auto follow = [&](Value row, Value place, Value label) {
      Value name = b.load(names, {row, b.add(place, 1), label});
      return b.select(exists, name, none);
    };
    auto step = [&](Value back, ValueRange carried) -> SmallVector<Value> {
      Value row = b.sub(lastRow, back);
      Value count = arith::ConstantOp::create(b, b.getI32IntegerAttr(listLength));
      Value label = arith::DivUIOp::create(b, carried[0], count);
      Value before = arith::RemUIOp::create(b, carried[0], count);
      b.store(label, path, {row, place});
      auto asIndex = [&](Value number) -> Value {
        return arith::IndexCastOp::create(b, b.getIndexType(), number);
      };
      return {follow(row, asIndex(before), asIndex(label))};
    };
    b.loop(b.index(0), b.sub(last, first), 1, follow(first, place, b.index(0)), step);
  }

  Value splat(double value) { return b.constantLike(b.vectorType(lanes), value); }
};

} // namespace

func::FuncOp buildNbestKernel(ModuleOp module, const Target &target, const NbestConfig &config) {
  Builder types(module.getContext());
  Type f32 = types.getF32Type(), i32 = types.getI32Type();
  int64_t dynamic = ShapedType::kDynamic, labels = config.labels, count = config.count;
  int64_t padded = padLabels(labels);
  std::string name =
      llvm::formatv("trimod_crf_nbest_{0}_l{1}_k{2}", target.suffix(), labels, count);
  SmallVector<Type> arguments = getCrfInputTypes(module.getContext(), labels);
  arguments.append({contiguousType({dynamic, count + 1, padded}, i32),
                    contiguousType({2, count + 1, padded}, f32),
                    contiguousType({dynamic, count}, i32), contiguousType({dynamic, count}, f32)});
  return getOrCreateKernel(module, name, arguments, [&](KernelBuilder &b, ValueRange v) {
    NbestKernel(b, config, v).build();
  });
}

} // namespace trimod
