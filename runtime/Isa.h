// Instruction levels of the CPU (x86-64 psABI levels).
#ifndef TRIMOD_RUNTIME_ISA_H
#define TRIMOD_RUNTIME_ISA_H

#include "runtime/Error.h"
#include "trimod/runtime.h"

#include <string>
#include <string_view>

namespace trimod {

// "x86-64-v3", and as part of symbols, "v3".
std::string isaLevelName(int level);
std::string isaLevelSuffix(int level);

// By its name. The error lists the levels.
Result<trimod_isa_level> parseIsaLevel(std::string_view name);

// What the environment variable TRIMOD_ISA forces; no value if it is not set or empty.
Result<std::optional<trimod_isa_level>> isaLevelFromEnvironment();

// The highest level that both the CPU and the operating system support, as a number: 4, 3, or 0 if
// it is below 3.
int detectIsaLevel();

} // namespace trimod

#endif // TRIMOD_RUNTIME_ISA_H
