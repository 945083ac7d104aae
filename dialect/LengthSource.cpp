//===- LengthSource.cpp - where the length of a value comes from -----------===//

#include "dialect/TriMod.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace trimod;

/// The value whose rows `empty` was made for, or null.
static Value emptyLikeSource(tensor::EmptyOp empty) {
  if (empty.getType().getRank() == 0 || !empty.getType().isDynamicDim(0))
    return {};
  auto size = empty.getDynamicSizes().front().getDefiningOp<tensor::DimOp>();
  return size && size.getConstantIndex() == 0 ? size.getSource() : Value();
}

/// The value that has as many rows as `result`, one step towards where they come from, or null.
static Value sameLengthValue(OpResult result) {
  Operation *op = result.getOwner();
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](ScanOp scan) {
        return result.getResultNumber() >= scan.getInitial().size() ? scan.getInputs()[0] : Value();
      })
      .Case([](MapOp map) { return map.getInputs()[0]; })
      .Case<GruOp, LstmOp>(
          [&](auto layer) { return result == layer.getStates() ? layer.getX() : Value(); })
      .Case<GruRecurrenceOp, LstmRecurrenceOp>([&](auto recurrence) {
        return result == recurrence.getStates() ? recurrence.getGates() : Value();
      })
      .Case<PackedGruOp, PackedLstmOp>([&](auto recurrence) -> Value {
        if (result != recurrence.getStates())
          return {};
        return recurrence.getRows() ? recurrence.getRows() : recurrence.getGates();
      })
      .Case([](AttentionPoolOp pool) { return pool.getQueries(); })
      .Case([](AttentionMergeOp merge) { return merge.getQueries(); })
      .Case<CrfMarginalsOp, CrfNbestOp, CrfViterbiOp>([&](auto crf) {
        return result == crf.getResultPerSequence() ? Value() : crf.getEmissions();
      })
      .Case([](EmbeddingOp embedding) { return embedding.getIds(); })
      .Case<Conv1dOp, PackedConv1dOp>([](auto conv) { return conv.getX(); })
      .Case<LinearOp, PackedLinearOp>([](auto linear) -> Value {
        // A single vector has no rows: its only dimension is the one reduced.
        return cast<RankedTensorType>(linear.getX().getType()).getRank() > 1 ? linear.getX()
                                                                             : Value();
      })
      .Case(
          [](tensor::ConcatOp concat) { return concat.getDim() ? concat.getInputs()[0] : Value(); })
      .Case([](tensor::CastOp cast) { return cast.getSource(); })
      .Case([](tensor::EmptyOp empty) { return emptyLikeSource(empty); })
      .Default([](Operation *other) -> Value {
        if (auto dps = dyn_cast<DestinationStyleOpInterface>(other))
          return dps.getNumDpsInits() == 1 ? dps.getDpsInits()[0] : Value();
        return other->hasTrait<OpTrait::Elementwise>() ? other->getOperand(0) : Value();
      });
}

Value trimod::lengthSource(Value value) {
  while (auto result = dyn_cast<OpResult>(value)) {
    Value source = sameLengthValue(result);
    if (!source)
      return value;
    value = source;
  }
  return value;
}
