//===- RecurrentOps.cpp - shapes of recurrences ----------------------------===//

#include "dialect/Recurrence.h"
#include "dialect/Shapes.h"

using namespace mlir;
using namespace trimod;

static size_t directionCount(Direction direction) {
  return direction == Direction::Bidirectional ? 2 : 1;
}

static LogicalResult checkPerDirection(std::optional<Location> loc, StringRef what,
                                       ValueRange values, size_t directions) {
  if (values.size() == directions)
    return success();
  return emitOptionalError(loc, what, ": expected ", directions, " (one for each direction), got ",
                           values.size());
}

/// None, or the states of each direction: [H], or with offsets also [N, H].
template <typename Cell, typename Adaptor>
static LogicalResult checkInitialStates(std::optional<Location> loc, Adaptor op, int64_t hidden) {
  size_t expected = directionCount(op.getDirection()) * Cell::states;
  if (!op.getInit().empty() && op.getInit().size() != expected)
    return emitOptionalError(loc, "init: expected ", expected,
                             Cell::states == 1 ? " (one for each direction), got "
                                               : " (h and c for each direction), got ",
                             op.getInit().size());
  for (Value state : op.getInit()) {
    SmallVector<int64_t> shape{hidden};
    if (op.getOffsets() && tensorType(state).getRank() == 2)
      shape = {ShapedType::kDynamic, hidden};
    if (failed(checkShape(loc, "init", state, shape)))
      return failure();
  }
  return success();
}

/// Weights of the recurrence, and initial states, which layers and recurrences share.
template <typename Cell, typename Adaptor>
static LogicalResult checkRecurrence(std::optional<Location> loc, Adaptor op, int64_t &hidden) {
  size_t directions = directionCount(op.getDirection());
  if (failed(checkPerDirection(loc, "w_hh", op.getWHh(), directions)) ||
      failed(checkPerDirection(loc, "b_hh", op.getBHh(), directions)))
    return failure();
  hidden = tensorType(op.getWHh()[0]).getDimSize(1);
  int64_t gates = sizeProduct(Cell::gates, hidden);
  for (size_t d = 0; d < directions; ++d)
    if (failed(checkShape(loc, "w_hh", op.getWHh()[d], {gates, hidden})) ||
        failed(checkShape(loc, "b_hh", op.getBHh()[d], {gates})))
      return failure();
  return checkInitialStates<Cell>(loc, op, hidden);
}

/// states [rows, D*H] and the last value of each state, [D*H] or, for segments, [?, D*H].
template <typename Cell>
static void addRecurrenceResults(RankedTensorType rows, int64_t width, bool segments,
                                 SmallVectorImpl<Type> &results) {
  Type element = rows.getElementType();
  results.push_back(RankedTensorType::get({rows.getDimSize(0), width}, element));
  Type last = segments ? RankedTensorType::get({ShapedType::kDynamic, width}, element)
                       : RankedTensorType::get({width}, element);
  results.append(Cell::states, last);
}

template <typename Cell, typename Adaptor>
static LogicalResult inferLayer(std::optional<Location> loc, Adaptor op,
                                SmallVectorImpl<Type> &results) {
  size_t directions = directionCount(op.getDirection());
  int64_t hidden;
  if (failed(checkPerDirection(loc, "w_ih", op.getWIh(), directions)) ||
      failed(checkPerDirection(loc, "b_ih", op.getBIh(), directions)) ||
      failed(checkRecurrence<Cell>(loc, op, hidden)))
    return failure();
  int64_t gates = sizeProduct(Cell::gates, hidden), width = tensorType(op.getX()).getDimSize(1);
  for (size_t d = 0; d < directions; ++d)
    if (failed(checkShape(loc, "w_ih", op.getWIh()[d], {gates, width})) ||
        failed(checkShape(loc, "b_ih", op.getBIh()[d], {gates})))
      return failure();
  addRecurrenceResults<Cell>(tensorType(op.getX()), sizeProduct(directions, hidden),
                             static_cast<bool>(op.getOffsets()), results);
  return success();
}

template <typename Cell, typename Adaptor>
static LogicalResult inferRecurrence(std::optional<Location> loc, Adaptor op,
                                     SmallVectorImpl<Type> &results) {
  int64_t hidden;
  if (failed(checkRecurrence<Cell>(loc, op, hidden)))
    return failure();
  int64_t width = sizeProduct(directionCount(op.getDirection()), hidden);
  if (failed(checkShape(loc, "gates", op.getGates(),
                        {ShapedType::kDynamic, sizeProduct(Cell::gates, width)})))
    return failure();
  addRecurrenceResults<Cell>(tensorType(op.getGates()), width, static_cast<bool>(op.getOffsets()),
                             results);
  return success();
}

/// Panels of units: [D, P, H, gates * L].
struct Panels {
  int64_t directions, panels, lanes;
};

template <typename Cell, typename Adaptor>
static LogicalResult inferPacked(std::optional<Location> loc, Adaptor op, Panels &layout,
                                 SmallVectorImpl<Type> &results) {
  RankedTensorType gates = tensorType(op.getGates()), w = tensorType(op.getWHh());
  int64_t hidden = op.getHidden(), interleaved = w.getDimSize(3);
  if (!w.hasStaticShape() || interleaved == 0 || interleaved % Cell::gates != 0)
    return emitOptionalError(loc, "w_hh: expected a static shape [D, P, H, ", Cell::gates,
                             "*L], got ", w);
  layout.directions = static_cast<int64_t>(directionCount(op.getDirection()));
  layout.panels = w.getDimSize(1);
  layout.lanes = interleaved / Cell::gates;
  if (hidden <= 0 || layout.panels != (hidden + layout.lanes - 1) / layout.lanes)
    return emitOptionalError(loc, "w_hh: expected ceil(", hidden, " / ", layout.lanes,
                             ") panels of units, got ", layout.panels);
  if (failed(checkShape(loc, "w_hh", op.getWHh(),
                        {layout.directions, layout.panels, hidden, interleaved})) ||
      failed(checkShape(loc, "gates", op.getGates(),
                        {ShapedType::kDynamic, layout.directions * layout.panels * interleaved})))
    return failure();
  int64_t steps = tensorType(op.getRows() ? op.getRows() : op.getGates()).getDimSize(0);
  addRecurrenceResults<Cell>(RankedTensorType::get({steps}, gates.getElementType()),
                             layout.directions * hidden, static_cast<bool>(op.getOffsets()),
                             results);
  return success();
}

//===----------------------------------------------------------------------===//
// GRU
//===----------------------------------------------------------------------===//

LogicalResult GruOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                      SmallVectorImpl<Type> &results) {
  return inferLayer<GruCell>(loc, op, results);
}

LogicalResult GruRecurrenceOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                                Adaptor op, SmallVectorImpl<Type> &results) {
  return inferRecurrence<GruCell>(loc, op, results);
}

LogicalResult PackedGruOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                            SmallVectorImpl<Type> &results) {
  Panels layout;
  if (failed(inferPacked<GruCell>(loc, op, layout, results)))
    return failure();
  return checkShape(loc, "b_hn", op.getBHn(), {layout.directions, layout.panels * layout.lanes});
}

//===----------------------------------------------------------------------===//
// LSTM
//===----------------------------------------------------------------------===//

LogicalResult LstmOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<Type> &results) {
  return inferLayer<LstmCell>(loc, op, results);
}

LogicalResult LstmRecurrenceOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                                 Adaptor op, SmallVectorImpl<Type> &results) {
  return inferRecurrence<LstmCell>(loc, op, results);
}

LogicalResult PackedLstmOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                             SmallVectorImpl<Type> &results) {
  Panels layout;
  return inferPacked<LstmCell>(loc, op, layout, results);
}
