//===- LiftOps.cpp - How trimod ops compute all rows of a map at once -----===//

#include "dialect/Lifter.h"
#include "dialect/Recurrence.h"

using namespace mlir;
using namespace trimod;

static constexpr const char *hasOffsetsAlready =
    "already has offsets: only an op on the sequences of one row can be lifted";
static constexpr const char *noSequence =
    "its input is not a sequence that differs from row to row";

/// All items of a row joined. The items of all rows, joined, are what they are; row
/// i begins where its first item begins.
LogicalResult UnpackOp::lift(Lifter &lifter) {
  if (!getOffsets().use_empty())
    return lifter.reject(*this, "the offsets of one row are used as data");
  Lifted rows = lifter.get(getRagged());
  auto [values, itemOffsets] = lifter.unpack(getLoc(), rows.values);
  lifter.setSegments(getValues(), values,
                     lifter.composeOffsets(getLoc(), rows.offsets, itemOffsets));
  return success();
}

/// A map over the items of every row is one map over the items of all rows. Types of
/// items do not change, so neither does the body.
LogicalResult MapOp::lift(Lifter &lifter) {
  if (failed(lifter.requireUniformCaptures(*this)))
    return failure();
  for (Value input : getInputs()) {
    if (!lifter.isSequence(input))
      return lifter.reject(*this, noSequence);
    if (!lifter.haveSameLengths(getInputs().front(), input))
      return lifter.rejectOtherOffsets(*this);
  }
  SmallVector<Value> inputs;
  Value offsets;
  for (Value input : getInputs()) {
    Lifted sequence = lifter.getSequence(getLoc(), input);
    inputs.push_back(sequence.values);
    offsets = sequence.offsets;
  }
  SmallVector<Type> types;
  for (Value yielded : getYield().getValues())
    types.push_back(collectedType(yielded.getType()));
  auto all = MapOp::create(lifter.getBuilder(), getLoc(), types, inputs);
  IRMapping mapping = lifter.getMapping(*this);
  getBody().cloneInto(&all.getBody(), mapping);
  for (auto [one, result] : llvm::zip_equal(getResults(), all.getResults()))
    lifter.setSequence(one, result, offsets);
  return success();
}

LogicalResult EmbeddingOp::lift(Lifter &lifter) {
  if (failed(lifter.requireUniform(*this, getOperands().drop_front(), "the rows of the table")))
    return failure();
  Lifted ids = lifter.get(getIds());
  if (ids.kind == Lifted::Kind::Rows && failed(lifter.requireFixedShape(*this)))
    return failure();
  Value scales = getScales() ? lifter.get(getScales()).values : Value();
  Value all = EmbeddingOp::create(lifter.getBuilder(), getLoc(), ids.values,
                                  lifter.get(getTable()).values, scales);
  lifter.setLike(getResult(), all, ids);
  return success();
}

LogicalResult LinearOp::lift(Lifter &lifter) {
  if (failed(lifter.requireUniform(*this, getOperands().drop_front(), "weights")))
    return failure();
  Lifted x = lifter.get(getX());
  if (x.kind == Lifted::Kind::Rows && failed(lifter.requireFixedShape(*this)))
    return failure();
  if (x.kind == Lifted::Kind::Segments && cast<RankedTensorType>(getX().getType()).getRank() == 1)
    return lifter.reject(*this, "sums over the sequence");
  Value bias = getB() ? lifter.get(getB()).values : Value();
  Value all =
      LinearOp::create(lifter.getBuilder(), getLoc(), x.values, lifter.get(getW()).values, bias);
  lifter.setLike(getResult(), all, x);
  return success();
}

LogicalResult Conv1dOp::lift(Lifter &lifter) {
  if (failed(lifter.requireUniform(*this, getW(), "weights")) ||
      (getB() && failed(lifter.requireUniform(*this, getB(), "weights"))))
    return failure();
  if (getOffsets())
    return lifter.reject(*this, hasOffsetsAlready);
  if (!lifter.isSequence(getX()))
    return lifter.reject(*this, noSequence);
  Lifted x = lifter.getSequence(getLoc(), getX());
  Value bias = getB() ? lifter.get(getB()).values : Value();
  auto all = Conv1dOp::create(lifter.getBuilder(), getLoc(), x.values, lifter.get(getW()).values,
                              bias, x.offsets, getActivationAttr());
  lifter.setSequence(getResult(), all.getResult(), x.offsets);
  return success();
}

LogicalResult MaxOverTimeOp::lift(Lifter &lifter) {
  if (getOffsets())
    return lifter.reject(*this, hasOffsetsAlready);
  if (!lifter.isSequence(getX()))
    return lifter.reject(*this, noSequence);
  if (hasOwnLength(getResult().getType()))
    return lifter.reject(*this, "its number of columns is not known");
  Lifted x = lifter.getSequence(getLoc(), getX());
  auto all = MaxOverTimeOp::create(lifter.getBuilder(), getLoc(), x.values, x.offsets);
  lifter.setRows(getResult(), all.getResult());
  return success();
}

/// Whether a recurrence can run over the sequences of all rows; its weights are `weights`.
template <typename Op>
static LogicalResult checkRecurrence(Op op, Value sequence, ArrayRef<OperandRange> weights,
                                     const Lifter &lifter) {
  for (OperandRange values : weights)
    if (failed(lifter.requireUniform(op, values, "weights")))
      return failure();
  if (op.getOffsets())
    return lifter.reject(op, hasOffsetsAlready);
  if (!lifter.isSequence(sequence))
    return lifter.reject(op, noSequence);
  if (hasOwnLength(op.getLast().getType()))
    return lifter.reject(op, "its hidden size is not known");
  return success();
}

/// Records the results of `all`, the recurrence `op` over the sequences of all rows.
template <typename Op>
static void setRecurrence(Op op, Op all, Lifter &lifter) {
  lifter.setSequence(op.getStates(), all.getStates(), all.getOffsets());
  for (auto [one, result] : llvm::drop_begin(llvm::zip_equal(op->getResults(), all->getResults())))
    lifter.setRows(one, result);
}

template <typename Op>
static LogicalResult liftLayer(Op op, Lifter &lifter) {
  if (failed(checkRecurrence(op, op.getX(), {op.getWIh(), op.getWHh(), op.getBIh(), op.getBHh()},
                             lifter)))
    return failure();
  Lifted x = lifter.getSequence(op.getLoc(), op.getX());
  auto all = createRecurrence<Op>(lifter.getBuilder(), op, x.values, lifter.getValues(op.getWIh()),
                                  lifter.getValues(op.getWHh()), lifter.getValues(op.getBIh()),
                                  lifter.getValues(op.getBHh()), lifter.getValues(op.getInit()),
                                  x.offsets, op.getDirectionAttr());
  setRecurrence(op, all, lifter);
  return success();
}

template <typename Op>
static LogicalResult liftRecurrence(Op op, Lifter &lifter) {
  if (failed(checkRecurrence(op, op.getGates(), {op.getWHh(), op.getBHh()}, lifter)))
    return failure();
  Lifted gates = lifter.getSequence(op.getLoc(), op.getGates());
  auto all =
      createRecurrence<Op>(lifter.getBuilder(), op, gates.values, lifter.getValues(op.getWHh()),
                           lifter.getValues(op.getBHh()), lifter.getValues(op.getInit()),
                           gates.offsets, op.getDirectionAttr());
  setRecurrence(op, all, lifter);
  return success();
}

LogicalResult GruOp::lift(Lifter &lifter) { return liftLayer(*this, lifter); }
LogicalResult LstmOp::lift(Lifter &lifter) { return liftLayer(*this, lifter); }
LogicalResult GruRecurrenceOp::lift(Lifter &lifter) { return liftRecurrence(*this, lifter); }
LogicalResult LstmRecurrenceOp::lift(Lifter &lifter) { return liftRecurrence(*this, lifter); }

/// Queries and contexts are segmented independently and meet by row. Contexts that
/// are the same for every row need no segments at all.
LogicalResult AttentionPoolOp::lift(Lifter &lifter) {
  if (failed(lifter.requireUniform(*this, {getW(), getB(), getU()}, "score weights")))
    return failure();
  if (getQueryOffsets())
    return lifter.reject(*this, hasOffsetsAlready);
  if (!lifter.isSequence(getQueries()))
    return lifter.reject(*this, "its queries are not a sequence that differs from row to row");
  bool sameContexts = llvm::all_of(getContexts(), [&](Value c) { return lifter.isUniform(c); });
  for (Value context : getContexts())
    if (!sameContexts && !lifter.isSequence(context))
      return lifter.reject(*this, "one context is the same for every row and another is not");
  Lifted queries = lifter.getSequence(getLoc(), getQueries());
  SmallVector<Value> contexts, contextOffsets;
  for (Value context : getContexts()) {
    Lifted lifted = sameContexts ? lifter.get(context) : lifter.getSequence(getLoc(), context);
    contexts.push_back(lifted.values);
    if (!sameContexts)
      contextOffsets.push_back(lifted.offsets);
  }
  auto all = AttentionPoolOp::create(lifter.getBuilder(), getLoc(), queries.values, contexts,
                                     lifter.get(getW()).values, lifter.get(getB()).values,
                                     lifter.get(getU()).values,
                                     sameContexts ? Value() : queries.offsets, contextOffsets);
  lifter.setSequence(getResult(), all.getResult(), queries.offsets);
  return success();
}

/// A CRF op on emissions alone, whose offsets are those of its results.
template <typename Op>
static LogicalResult liftOnEmissions(Op op, Lifter &lifter) {
  Value weights[] = {op.getStart(), op.getTransitions(), op.getEnd()};
  if (failed(lifter.requireUniform(op, weights, "weights")))
    return failure();
  if (op.getOffsets())
    return lifter.reject(op, hasOffsetsAlready);
  if (!lifter.isSequence(op.getEmissions()))
    return lifter.reject(op, noSequence);
  Lifted emissions = lifter.getSequence(op.getLoc(), op.getEmissions());
  SmallVector<Value> operands{emissions.values};
  llvm::append_range(operands, lifter.getValues(weights));
  operands.push_back(emissions.offsets);
  auto all = Op::create(lifter.getBuilder(), op.getLoc(), operands, op->getAttrs());
  for (auto [one, result] : llvm::zip_equal(op.getResultsPerToken(), all.getResultsPerToken()))
    lifter.setSequence(one, result, emissions.offsets);
  lifter.setRows(op.getResultPerSequence(), all.getResultPerSequence());
  return success();
}

LogicalResult CrfViterbiOp::lift(Lifter &lifter) { return liftOnEmissions(*this, lifter); }
LogicalResult CrfLogPartitionOp::lift(Lifter &lifter) { return liftOnEmissions(*this, lifter); }
LogicalResult CrfMarginalsOp::lift(Lifter &lifter) { return liftOnEmissions(*this, lifter); }
LogicalResult CrfNbestOp::lift(Lifter &lifter) { return liftOnEmissions(*this, lifter); }

LogicalResult CrfScoreOp::lift(Lifter &lifter) {
  if (failed(lifter.requireUniform(*this, {getStart(), getTransitions(), getEnd()}, "weights")))
    return failure();
  if (getOffsets())
    return lifter.reject(*this, hasOffsetsAlready);
  if (!lifter.isSequence(getEmissions()) || !lifter.isSequence(getLabels()))
    return lifter.reject(*this, noSequence);
  if (!lifter.haveSameLengths(getEmissions(), getLabels()))
    return lifter.rejectOtherOffsets(*this);
  Lifted emissions = lifter.getSequence(getLoc(), getEmissions());
  Lifted labels = lifter.getSequence(getLoc(), getLabels());
  auto all = CrfScoreOp::create(lifter.getBuilder(), getLoc(), emissions.values, labels.values,
                                lifter.get(getStart()).values, lifter.get(getTransitions()).values,
                                lifter.get(getEnd()).values, emissions.offsets);
  lifter.setRows(getScore(), all.getScore());
  return success();
}
