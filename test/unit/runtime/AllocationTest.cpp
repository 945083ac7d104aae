// What is allocated for a post once buffers have grown. A program of its own, because it counts
// every allocation; sanitizers have allocators that cannot be counted so.

#include "FakeModel.h"
#include "runtime/Artefact.h"
#include "runtime/PostPipeline.h"

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

// With probabilities and the best sequences, from the first feature to the last tag.
TEST_F(AllocationTest, ProbabilitiesAndSequencesAllocateNothing) {
  TaggerWishes wishes;
  wishes.entityProbabilities = true;
  wishes.sequences = 2;
  Result<Tagger> tagger = Tagger::create(&fake.model, {}, wishes);
  Post posts[2];
  ASSERT_FALSE(parsePost(R"({"text": "Adele in New York and Adele in York"})", posts[0]));
  ASSERT_FALSE(parsePost(R"({"text": "Adele"})", posts[1]));
  PostFeatures features;
  std::vector<PostTags> results;
  for (const Post &post : posts) {
    std::vector<TaggerInput> batch = {{&post, &features}};
    for (int round = 0; round < 2; ++round)
      EXPECT_FALSE(tagger->tag(batch, results));
    MaybeError error;
    EXPECT_EQ(countAllocations([&] { error = tagger->tag(batch, results); }), 0u);
    EXPECT_FALSE(error);
    EXPECT_FALSE(results[0].entityProbabilities.empty());
  }
}

// From tokens to a line of JSON, if there are no hashtags and no words of an image.
TEST_F(AllocationTest, TheWholeWayOfAPostThatIsReadAllocatesNothing) {
  TaggerWishes wishes;
  wishes.entityProbabilities = true;
  Result<Tagger> tagger = Tagger::create(&fake.model, {}, wishes);
  Result<FeatureExtractor> extractor = FeatureExtractor::create(&fake.model, {});
  PostPipeline pipeline(*extractor, &*tagger, {});
  std::vector<PostRecord> records(1);
  ASSERT_FALSE(
      parsePost(R"({"id": 7, "text": "Adele \"sings\" in Zürich and New York"})", records[0].post));
  std::string output;
  std::vector<std::string> complaints;
  auto process = [&] {
    output.clear();
    pipeline.process(records, "", output, complaints);
  };
  process();
  EXPECT_EQ(countAllocations(process), 0u);
  EXPECT_NE(output.find("\"probability\""), std::string::npos);
}

// Compiled functions too: tags, hashtags and probabilities.
TEST_F(AllocationTest, CompiledFunctionsAllocateNothing) {
  Result<Artefact> artefact = Artefact::open(TRIMOD_BUNDLED_MODEL);
  ASSERT_TRUE(bool(artefact)) << artefact.error().message;
  TaggerWishes wishes;
  wishes.entityProbabilities = true;
  wishes.sequences = 3;
  Result<Tagger> tagger = Tagger::create(artefact->model(), {}, wishes);
  Result<FeatureExtractor> extractor = FeatureExtractor::create(artefact->model(), {});
  ASSERT_TRUE(tagger && extractor);
  Post post;
  ASSERT_FALSE(
      parsePost(R"({"text": "Taylor Swift at #CentralParkNYC", "caption": "a red car"})", post));
  std::vector<PostFeatures> features;
  std::vector<PostTags> results;
  EXPECT_FALSE(extractor->compute({&post}, features));
  std::vector<TaggerInput> batch = {{&post, &features[0]}};
  EXPECT_FALSE(tagger->tag(batch, results));
  MaybeError error;
  EXPECT_EQ(countAllocations([&] { error = tagger->tag(batch, results); }), 0u);
  EXPECT_FALSE(error);
  EXPECT_EQ(results[0].sequences.size(), 3u);
}

} // namespace
