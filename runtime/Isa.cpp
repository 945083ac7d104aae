#include "runtime/Isa.h"

#include <cstdint>
#include <cstdlib>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace trimod {

std::string isaLevelSuffix(int level) { return "v" + std::to_string(level); }

std::string isaLevelName(int level) { return "x86-64-" + isaLevelSuffix(level); }

Result<trimod_isa_level> parseIsaLevel(std::string_view name) {
  for (trimod_isa_level level : {TRIMOD_X86_64_V3, TRIMOD_X86_64_V4})
    if (name == isaLevelName(level))
      return level;
  return Error{"expected an instruction level x86-64-v3 or x86-64-v4, found " + quote(name)};
}

Result<std::optional<trimod_isa_level>> isaLevelFromEnvironment() {
  const char *value = std::getenv("TRIMOD_ISA");
  if (!value || !*value)
    return std::optional<trimod_isa_level>();
  Result<trimod_isa_level> level = parseIsaLevel(value);
  if (!level)
    return level.error().in("TRIMOD_ISA");
  return std::optional<trimod_isa_level>(*level);
}

#if defined(__x86_64__)

namespace {

struct CpuFeatures {
  std::uint32_t leaf1Ecx = 0, leaf7Ebx = 0, extendedEcx = 0;
  std::uint64_t enabledState = 0; // XCR0
};

CpuFeatures readCpuFeatures() {
  CpuFeatures features;
  std::uint32_t eax, ebx, ecx, edx;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx))
    return features;
  features.leaf1Ecx = ecx;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx))
    features.leaf7Ebx = ebx;
  if (__get_cpuid(0x80000001u, &eax, &ebx, &ecx, &edx))
    features.extendedEcx = ecx;
  constexpr std::uint32_t kOsxsave = 1u << 27;
  if (features.leaf1Ecx & kOsxsave) {
    // xgetbv as an instruction: the intrinsic needs a compiler flag for the whole file.
    std::uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    features.enabledState = (std::uint64_t(high) << 32) | low;
  }
  return features;
}

bool hasAll(std::uint64_t value, std::uint64_t bits) { return (value & bits) == bits; }

} // namespace

int detectIsaLevel() {
  constexpr std::uint32_t kFma = 1u << 12, kMovbe = 1u << 22, kAvx = 1u << 28, kF16c = 1u << 29;
  constexpr std::uint32_t kBmi1 = 1u << 3, kAvx2 = 1u << 5, kBmi2 = 1u << 8;
  constexpr std::uint32_t kAvx512f = 1u << 16, kAvx512dq = 1u << 17, kAvx512cd = 1u << 28,
                          kAvx512bw = 1u << 30, kAvx512vl = 1u << 31;
  constexpr std::uint32_t kLzcnt = 1u << 5;
  // The operating system must save the registers: SSE and AVX, and for AVX-512 masks and both upper
  // halves.
  constexpr std::uint64_t kAvxState = 0x6, kAvx512State = 0xE6;

  CpuFeatures features = readCpuFeatures();
  bool isV3 = hasAll(features.leaf1Ecx, kFma | kMovbe | kAvx | kF16c) &&
              hasAll(features.leaf7Ebx, kBmi1 | kAvx2 | kBmi2) &&
              hasAll(features.extendedEcx, kLzcnt) && hasAll(features.enabledState, kAvxState);
  if (!isV3)
    return 0;
  bool isV4 = hasAll(features.leaf7Ebx, kAvx512f | kAvx512dq | kAvx512cd | kAvx512bw | kAvx512vl) &&
              hasAll(features.enabledState, kAvx512State);
  return isV4 ? TRIMOD_X86_64_V4 : TRIMOD_X86_64_V3;
}

#else

int detectIsaLevel() { return 0; }

#endif

} // namespace trimod
