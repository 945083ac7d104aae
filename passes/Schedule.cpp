//===- Schedule.cpp - what the scheduling passes share ---------------------===//

#include "passes/Schedule.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace trimod;

Dependence DependenceAnalysis::of(Value value) {
  Operation *op = value.getDefiningOp();
  return op ? of(op) : Dependence::Inputs;
}

Dependence DependenceAnalysis::of(Operation *op) {
  auto found = known.find(op);
  if (found != known.end())
    return found->second;
  Dependence computed = compute(op);
  known[op] = computed;
  return computed;
}

Dependence DependenceAnalysis::compute(Operation *op) {
  if (isa<GetParameterOp>(op))
    return Dependence::Parameters;
  if (!isMemoryEffectFree(op))
    return Dependence::Inputs;
  SetVector<Value> read(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), read);
  Dependence result = Dependence::Nothing;
  // A body may read a parameter without capturing anything.
  for (Region &region : op->getRegions())
    region.walk([&](GetParameterOp) { result = Dependence::Parameters; });
  for (Value value : read)
    result = std::max(result, of(value));
  return result;
}

bool trimod::isFixedByWeights(Value value) {
  return DependenceAnalysis().of(value) != Dependence::Inputs;
}

Computation trimod::collectComputation(Block &block, ArrayRef<Value> values) {
  Computation computation;
  DenseSet<Operation *> needed;
  SmallVector<Value> open(values);
  while (!open.empty()) {
    Value value = open.pop_back_val();
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      computation.arguments.insert(argument);
      continue;
    }
    Operation *op = value.getDefiningOp();
    if (!needed.insert(op).second)
      continue;
    llvm::append_range(open, op->getOperands());
    SetVector<Value> captured;
    getUsedValuesDefinedAbove(op->getRegions(), captured);
    llvm::append_range(open, captured);
  }
  for (Operation &op : block)
    if (needed.contains(&op))
      computation.ops.push_back(&op);
  return computation;
}

void trimod::eraseDeadOps(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

static remark::RemarkOpts options(StringLiteral pass) {
  return remark::RemarkOpts::name(pass).category("trimod-schedule");
}

LogicalResult trimod::reportScheduleMiss(Operation *op, StringLiteral pass, const Twine &reason) {
  remark::missed(op->getLoc(), options(pass)) << reason.str();
  return failure();
}

void trimod::reportScheduled(Operation *op, StringLiteral pass, const Twine &what) {
  remark::passed(op->getLoc(), options(pass)) << what.str();
}
