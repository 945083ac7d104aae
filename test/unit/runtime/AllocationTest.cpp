// What is allocated for a post once buffers have grown. A program of its own, because it counts
// every allocation; sanitizers have allocators that cannot be counted so.

#include "FakeModel.h"
#include "runtime/PostReader.h"
#include "runtime/Tagger.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>

using namespace trimod;
using namespace trimod::test;

namespace {

thread_local std::size_t allocationCount = 0;

} // namespace

// The C library's own allocator under other names: operator new calls malloc.
extern "C" {
void *__libc_malloc(std::size_t size);
void *__libc_calloc(std::size_t count, std::size_t size);
void *__libc_realloc(void *memory, std::size_t size);
void *__libc_memalign(std::size_t alignment, std::size_t size);

void *malloc(std::size_t size) {
  ++allocationCount;
  return __libc_malloc(size);
}
void *calloc(std::size_t count, std::size_t size) {
  ++allocationCount;
  return __libc_calloc(count, size);
}
void *realloc(void *memory, std::size_t size) {
  ++allocationCount;
  return __libc_realloc(memory, size);
}
void *aligned_alloc(std::size_t alignment, std::size_t size) {
  ++allocationCount;
  return __libc_memalign(alignment, size);
}
}

namespace {

class AllocationTest : public testing::Test {
protected:
  void SetUp() override {
    if (detectIsaLevel() < TRIMOD_X86_64_V3)
      GTEST_SKIP() << "needs x86-64-v3";
    // What does not count would prove nothing.
    std::size_t before = allocationCount;
    std::free(std::aligned_alloc(64, 64));
    std::free(std::malloc(1));
    delete new int;
    ASSERT_GE(allocationCount, before + 2);
  }

  template <typename Work>
  static std::size_t countAllocations(Work work) {
    std::size_t before = allocationCount;
    work();
    return allocationCount - before;
  }

  FakeModel fake{true};
};

TEST_F(AllocationTest, TaggingOfFeaturesAllocatesNothing) {
  Result<Tagger> tagger = Tagger::create(&fake.model, {});
  std::vector<Post> posts(20);
  std::vector<PostFeatures> features;
  std::vector<TaggerInput> batch;
  for (Post &post : posts) {
    ASSERT_FALSE(parsePost(R"({"text": "Adele in New York https://t.co/abcdefghij #RedCar2016",)"
                           R"("caption": "red car"})",
                           post));
    features.push_back(computeFeatures(post, tagger->textOptions()));
  }
  for (std::size_t i = 0; i < posts.size(); ++i)
    batch.push_back({&posts[i], &features[i]});
  std::vector<PostTags> results;
  EXPECT_FALSE(tagger->tag(batch, results));
  MaybeError error;
  EXPECT_EQ(countAllocations([&] { error = tagger->tag(batch, results); }), 0u);
  EXPECT_FALSE(error);
}

} // namespace
