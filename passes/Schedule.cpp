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
