//===- DecomposeCRF.cpp - linear-chain CRFs as scans -----------------------===//
//
// With L labels, the end of the sequence is label L: its column of the transitions
// is `end`. The first and the last token then need no case of their own, and an
// empty sequence scores 0.
//
//===----------------------------------------------------------------------===//

#include "passes/Decompose.h"

#include "dialect/Shapes.h"

#include <cfloat>
#include <limits>

using namespace mlir;
using namespace trimod;

namespace {

/// The weights of a CRF with its end as one more label.
struct Chain {
  int64_t labels;
  /// [transitions | end], [L, L+1]
  Value moves;
  /// [start | 0], [L+1]
  Value first;
};

} // namespace

template <typename Op>
static Chain buildChain(TensorBuilder &t, Op op) {
  int64_t labels = tensorType(op.getStart()).getDimSize(0);
  Value end = t.reshape(op.getEnd(), {labels, 1}, {{0, 1}});
  return {labels, t.concat(1, {op.getTransitions(), end}),
          t.concat(0, {op.getStart(), t.zeros({1})})};
}

/// The score of the end, as a tensor<f32>.
static Value scoreOfEnd(TensorBuilder &t, Value scores, int64_t labels) {
  return t.row(scores, t.index(labels));
}

/// The scores of the labels (without the end) after this token's emissions.
static Value addEmissions(TensorBuilder &t, Value scores, Value emissions, int64_t labels) {
  return t.add(t.slice(scores, 0, t.index(0), t.index(labels)), emissions);
}

/// out[to] = combination over `from` of f(alpha[from], moves[from, to], ...). `inits` start it;
/// `reads` are further inputs [L+1] indexed by `to`.
static ResultRange overSources(TensorBuilder &t, Value alpha, Value moves, ValueRange reads,
                               ValueRange inits,
                               function_ref<void(OpBuilder &, Location, ValueRange)> body) {
  OpBuilder &builder = t.getBuilder();
  AffineExpr to = builder.getAffineDimExpr(0), from = builder.getAffineDimExpr(1);
  MLIRContext *context = builder.getContext();
  SmallVector<AffineMap> maps{AffineMap::get(2, 0, from),
                              AffineMap::get(2, 0, {from, to}, context)};
  maps.append(reads.size() + inits.size(), AffineMap::get(2, 0, to));
  SmallVector<Value> inputs{alpha, moves};
  llvm::append_range(inputs, reads);
  SmallVector<utils::IteratorType> loops{utils::IteratorType::parallel,
                                         utils::IteratorType::reduction};
  return linalg::GenericOp::create(builder, t.getLoc(), inits.getTypes(), inputs, inits, maps,
                                   loops, body)
      .getResults();
}

namespace {

/// The op over the segments of a batch as a map of the op over one sequence.
template <typename Op>
struct DecomposeCrf : DecomposePattern<Op> {
  using DecomposePattern<Op>::DecomposePattern;

  SmallVector<Value> decompose(Op op, TensorBuilder &t) const override {
    return op.getOffsets() ? mapOverSegments(op, t) : decomposeOne(op, t);
  }

protected:
  virtual SmallVector<Value> decomposeOne(Op op, TensorBuilder &t) const = 0;

private:
  /// Operands and results with one row a token are ragged; the others are weights, or one value
  /// a sequence.
  static SmallVector<Value> mapOverSegments(Op op, TensorBuilder &t) {
    auto isPerToken = [](Value value) {
      return isa<CrfViterbiOp>(value.getDefiningOp()) &&
             cast<OpResult>(value).getResultNumber() == 0;
    };
    SmallVector<Value> inputs{t.pack(op.getEmissions(), op.getOffsets())};
    if (auto score = dyn_cast<CrfScoreOp>(op.getOperation()))
      inputs.push_back(t.pack(score.getLabels(), op.getOffsets()));
    SmallVector<Type> results;
    for (Value result : op->getResults())
      results.push_back(isPerToken(result) ? RaggedType::get(result.getType()) : result.getType());
    MapOp map = t.map(inputs, results, [&](ValueRange arguments) {
      SmallVector<Value> operands(arguments);
      for (Value weight : {op.getStart(), op.getTransitions(), op.getEnd()})
        operands.push_back(weight);
      return SmallVector<Value>(
          Op::create(t.getBuilder(), t.getLoc(), ValueRange(operands))->getResults());
    });
    SmallVector<Value> values;
    for (auto [result, mapped] : llvm::zip(op->getResults(), map.getResults()))
      values.push_back(isPerToken(result) ? t.unpack(mapped).values : mapped);
    return values;
  }
};

struct DecomposeCrfViterbi : DecomposeCrf<CrfViterbiOp> {
  using DecomposeCrf::DecomposeCrf;

  SmallVector<Value> decomposeOne(CrfViterbiOp op, TensorBuilder &t) const override {
    Chain chain = buildChain(t, op);
    Type i32 = t.getBuilder().getI32Type();
    auto label = RankedTensorType::get({}, i32);
    auto pointers = RankedTensorType::get({chain.labels + 1}, i32);
    Type stacked =
        RankedTensorType::get({tensorType(op.getEmissions()).getDimSize(0), chain.labels + 1}, i32);
    ScanOp forward =
        t.scan(op.getEmissions(), chain.first, /*reverse=*/false, stacked, [&](ValueRange row) {
          return SmallVector<Value>(maximize(t, chain, row[1], row[0], pointers));
        });
    Value end = t.splat(label, static_cast<int32_t>(chain.labels));
    ScanOp backward = t.scan(forward.getResult(1), end, /*reverse=*/true, op.getLabels().getType(),
                             [&](ValueRange row) {
                               Value best = follow(t, row[0], row[1], label);
                               return SmallVector<Value>{best, best};
                             });
    return {backward.getResult(1), scoreOfEnd(t, forward.getResult(0), chain.labels)};
  }

private:
  /// The best score of each label after one more token, and the label it came from.
  static ResultRange maximize(TensorBuilder &t, const Chain &chain, Value scores, Value emissions,
                              RankedTensorType pointers) {
    Value alpha = addEmissions(t, scores, emissions, chain.labels);
    Value noScore = t.splat(tensorType(chain.first), -std::numeric_limits<double>::infinity());
    Value noLabel = t.splat(pointers, 0);
    return overSources(t, alpha, chain.moves, {}, {noScore, noLabel},
                       [](OpBuilder &b, Location loc, ValueRange x) {
                         Value score = arith::AddFOp::create(b, loc, x[0], x[1]);
                         // Strictly better: the lowest label wins a tie, a NaN never wins.
                         Value better =
                             arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OGT, score, x[2]);
                         Value from = arith::IndexCastOp::create(
                             b, loc, b.getI32Type(), linalg::IndexOp::create(b, loc, 1));
                         Value best = arith::SelectOp::create(b, loc, better, score, x[2]);
                         Value label = arith::SelectOp::create(b, loc, better, from, x[3]);
                         linalg::YieldOp::create(b, loc, ValueRange{best, label});
                       });
  }

  /// The label before `after`, from this token's pointers.
  static Value follow(TensorBuilder &t, Value pointers, Value after, RankedTensorType label) {
    OpBuilder &b = t.getBuilder();
    Value number = tensor::ExtractOp::create(b, t.getLoc(), after, ValueRange{});
    Value index = arith::IndexCastOp::create(b, t.getLoc(), b.getIndexType(), number);
    Value best = tensor::ExtractOp::create(b, t.getLoc(), pointers, ValueRange{index});
    return tensor::FromElementsOp::create(b, t.getLoc(), label, best);
  }
};

struct DecomposeCrfLogPartition : DecomposeCrf<CrfLogPartitionOp> {
  using DecomposeCrf::DecomposeCrf;

  SmallVector<Value> decomposeOne(CrfLogPartitionOp op, TensorBuilder &t) const override {
    Chain chain = buildChain(t, op);
    ScanOp forward =
        t.scan(op.getEmissions(), chain.first, /*reverse=*/false, TypeRange(), [&](ValueRange row) {
          return SmallVector<Value>{logSumExp(t, chain, row[1], row[0])};
        });
    return {scoreOfEnd(t, forward.getResult(0), chain.labels)};
  }

private:
  /// log sum_from exp(alpha[from] + moves[from, to]), the largest term taken out of the sum. The
  /// largest is at least the lowest finite number, so that a sum of nothing is -inf and not NaN.
  static Value logSumExp(TensorBuilder &t, const Chain &chain, Value scores, Value emissions) {
    Value alpha = addEmissions(t, scores, emissions, chain.labels);
    Value lowest = t.splat(tensorType(chain.first), -static_cast<double>(FLT_MAX));
    Value max = overSources(t, alpha, chain.moves, {}, lowest,
                            [](OpBuilder &b, Location loc, ValueRange x) {
                              Value term = arith::AddFOp::create(b, loc, x[0], x[1]);
                              Value larger = arith::MaximumFOp::create(b, loc, term, x[2]);
                              linalg::YieldOp::create(b, loc, larger);
                            })[0];
    Value sum = overSources(t, alpha, chain.moves, max, t.zeros({chain.labels + 1}),
                            [](OpBuilder &b, Location loc, ValueRange x) {
                              Value term = arith::AddFOp::create(b, loc, x[0], x[1]);
                              Value below = arith::SubFOp::create(b, loc, term, x[2]);
                              Value exp = math::ExpOp::create(b, loc, below);
                              Value sum = arith::AddFOp::create(b, loc, x[3], exp);
                              linalg::YieldOp::create(b, loc, sum);
                            })[0];
    return t.add(max, t.log(sum));
  }
};

struct DecomposeCrfScore : DecomposeCrf<CrfScoreOp> {
  using DecomposeCrf::DecomposeCrf;

  SmallVector<Value> decomposeOne(CrfScoreOp op, TensorBuilder &t) const override {
    Chain chain = buildChain(t, op);
    // The state before the first token is label L of the sources: one more row of the moves.
    Value start = t.reshape(chain.first, {1, chain.labels + 1}, {{0, 1}});
    Value moves = t.concat(0, {chain.moves, start});
    auto label = RankedTensorType::get({}, t.getBuilder().getI32Type());
    Value before = t.splat(label, static_cast<int32_t>(chain.labels));
    ScanOp scan = t.scan({op.getEmissions(), op.getLabels()}, {t.zeros({}), before},
                         /*reverse=*/false, TypeRange(), [&](ValueRange row) {
                           Value to = index(t, row[1]);
                           Value emission = scalar(t, row[0], {to});
                           Value move = scalar(t, moves, {index(t, row[3]), to});
                           Value score = t.add(t.add(row[2], move), emission);
                           return SmallVector<Value>{score, row[1]};
                         });
    Value end = arith::ConstantIndexOp::create(t.getBuilder(), t.getLoc(), chain.labels);
    Value last = scalar(t, moves, {index(t, scan.getResult(1)), end});
    return {t.add(scan.getResult(0), last)};
  }

private:
  static Value index(TensorBuilder &t, Value label) {
    OpBuilder &b = t.getBuilder();
    Value number = tensor::ExtractOp::create(b, t.getLoc(), label, ValueRange{});
    return arith::IndexCastOp::create(b, t.getLoc(), b.getIndexType(), number);
  }
  static Value scalar(TensorBuilder &t, Value table, ValueRange position) {
    Value element = tensor::ExtractOp::create(t.getBuilder(), t.getLoc(), table, position);
    return tensor::FromElementsOp::create(t.getBuilder(), t.getLoc(), t.type({}), element);
  }
};

} // namespace

void trimod::populateDecomposeCRFPatterns(RewritePatternSet &patterns,
                                          const llvm::StringSet<> &keep) {
  patterns.add<DecomposeCrfViterbi, DecomposeCrfLogPartition, DecomposeCrfScore>(
      patterns.getContext(), keep);
}
