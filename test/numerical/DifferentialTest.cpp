// One model, five programs: one post or a batch, fused or not, flattened or in loops. All go
// through the reference lowering, where a fused op is what it decomposes into, so what differs is
// the work of the passes alone: the results must be the same bits.
#include "Program.h"
#include "runtime/Safetensors.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

using namespace trimod;
using namespace trimod::test;

namespace {

const std::string kSpecialize =
    "trimod-specialize{weights=" TRIMOD_MODEL "/trimod.safetensors},inline,symbol-dce,"
    "canonicalize,cse,func.func(trimod-refine-shapes),canonicalize,cse,";
const std::string kFuse =
    "func.func(loop-invariant-code-motion,trimod-fuse-gru-cell,trimod-merge-directions,"
    "trimod-fuse-attention-pool,trimod-fuse-crf-viterbi),canonicalize,cse,";
const std::string kExpand = "trimod-expand-ragged,canonicalize,cse";
const std::string kBatch = "trimod-batch," + kExpand;
const std::string kFlatten = ",func.func(trimod-flatten),canonicalize,cse";

/// Ids of one post, as models/trimod/train/golden.py wrote them.
struct GoldenPost {
  std::vector<int32_t> words, chars, visual, hashtags;
  std::vector<int64_t> charOffsets;
};

// Enough for every kind of post, few enough for loops that are not meant to be fast.
constexpr int kPosts = 8;

struct PostResult {
  std::vector<int32_t> labels;
  std::vector<float> emissions;
  float score;

  bool operator==(const PostResult &other) const {
    return labels == other.labels && emissions == other.emissions && score == other.score;
  }
};

template <typename T>
std::vector<T> readTensor(const Safetensors &file, const std::string &name) {
  const TensorView *tensor = file.find(name);
  EXPECT_TRUE(tensor) << name;
  std::vector<T> values(tensor ? tensor->bytes.size() / sizeof(T) : 0);
  if (tensor)
    std::copy_n(tensor->bytes.data(), tensor->bytes.size(),
                reinterpret_cast<char *>(values.data()));
  return values;
}

template <typename T>
void append(std::vector<T> &to, const std::vector<T> &from) {
  to.insert(to.end(), from.begin(), from.end());
}

template <typename T>
Array vectorArray(const std::vector<T> &values) {
  return Array::of({static_cast<int64_t>(values.size())}, values);
}

class Differential : public testing::Test {
protected:
  static void SetUpTestSuite() {
    Result<Safetensors> weights = Safetensors::open(TRIMOD_MODEL "/trimod.safetensors");
    ASSERT_TRUE(weights) << weights.error().message;
    for (const TensorView &tensor : weights->tensors())
      parameters[tensor.name] = {tensor.shape, {tensor.bytes.begin(), tensor.bytes.end()}};
    Result<Safetensors> golden = Safetensors::open(TRIMOD_GOLDEN "/golden.safetensors");
    ASSERT_TRUE(golden) << golden.error().message;
    for (int number = 0; number < kPosts; ++number) {
      std::string prefix = std::to_string(number) + ".";
      GoldenPost post;
      post.words = readTensor<int32_t>(*golden, prefix + "words");
      post.chars = readTensor<int32_t>(*golden, prefix + "chars");
      post.visual = readTensor<int32_t>(*golden, prefix + "visual");
      post.hashtags = readTensor<int32_t>(*golden, prefix + "hashtags");
      for (int32_t offset : readTensor<int32_t>(*golden, prefix + "char_offsets"))
        post.charOffsets.push_back(offset);
      posts.push_back(post);
    }
  }

  static std::unique_ptr<Program> compile(const std::string &passes) {
    auto text = llvm::MemoryBuffer::getFile(TRIMOD_MODEL "/trimod.mlir");
    EXPECT_TRUE(bool(text));
    return Program::create((*text)->getBuffer(), "builtin.module(" + passes + ")",
                           Lowering::Generic);
  }

  /// A post without hashtags has none, any other has one of all its words.
  static std::vector<PostResult> runOneByOne(const Program &program) {
    std::vector<PostResult> results;
    for (const GoldenPost &post : posts) {
      std::vector<int64_t> hashtagOffsets{0};
      if (!post.hashtags.empty())
        hashtagOffsets.push_back(post.hashtags.size());
      Arrays values = parameters;
      values["words"] = vectorArray(post.words);
      values["chars"] = vectorArray(post.chars);
      values["chars.item_offsets"] = vectorArray(post.charOffsets);
      values["visual"] = vectorArray(post.visual);
      values["hashtags"] = vectorArray(post.hashtags);
      values["hashtags.item_offsets"] = vectorArray(hashtagOffsets);
      int64_t tokens = post.words.size();
      Arrays found = program.call(values, {{"labels", tokens}, {"emissions", tokens}});
      results.push_back({found["labels"].get<int32_t>(), found["emissions"].get<float>(),
                         found["score"].get<float>().at(0)});
    }
    return results;
  }

  static std::vector<PostResult> runAsBatch(const Program &program,
                                            const std::vector<size_t> &order) {
    GoldenPost all;
    std::vector<int64_t> tokens{0}, charOffsets{0}, visual{0}, hashtags{0}, hashtagItems{0};
    for (size_t number : order) {
      const GoldenPost &post = posts[number];
      for (size_t i = 1; i < post.charOffsets.size(); ++i)
        charOffsets.push_back(all.chars.size() + post.charOffsets[i]);
      append(all.words, post.words);
      append(all.chars, post.chars);
      append(all.visual, post.visual);
      append(all.hashtags, post.hashtags);
      tokens.push_back(all.words.size());
      visual.push_back(all.visual.size());
      if (!post.hashtags.empty())
        hashtagItems.push_back(all.hashtags.size());
      hashtags.push_back(hashtagItems.size() - 1);
    }
    Arrays values = parameters;
    values["words"] = vectorArray(all.words);
    values["tokens.offsets"] = vectorArray(tokens);
    values["chars"] = vectorArray(all.chars);
    values["chars.item_offsets"] = vectorArray(charOffsets);
    values["visual"] = vectorArray(all.visual);
    values["visual.offsets"] = vectorArray(visual);
    values["hashtags"] = vectorArray(all.hashtags);
    values["hashtags.item_offsets"] = vectorArray(hashtagItems);
    values["hashtags.offsets"] = vectorArray(hashtags);
    int64_t rows = all.words.size(), count = order.size();
    Arrays found = program.call(values, {{"labels", rows}, {"emissions", rows}, {"score", count}});
    std::vector<int32_t> labels = found["labels"].get<int32_t>();
    std::vector<float> emissions = found["emissions"].get<float>();
    std::vector<PostResult> results(posts.size());
    for (size_t i = 0; i < order.size(); ++i)
      results[order[i]] = {
          {labels.begin() + tokens[i], labels.begin() + tokens[i + 1]},
          {emissions.begin() + 9 * tokens[i], emissions.begin() + 9 * tokens[i + 1]},
          found["score"].get<float>().at(i)};
    return results;
  }

  static void expectSame(const std::vector<PostResult> &results,
                         const std::vector<PostResult> &expected) {
    ASSERT_EQ(results.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i)
      EXPECT_TRUE(results[i] == expected[i]) << "post " << i;
  }

  static Arrays parameters;
  static std::vector<GoldenPost> posts;
};

Arrays Differential::parameters;
std::vector<GoldenPost> Differential::posts;

TEST_F(Differential, EveryProgramGivesTheSameBits) {
  std::unique_ptr<Program> program = compile(kSpecialize + kExpand);
  ASSERT_TRUE(program);
  std::vector<PostResult> expected = runOneByOne(*program);

  std::vector<size_t> order(posts.size()), reversed;
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  reversed.assign(order.rbegin(), order.rend());

  SCOPED_TRACE("one post, fused");
  program = compile(kSpecialize + kFuse + kExpand);
  ASSERT_TRUE(program);
  expectSame(runOneByOne(*program), expected);

  const struct {
    const char *name;
    std::string passes;
  } batches[] = {{"batch in loops", kSpecialize + kBatch},
                 {"batch, fused, in loops", kSpecialize + kFuse + kBatch},
                 {"batch, flattened", kSpecialize + kBatch + kFlatten},
                 {"batch, fused and flattened", kSpecialize + kFuse + kBatch + kFlatten}};
  for (const auto &batch : batches) {
    SCOPED_TRACE(batch.name);
    program = compile(batch.passes);
    ASSERT_TRUE(program);
    expectSame(runAsBatch(*program, order), expected);
    expectSame(runAsBatch(*program, reversed), expected);
  }
}

} // namespace
