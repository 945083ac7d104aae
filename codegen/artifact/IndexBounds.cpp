//===- IndexBounds.cpp - which numbers an input may hold -------------------===//

#include "codegen/artifact/Passes.h"
#include "codegen/artifact/Signature.h"
#include "dialect/TriMod.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/FunctionBoundary.h"

using namespace mlir;
using namespace trimod;

namespace trimod {
#define GEN_PASS_DEF_INDEXBOUNDS
#include "codegen/artifact/Passes.h.inc"
} // namespace trimod

/// Ops that move elements and change none.
static bool movesElements(Operation *op) {
  return isa<PackOp, UnpackOp, tensor::CastOp, tensor::CollapseShapeOp, tensor::ConcatOp,
             tensor::ExpandShapeOp, tensor::ExtractSliceOp, tensor::InsertSliceOp>(op);
}

/// What a region's argument is made of: rows of an input of a map or scan, or a carried value.
static Value getSource(BlockArgument argument) {
  Operation *owner = argument.getOwner()->getParentOp();
  return isa<MapOp, ScanOp>(owner) ? owner->getOperand(argument.getArgNumber()) : Value();
}

/// Ids, and not offsets or sizes.
static bool holdsIds(Value value) {
  Type type = value.getType();
  if (auto ragged = dyn_cast<RaggedType>(type))
    type = ragged.getItem();
  return getElementTypeOrSelf(type).isInteger(32);
}

/// The arguments of `entry` whose elements `ids` holds.
static SmallVector<BlockArgument> findInputs(func::FuncOp entry, Value ids) {
  SmallVector<BlockArgument> inputs;
  SetVector<Value> reached;
  reached.insert(ids);
  for (size_t i = 0; i < reached.size(); ++i) {
    Value value = reached[i];
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      if (argument.getOwner() == &entry.getBody().front())
        inputs.push_back(argument);
      else if (Value source = getSource(argument))
        reached.insert(source);
    } else if (movesElements(value.getDefiningOp())) {
      auto sources = llvm::make_filter_range(value.getDefiningOp()->getOperands(), holdsIds);
      reached.insert(sources.begin(), sources.end());
    }
  }
  return inputs;
}

namespace {

struct IndexBounds : trimod::impl::IndexBoundsBase<IndexBounds> {
  void runOnOperation() override {
    for (auto entry : getOperation().getOps<func::FuncOp>())
      if (isEntry(entry))
        entry.walk([&](EmbeddingOp embedding) {
          for (BlockArgument input : findInputs(entry, embedding.getIds()))
            limit(entry, input.getArgNumber(), embedding.getTable().getType().getDimSize(0));
        });
  }

private:
  /// Of several tables the smallest decides.
  void limit(func::FuncOp entry, unsigned input, int64_t rows) {
    auto known = entry.getArgAttrOfType<IntegerAttr>(input, kIndexBoundAttr);
    if (ShapedType::isDynamic(rows) || (known && known.getInt() <= rows))
      return;
    entry.setArgAttr(input, kIndexBoundAttr, Builder(&getContext()).getI64IntegerAttr(rows));
  }
};

} // namespace
