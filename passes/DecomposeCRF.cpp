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

/// log sum_from exp(alpha[from] + moves[from, to]), the largest term taken out of the sum. It is
/// taken as finite, so that a sum of nothing is -inf, one with an infinite term +inf, and neither a
/// NaN.
static Value logSumExp(TensorBuilder &t, const Chain &chain, Value alpha) {
  RankedTensorType type = tensorType(chain.first);
  Value lowest = t.splat(type, -static_cast<double>(FLT_MAX));
  Value max =
      overSources(t, alpha, chain.moves, {}, lowest, [](OpBuilder &b, Location loc, ValueRange x) {
        Value term = arith::AddFOp::create(b, loc, x[0], x[1]);
        Value larger = arith::MaximumFOp::create(b, loc, term, x[2]);
        linalg::YieldOp::create(b, loc, larger);
      })[0];
  max = t.min(max, t.splat(type, static_cast<double>(FLT_MAX)));
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
    SmallVector<Value> inputs{t.pack(op.getEmissions(), op.getOffsets())};
    if (auto score = dyn_cast<CrfScoreOp>(op.getOperation()))
      inputs.push_back(t.pack(score.getLabels(), op.getOffsets()));
    SmallVector<Type> results;
    for (Value result : op.getResultsPerToken())
      results.push_back(RaggedType::get(result.getType()));
    results.push_back(op.getResultPerSequence().getType());
    MapOp map = t.map(inputs, results, [&](ValueRange arguments) {
      SmallVector<Value> operands(arguments);
      for (Value weight : {op.getStart(), op.getTransitions(), op.getEnd()})
        operands.push_back(weight);
      return SmallVector<Value>(
          Op::create(t.getBuilder(), t.getLoc(), operands, op->getAttrs())->getResults());
    });
    SmallVector<Value> values;
    for (Value mapped : map.getResults().drop_back())
      values.push_back(t.unpack(mapped).values);
    values.push_back(map.getResults().back());
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
          return SmallVector<Value>{
              logSumExp(t, chain, addEmissions(t, row[1], row[0], chain.labels))};
        });
    return {scoreOfEnd(t, forward.getResult(0), chain.labels)};
  }
};

struct DecomposeCrfMarginals : DecomposeCrf<CrfMarginalsOp> {
  using DecomposeCrf::DecomposeCrf;

  SmallVector<Value> decomposeOne(CrfMarginalsOp op, TensorBuilder &t) const override {
    Chain chain = buildChain(t, op);
    int64_t labels = chain.labels, tokens = tensorType(op.getEmissions()).getDimSize(0);
    // Before the first token no label has a score, hence no pair there a probability.
    Value noLabel = t.splat(t.type({labels}), -std::numeric_limits<double>::infinity());
    SmallVector<Type> stacked{t.type({tokens, labels}), t.type({tokens, labels + 1})};
    ScanOp forward = t.scan(
        op.getEmissions(), {noLabel, chain.first}, /*reverse=*/false, stacked, [&](ValueRange row) {
          Value before = row[1], scores = row[2];
          Value alpha = addEmissions(t, scores, row[0], labels);
          return SmallVector<Value>{alpha, logSumExp(t, chain, alpha), before, scores};
        });
    Value partition = scoreOfEnd(t, forward.getResult(1), labels);
    ValueRange perToken = op.getResultsPerToken();
    ScanOp backward =
        t.scan(forward.getStacked(), lastMarginals(t, op, forward.getResult(0), partition),
               /*reverse=*/true, perToken.getTypes(), [&](ValueRange row) {
                 Value sum = t.slice(row[1], 0, t.index(0), t.index(labels));
                 Value given = conditionals(t, row[0], op.getTransitions(), sum);
                 Value marginals = row[2];
                 Value pairs = t.mul(given, t.broadcast(marginals, t.index(labels)));
                 Value before = t.matvec(given, marginals, t.zeros({labels}));
                 return SmallVector<Value>{before, marginals, pairs};
               });
    return {backward.getResult(1), backward.getResult(2), partition};
  }

private:
  /// A sum of nothing is -inf; what is divided by it is 0.
  static Value asDivisor(TensorBuilder &t, Value logSum) {
    return t.max(logSum, t.splat(tensorType(logSum), -static_cast<double>(FLT_MAX)));
  }

  /// exp(alpha + end - partition)
  static Value lastMarginals(TensorBuilder &t, CrfMarginalsOp op, Value alpha, Value partition) {
    OpFoldResult labels = t.size(alpha, 0);
    return t.exp(t.sub(t.add(alpha, op.getEnd()), t.broadcast(asDivisor(t, partition), labels)));
  }

  /// [from, to]: the probability of the label `from`, given the label after it and all tokens up to
  /// its own: exp(alpha[from] + transitions[from, to] - sum[to]).
  static Value conditionals(TensorBuilder &t, Value alpha, Value transitions, Value sum) {
    OpBuilder &builder = t.getBuilder();
    AffineExpr from = builder.getAffineDimExpr(0), to = builder.getAffineDimExpr(1);
    MLIRContext *context = builder.getContext();
    AffineMap both = AffineMap::get(2, 0, {from, to}, context);
    AffineMap maps[] = {AffineMap::get(2, 0, from), both, AffineMap::get(2, 0, to), both};
    SmallVector<utils::IteratorType> loops(2, utils::IteratorType::parallel);
    Value init = t.empty(tensor::getMixedSizes(builder, t.getLoc(), transitions));
    return linalg::GenericOp::create(builder, t.getLoc(), init.getType(),
                                     ValueRange{alpha, transitions, asDivisor(t, sum)}, init, maps,
                                     loops,
                                     [](OpBuilder &b, Location loc, ValueRange x) {
                                       Value term = arith::AddFOp::create(b, loc, x[0], x[1]);
                                       Value below = arith::SubFOp::create(b, loc, term, x[2]);
                                       Value exp = math::ExpOp::create(b, loc, below);
                                       linalg::YieldOp::create(b, loc, exp);
                                     })
        .getResult(0);
  }
};

/// The best beginnings of every label are a list [count, L+1] of scores. A beginning is named by
/// the label it ends in and its place in that label's list: label * count + place.
struct DecomposeCrfNbest : DecomposeCrf<CrfNbestOp> {
  using DecomposeCrf::DecomposeCrf;

  SmallVector<Value> decomposeOne(CrfNbestOp op, TensorBuilder &t) const override {
    Chain chain = buildChain(t, op);
    int64_t count = op.getCount(), columns = chain.labels + 1;
    auto names = RankedTensorType::get({count, columns}, t.getBuilder().getI32Type());
    RankedTensorType stacked = RankedTensorType::get(
        {tensorType(op.getEmissions()).getDimSize(0), count, columns}, names.getElementType());
    ScanOp forward = t.scan(op.getEmissions(), initialLists(t, chain, count), /*reverse=*/false,
                            stacked, [&](ValueRange row) {
                              Value best = t.slice(row[1], 1, t.index(0), t.index(chain.labels));
                              Value alpha = t.add(best, t.broadcast(row[0], t.index(count)));
                              return SmallVector<Value>(selectBest(t, chain, alpha, names));
                            });
    Value ofEnd = t.slice(forward.getResult(0), 1, t.index(chain.labels), t.index(1));
    Value scores = t.reshape(ofEnd, {count}, {{0, 1}});
    return {traceBack(t, op, forward.getResult(1), scores), scores};
  }

private:
  static constexpr double kNone = -std::numeric_limits<double>::infinity();

  /// One beginning of each label, and nothing in the other places.
  static Value initialLists(TensorBuilder &t, const Chain &chain, int64_t count) {
    Value first = t.reshape(chain.first, {1, chain.labels + 1}, {{0, 1}});
    if (count == 1)
      return first;
    return t.concat(0, {first, t.splat(t.type({count - 1, chain.labels + 1}), kNone)});
  }

  /// The lists after one more token, and where their beginnings came from: place by place, each
  /// time the best of those that come after the place before.
  static ResultRange selectBest(TensorBuilder &t, const Chain &chain, Value alpha,
                                RankedTensorType names) {
    int64_t count = names.getDimSize(0), columns = names.getDimSize(1);
    auto name = RankedTensorType::get({columns}, names.getElementType());
    Value first = t.splat(t.type({columns}), -kNone), beforeFirst = t.splat(name, -1);
    return t
        .scan(t.zeros({count}), {first, beforeFirst}, /*reverse=*/false,
              {t.type({count, columns}), names},
              [&](ValueRange row) {
                ValueRange next = findNext(t, chain, alpha, row[1], row[2]);
                return SmallVector<Value>{next[0], next[1], next[0], next[1]};
              })
        .getStacked();
  }

  /// For every label, the best beginning that comes after the one of this score and name. Of equal
  /// scores the lowest name comes first; a NaN is never better.
  static ResultRange findNext(TensorBuilder &t, const Chain &chain, Value alpha, Value score,
                              Value name) {
    OpBuilder &builder = t.getBuilder();
    MLIRContext *context = builder.getContext();
    int64_t count = tensorType(alpha).getDimSize(0);
    AffineExpr to, from, place;
    bindDims(context, to, from, place);
    SmallVector<AffineMap> maps{AffineMap::get(3, 0, {place, from}, context),
                                AffineMap::get(3, 0, {from, to}, context)};
    maps.append(4, AffineMap::get(3, 0, to));
    SmallVector<utils::IteratorType> loops(3, utils::IteratorType::reduction);
    loops[0] = utils::IteratorType::parallel;
    Value noScore = t.splat(tensorType(score), kNone), noName = t.splat(tensorType(name), 0);
    auto body = [count](OpBuilder &b, Location loc, ValueRange x) {
      auto compare = [&](arith::CmpFPredicate predicate, Value left, Value right) -> Value {
        return arith::CmpFOp::create(b, loc, predicate, left, right);
      };
      Value sum = arith::AddFOp::create(b, loc, x[0], x[1]);
      Value own = linalg::IndexOp::create(b, loc, 1);
      own = arith::MulIOp::create(b, loc, own, arith::ConstantIndexOp::create(b, loc, count));
      own = arith::AddIOp::create(b, loc, own, linalg::IndexOp::create(b, loc, 2));
      own = arith::IndexCastOp::create(b, loc, b.getI32Type(), own);
      Value isLater = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sgt, own, x[3]);
      Value isTie = compare(arith::CmpFPredicate::OEQ, sum, x[2]);
      Value isLess = compare(arith::CmpFPredicate::OLT, sum, x[2]);
      Value comesAfter =
          arith::OrIOp::create(b, loc, isLess, arith::AndIOp::create(b, loc, isTie, isLater));
      Value better =
          arith::AndIOp::create(b, loc, comesAfter, compare(arith::CmpFPredicate::OGT, sum, x[4]));
      Value best = arith::SelectOp::create(b, loc, better, sum, x[4]);
      Value bestName = arith::SelectOp::create(b, loc, better, own, x[5]);
      linalg::YieldOp::create(b, loc, ValueRange{best, bestName});
    };
    return linalg::GenericOp::create(builder, t.getLoc(), {score.getType(), name.getType()},
                                     ValueRange{alpha, chain.moves, score, name},
                                     ValueRange{noScore, noName}, maps, loops, body)
        .getResults();
  }

  /// The labels of all sequences from the last token back.
  static Value traceBack(TensorBuilder &t, CrfNbestOp op, Value names, Value scores) {
    OpBuilder &builder = t.getBuilder();
    int32_t count = op.getCount(), labels = tensorType(op.getStart()).getDimSize(0);
    auto type = RankedTensorType::get({count}, builder.getI32Type());
    auto ofEnd = llvm::to_vector(llvm::seq<int32_t>(labels * count, (labels + 1) * count));
    Value ends = arith::ConstantOp::create(builder, t.getLoc(),
                                           DenseElementsAttr::get(type, ArrayRef<int32_t>(ofEnd)));
    return t
        .scan(
            names, ends, /*reverse=*/true, op.getLabels().getType(),
            [&](ValueRange row) { return SmallVector<Value>(stepBack(t, row[0], row[1], scores)); })
        .getResult(1);
  }

  /// The names of the beginnings before those named, and their labels; 0 for no sequence.
  static ResultRange stepBack(TensorBuilder &t, Value names, Value after, Value scores) {
    RankedTensorType type = tensorType(after);
    SmallVector<AffineMap> maps(4, AffineMap::getMultiDimIdentityMap(1, type.getContext()));
    Value init = t.empty(t.index(type.getDimSize(0)), type.getElementType());
    auto body = [&](OpBuilder &b, Location loc, ValueRange x) {
      auto constant = [&](TypedAttr value) { return arith::ConstantOp::create(b, loc, value); };
      Value count = constant(b.getI32IntegerAttr(type.getDimSize(0)));
      auto asIndex = [&](Value number) -> Value {
        return arith::IndexCastOp::create(b, loc, b.getIndexType(), number);
      };
      Value label = asIndex(arith::DivUIOp::create(b, loc, x[0], count));
      Value place = asIndex(arith::RemUIOp::create(b, loc, x[0], count));
      Value before = tensor::ExtractOp::create(b, loc, names, ValueRange{place, label});
      Value exists = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OGT, x[1],
                                           constant(b.getF32FloatAttr(kNone)));
      Value labelBefore =
          arith::SelectOp::create(b, loc, exists, arith::DivUIOp::create(b, loc, before, count),
                                  constant(b.getI32IntegerAttr(0)));
      linalg::YieldOp::create(b, loc, ValueRange{before, labelBefore});
    };
    return linalg::GenericOp::create(
               t.getBuilder(), t.getLoc(), {type, type}, ValueRange{after, scores},
               ValueRange{init, init}, maps,
               SmallVector<utils::IteratorType>{utils::IteratorType::parallel}, body)
        .getResults();
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
  patterns.add<DecomposeCrfLogPartition, DecomposeCrfMarginals, DecomposeCrfNbest,
               DecomposeCrfScore, DecomposeCrfViterbi>(patterns.getContext(), keep);
}
