#include "codegen/cpu/Target.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;

namespace trimod {

llvm::StringRef Target::preferredVectorWidth() const {
  return level == IsaLevel::V4 ? "512" : "256";
}

bool hostSupports(IsaLevel level) { return detectIsaLevel() >= static_cast<int>(level); }

Target targetOf(Operation *op) {
  auto module = isa<ModuleOp>(op) ? cast<ModuleOp>(op) : op->getParentOfType<ModuleOp>();
  auto name = module ? module->getAttrOfType<StringAttr>(isaLevelAttrName) : StringAttr();
  if (!name)
    return {};
  Result<trimod_isa_level> level = parseIsaLevel(name.str());
  return level ? Target(*level) : Target();
}

} // namespace trimod
