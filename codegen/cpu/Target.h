// The x86-64 instruction levels that kernels are built for.
#ifndef TRIMOD_CODEGEN_CPU_TARGET_H
#define TRIMOD_CODEGEN_CPU_TARGET_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>

namespace mlir {
class Operation;
} // namespace mlir

namespace trimod {

/// V3: AVX2 and FMA. V4: AVX-512 F, BW, CD, DQ, VL.
enum class IsaLevel { V3, V4 };

/// What a kernel builder needs to know of the machine.
struct Target {
  IsaLevel level = IsaLevel::V3;

  /// f32 values in one vector register.
  int64_t lanes() const { return level == IsaLevel::V4 ? 16 : 8; }
  /// Vector registers.
  int64_t registers() const { return level == IsaLevel::V4 ? 32 : 16; }
  /// "x86-64-v3"; also the name of LLVM's cpu.
  llvm::StringRef name() const;
  /// "v3", for use in symbol names.
  llvm::StringRef suffix() const;
  /// LLVM would use 256 bits on level 4 unless it is told.
  llvm::StringRef preferredVectorWidth() const;
};

/// Accepts "x86-64-v3", "v3", and the same for level 4.
std::optional<IsaLevel> parseIsaLevel(llvm::StringRef text);

/// Whether this machine and its operating system can run code of the level.
bool hostSupports(IsaLevel level);

/// The module attribute that says which level to build for.
inline constexpr llvm::StringLiteral isaLevelAttrName = "trimod.isa_level";

/// Reads `trimod.isa_level` of the module around `op`; level 3 if it is missing.
Target targetOf(mlir::Operation *op);

} // namespace trimod

#endif
