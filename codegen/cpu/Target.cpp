#include "codegen/cpu/Target.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;

namespace trimod {

llvm::StringRef Target::name() const { return level == IsaLevel::V4 ? "x86-64-v4" : "x86-64-v3"; }

llvm::StringRef Target::suffix() const { return level == IsaLevel::V4 ? "v4" : "v3"; }

llvm::StringRef Target::preferredVectorWidth() const {
  return level == IsaLevel::V4 ? "512" : "256";
}

std::optional<IsaLevel> parseIsaLevel(llvm::StringRef text) {
  text.consume_front("x86-64-");
  if (text == "v3")
    return IsaLevel::V3;
  if (text == "v4")
    return IsaLevel::V4;
  return std::nullopt;
}

bool hostSupports(IsaLevel level) {
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  auto hasAll = [&](std::initializer_list<llvm::StringRef> names) {
    return llvm::all_of(names, [&](llvm::StringRef name) { return features.lookup(name); });
  };
  if (!hasAll({"avx2", "fma", "f16c", "bmi", "bmi2", "lzcnt", "movbe"}))
    return false;
  return level == IsaLevel::V3 ||
         hasAll({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"});
}

Target targetOf(Operation *op) {
  auto module = isa<ModuleOp>(op) ? cast<ModuleOp>(op) : op->getParentOfType<ModuleOp>();
  auto name = module ? module->getAttrOfType<StringAttr>(isaLevelAttrName) : StringAttr();
  std::optional<IsaLevel> level = name ? parseIsaLevel(name.getValue()) : std::nullopt;
  return Target{level.value_or(IsaLevel::V3)};
}

} // namespace trimod
