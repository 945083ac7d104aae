// The x86-64 instruction levels that kernels are built for.
#ifndef TRIMOD_CODEGEN_CPU_TARGET_H
#define TRIMOD_CODEGEN_CPU_TARGET_H

#include "runtime/Isa.h"
#include "llvm/ADT/StringRef.h"

namespace mlir {
class Operation;
} // namespace mlir

namespace trimod {

/// V3: AVX2 and FMA. V4: AVX-512 F, BW, CD, DQ, VL.
enum class IsaLevel { V3 = TRIMOD_X86_64_V3, V4 = TRIMOD_X86_64_V4 };

/// What a kernel builder needs to know of the machine.
struct Target {
  Target(IsaLevel level = IsaLevel::V3) : level(level) {}
  Target(trimod_isa_level level) : level(static_cast<IsaLevel>(level)) {}

  IsaLevel level;

  /// As the runtime knows it.
  trimod_isa_level isaLevel() const { return static_cast<trimod_isa_level>(level); }
  /// f32 values in one vector register.
  int64_t lanes() const { return level == IsaLevel::V4 ? 16 : 8; }
  /// Vector registers.
  int64_t registers() const { return level == IsaLevel::V4 ? 32 : 16; }
  /// "x86-64-v3"; also the name of LLVM's cpu.
  std::string name() const { return isaLevelName(isaLevel()); }
  /// "v3", for use in symbol names.
  std::string suffix() const { return isaLevelSuffix(isaLevel()); }
  /// LLVM would use 256 bits on level 4 unless it is told.
  llvm::StringRef preferredVectorWidth() const;
};

/// Whether this machine and its operating system can run code of the level.
bool hostSupports(IsaLevel level);

/// The module attribute that says which level to build for.
inline constexpr llvm::StringLiteral isaLevelAttrName = "trimod.isa_level";

/// Reads `trimod.isa_level` of the module around `op`; level 3 if it is missing or no level.
Target targetOf(mlir::Operation *op);

} // namespace trimod

#endif
