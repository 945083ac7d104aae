//===- SizeBound.cpp - upper bounds of sizes at function entry -------------===//

#include "passes/SizeBound.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace trimod;

Value SizeBound::compute(Value size) {
  if (Value bound = known.lookup(size))
    return bound;
  Value bound = computeUncached(size);
  if (bound)
    known[size] = bound;
  return bound;
}

Value SizeBound::computeUncached(Value size) {
  if (Operation *op = size.getDefiningOp())
    return isa<scf::ForOp>(op) ? boundOfSum(cast<scf::ForOp>(op), size) : boundOfResult(op);
  auto argument = cast<BlockArgument>(size);
  if (argument.getOwner() == &function.getBody().front())
    return size;
  auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
  if (loop && argument == loop.getInductionVar())
    return compute(loop.getUpperBound());
  return fail(size);
}

Value SizeBound::boundOfResult(Operation *op) {
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](arith::ConstantOp constant) -> Value {
        // A negative one is no size; as an unsigned number it would bound nothing.
        std::optional<int64_t> value = getConstantIntValue(constant.getResult());
        return value && *value >= 0 ? builder.clone(*constant)->getResult(0)
                                    : fail(constant.getResult());
      })
      .Case([&](memref::DimOp dim) -> Value {
        std::optional<int64_t> dimension = dim.getConstantIndex();
        return dimension ? boundOfDim(dim.getSource(), *dimension, dim.getLoc())
                         : fail(dim.getResult());
      })
      .Case<arith::AddIOp, arith::MulIOp, arith::MaxUIOp, arith::MaxSIOp>(
          [&](auto both) { return boundOfBoth(both); })
      .Case<arith::MinUIOp, arith::MinSIOp>([&](auto either) { return boundOfEither(either); })
      .Case<arith::SubIOp, arith::DivUIOp, arith::DivSIOp>(
          [&](auto smaller) { return compute(smaller.getLhs()); })
      .Case([&](arith::SelectOp select) -> Value {
        if (isTestForNegative(select.getCondition()))
          return compute(select.getFalseValue());
        Value first = compute(select.getTrueValue()), second = compute(select.getFalseValue());
        if (!first || !second)
          return {};
        return builder.createOrFold<arith::MaxUIOp>(select.getLoc(), first, second);
      })
      .Default([&](Operation *other) { return fail(other->getResult(0)); });
}

/// As in the lowering of affine's divisions; sizes take the other branch.
bool SizeBound::isTestForNegative(Value condition) {
  auto compare = condition.getDefiningOp<arith::CmpIOp>();
  return compare && compare.getPredicate() == arith::CmpIPredicate::slt &&
         isConstantIntValue(compare.getRhs(), 0);
}

template <typename Op>
Value SizeBound::boundOfBoth(Op op) {
  Value lhs = compute(op.getLhs()), rhs = compute(op.getRhs());
  return lhs && rhs ? builder.createOrFold<Op>(op.getLoc(), lhs, rhs) : Value();
}

template <typename Op>
Value SizeBound::boundOfEither(Op op) {
  Value before = obstacle;
  Value lhs = compute(op.getLhs()), rhs = compute(op.getRhs());
  if (lhs || rhs)
    obstacle = before;
  if (lhs && rhs)
    return builder.createOrFold<Op>(op.getLoc(), lhs, rhs);
  return lhs ? lhs : rhs;
}

Value SizeBound::boundOfSum(scf::ForOp loop, Value result) {
  unsigned number = cast<OpResult>(result).getResultNumber();
  auto sum = loop.getYieldedValues()[number].getDefiningOp<arith::AddIOp>();
  Value carried = loop.getRegionIterArg(number);
  if (!sum || (sum.getLhs() != carried && sum.getRhs() != carried))
    return fail(result);
  Value initial = compute(loop.getInitArgs()[number]), steps = compute(loop.getUpperBound());
  Value addend = compute(sum.getLhs() == carried ? sum.getRhs() : sum.getLhs());
  if (!initial || !steps || !addend)
    return {};
  Value growth = builder.createOrFold<arith::MulIOp>(loop.getLoc(), steps, addend);
  return builder.createOrFold<arith::AddIOp>(loop.getLoc(), initial, growth);
}

/// The size of a buffer along one dimension, from where the buffer comes from.
Value SizeBound::boundOfDim(Value buffer, int64_t dimension, Location loc) {
  auto type = cast<MemRefType>(buffer.getType());
  if (!type.isDynamicDim(dimension))
    return arith::ConstantIndexOp::create(builder, loc, type.getDimSize(dimension));
  if (auto argument = dyn_cast<BlockArgument>(buffer)) {
    if (argument.getOwner() == &function.getBody().front())
      return builder.createOrFold<memref::DimOp>(loc, buffer, dimension);
    return fail(buffer);
  }
  Operation *op = buffer.getDefiningOp();
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<memref::AllocOp, memref::AllocaOp>([&](auto alloc) {
        return compute(alloc.getDynamicSizes()[type.getDynamicDimIndex(dimension)]);
      })
      .Case([&](memref::SubViewOp view) -> Value {
        llvm::SmallBitVector dropped = view.getDroppedDims();
        SmallVector<OpFoldResult> kept;
        for (auto [i, size] : llvm::enumerate(view.getMixedSizes()))
          if (!dropped.test(i))
            kept.push_back(size);
        return compute(getValueOrCreateConstantIndexOp(builder, loc, kept[dimension]));
      })
      .Case([&](memref::CastOp view) { return boundOfDim(view.getSource(), dimension, loc); })
      .Default([&](Operation *) { return fail(buffer); });
}
