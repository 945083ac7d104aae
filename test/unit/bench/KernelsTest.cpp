// The measured kernels: what is counted as their work, and that each compiles and runs.
#include "codegen/cpu/Target.h"
#include "tools/bench/KernelRun.h"
#include "llvm/ADT/StringSet.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace trimod;
using namespace trimod::bench;

namespace {

const Kernel &find(const std::vector<Kernel> &kernels, llvm::StringRef name) {
  auto found = llvm::find_if(kernels, [&](const Kernel &kernel) { return kernel.name == name; });
  EXPECT_NE(found, kernels.end()) << name.str();
  return *found;
}

} // namespace

TEST(Kernels, WorkIsThatOfTheMathematics) {
  for (int64_t lanes : {8, 16}) {
    std::vector<Kernel> kernels = listKernels(lanes);
    // 16 steps of 8 sequences, three products with [150, 150].
    EXPECT_EQ(find(kernels, "gru-150-batch-8").operations, 16 * 8 * 2.0 * 3 * 150 * 150);
    EXPECT_EQ(find(kernels, "gemm-1024x480x260").operations, 2.0 * 1024 * 480 * 260);
    // Of a word of 6 characters, 16 of the 18 rows that windows of 3 read are there.
    EXPECT_EQ(find(kernels, "conv1d-30x30x3").operations, 256 * 16 * 2.0 * 30 * 30);
  }
}

TEST(Kernels, BytesAreThoseThatMustMove) {
  std::vector<Kernel> kernels = listKernels(8);
  const Kernel &step = find(kernels, "gru-150-batch-1");
  // Panels of 19 * 8 units; weights are read in each of 16 steps.
  const uint64_t weights = 4 * (150 * 3 + 1) * 152;
  const uint64_t rest = 4 * 16 * (3 * 152 + 150) + 8 * 2 + 4 * 150;
  EXPECT_EQ(step.footprint(), weights + rest);
  EXPECT_EQ(step.bytes(), 16 * weights + rest);
  // Rows that are not selected stay where they are.
  EXPECT_EQ(find(kernels, "embedding-int8").bytes(), 1024u * (4 + 200 + 4 + 4 * 200));
}

TEST(Kernels, NamesDiffer) {
  llvm::StringSet<> names;
  for (const Kernel &kernel : listKernels(16))
    EXPECT_TRUE(names.insert(kernel.name).second) << kernel.name;
}

// On the lower level, which has the smaller vectors; the others differ in the number of lanes
// alone.
TEST(Kernels, EachRunsAndGivesNumbers) {
  if (!hostSupports(IsaLevel::V3))
    GTEST_SKIP() << "this machine cannot run x86-64-v3";
  llvm::Expected<std::unique_ptr<Bounds>> bounds = Bounds::create(TRIMOD_X86_64_V3, 1e-6, 1 << 20);
  ASSERT_TRUE(bool(bounds)) << llvm::toString(bounds.takeError());
  std::vector<Kernel> kernels = listKernels(Target(IsaLevel::V3).lanes());
  llvm::Expected<std::vector<KernelResult>> results =
      runKernels(kernels, TRIMOD_X86_64_V3, **bounds, {/*samples=*/1, /*sampleSeconds=*/1e-6},
                 [](const std::string &) {});
  ASSERT_TRUE(bool(results)) << llvm::toString(results.takeError());
  ASSERT_EQ(results->size(), kernels.size());
  for (const KernelResult &result : *results) {
    EXPECT_GT(result.time.seconds.median, 0) << result.name;
    EXPECT_GT(result.time.share.median, 0) << result.name;
    EXPECT_TRUE(std::isfinite(result.time.share.median)) << result.name;
  }
}
