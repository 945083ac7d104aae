#include "tools/bench/Roofline.h"
#include "llvm/ADT/SmallVector.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace trimod::bench;
using llvm::StringRef;

namespace {

KernelResult makeKernel(const std::string &name, double operations, double share) {
  KernelResult kernel;
  kernel.name = name;
  kernel.operations = operations;
  kernel.bytes = 1000;
  kernel.time = {{1e-6, 1e-6, 1e-6}, {share, share, share}};
  kernel.fmaShare = {share, share, share};
  return kernel;
}

Report makeReport() {
  Report report;
  report.cpu = "a<b&c";
  report.level = "x86-64-v3";
  report.bounds.emplace();
  report.bounds->fmaOneThread = {1e11, 1e11, 1e11};
  report.bounds->reads = {{{"L1", 16384}, {2e11, 2e11, 2e11}},
                          {{"DRAM", 1 << 20}, {2e10, 2e10, 2e10}}};
  report.kernels = {makeKernel("gemm", 90000, 0.9), makeKernel("small", 10, 0.1),
                    makeKernel("gather", 0, 0.5)};
  return report;
}

/// Whether every tag is closed in its order and no text holds a bare '<' or '&'.
bool isWellFormed(StringRef xml) {
  llvm::SmallVector<StringRef> open;
  while (true) {
    auto [before, rest] = xml.split('<');
    for (size_t at = before.find('&'); at != StringRef::npos; at = before.find('&', at + 1))
      if (!before.substr(at).starts_with("&lt;") && !before.substr(at).starts_with("&gt;") &&
          !before.substr(at).starts_with("&amp;"))
        return false;
    if (rest.empty())
      return open.empty();
    auto [tag, next] = rest.split('>');
    xml = next;
    if (tag.consume_front("/")) {
      if (open.empty() || open.pop_back_val() != tag)
        return false;
    } else if (!tag.ends_with("/")) {
      open.push_back(tag.split(' ').first);
    }
    if (tag.count('"') % 2)
      return false;
  }
}

size_t count(StringRef text, StringRef part) { return text.count(part); }

} // namespace

TEST(Roofline, IsWellFormed) {
  EXPECT_TRUE(isWellFormed(drawRoofline(makeReport())));
  // The test can fail.
  EXPECT_FALSE(isWellFormed("<svg><text>a</svg></text>"));
  EXPECT_FALSE(isWellFormed("<svg>a & b</svg>"));
  EXPECT_FALSE(isWellFormed("<svg><text>a</text>"));
}

TEST(Roofline, HasEveryKernelAndEveryCeiling) {
  const std::string svg = drawRoofline(makeReport());
  EXPECT_NE(svg.find("1  gemm: 90 % of FMA peak"), std::string::npos);
  EXPECT_NE(svg.find("2  small: 10 % of FMA peak"), std::string::npos);
  EXPECT_NE(svg.find("3  gather: 50 % of FMA peak"), std::string::npos);
  EXPECT_EQ(count(svg, "<circle"), 2u) << "what computes nothing has no point";
  EXPECT_NE(svg.find("FMA peak 100 GFLOP/s"), std::string::npos);
  EXPECT_NE(svg.find("L1 200 GB/s"), std::string::npos);
  EXPECT_NE(svg.find("DRAM 20 GB/s"), std::string::npos);
}

TEST(Roofline, AxesAreNamed) {
  const std::string svg = drawRoofline(makeReport());
  EXPECT_NE(svg.find("useful operations a byte"), std::string::npos);
  EXPECT_NE(svg.find("GFLOP/s (useful)"), std::string::npos);
}
