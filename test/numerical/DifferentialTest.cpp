// One model, many programs: one post or a batch, fused or not, in loops or flattened, scheduled,
// with kernels or without. They run on random posts with random weights and are held against each
// other and against the paper's equations in double.
//
// The reference lowering computes a fused op as what it decomposes into, so programs that differ in
// the work of recognisers, batching and flattening alone must give the same bits. Scheduling adds
// biases in another order; a kernel sums in another. Those programs must give the same bits for a
// post whatever batch it is in.
#include "Equations.h"
#include "dialect/TriMod.h"
#include "runtime/Safetensors.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace trimod;
using namespace trimod::test;

namespace {

// Relative to the largest value; the weights are larger than those of a trained model.
constexpr double kTolerance = 1e-4;

// Every test has a seed of its own. `--gtest_shuffle --gtest_random_seed=N` gives all of them
// others.
constexpr unsigned kSeedsInARun = 10;

const std::string kFuse = "trimod-phase-fused,";
const std::string kDoNotFuse = "trimod-phase-fused{skip=trimod-fuse-attention-pool,"
                               "trimod-fuse-crf-viterbi,trimod-fuse-gru-cell,"
                               "trimod-fuse-lstm-cell,trimod-merge-directions},";
const std::string kOnePost = "trimod-expand-ragged,canonicalize,cse";
const std::string kBatchInLoops = "trimod-batch,trimod-expand-ragged,canonicalize,cse";
const std::string kBatch = "trimod-phase-batched";

std::string readText(const std::string &path) {
  auto text = llvm::MemoryBuffer::getFile(path);
  EXPECT_TRUE(bool(text)) << path;
  return text ? (*text)->getBuffer().str() : std::string();
}

/// How far results are from the equations.
struct Distance {
  /// Of emissions and scores, relative to the largest of the post, or to 1.
  double error = 0;
  /// Posts with other labels than the equations give that score as well, up to rounding.
  int ties = 0;
  /// Posts with labels that score less.
  int wrongLabels = 0;

  bool isWithinTolerance() const { return error < kTolerance && wrongLabels == 0; }
};

/// A model with random weights, compiled in many ways.
class Model {
public:
  Model(const std::string &name, Cell cell, const std::string &trainedWeights, unsigned seed,
        const std::vector<std::string> &tablesInInt8 = {})
      : random(seed + kSeedsInARun * testing::UnitTest::GetInstance()->random_seed()),
        text(readText(TRIMOD_MODELS "/" + name)) {
    weights = randomWeights(text, random, [&](const std::string &key) {
      if (key == "word_embedding.weight")
        return std::vector<int64_t>{kVocabulary, cell == Cell::Gru ? 200 : 11};
      if (key == "char_embedding.weight")
        return std::vector<int64_t>{kAlphabet, cell == Cell::Gru ? 30 : 6};
      return sizeInFile(trainedWeights, key);
    });
    for (const std::string &key : tablesInInt8)
      weights.quantizeRows(key);
    equations = std::make_unique<TaggerEquations>(weights, cell);
    llvm::SmallString<128> path;
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("trimod-weights", "safetensors", path));
    weightsPath = path.str().str();
    weights.write(weightsPath);
  }
  ~Model() { llvm::sys::fs::remove(weightsPath); }
  Model(const Model &) = delete;
  Model &operator=(const Model &) = delete;

  std::unique_ptr<Program> compile(const std::string &passes, ProgramOptions options = {}) const {
    options.entry = "tag";
    options.pipeline =
        "builtin.module(trimod-phase-model{weights=" + weightsPath + "}," + passes + ")";
    return Program::create(text, options);
  }

  Distance compare(const std::vector<Post> &posts, const std::vector<PostResult> &results) const {
    Distance distance;
    for (size_t i = 0; i < posts.size(); ++i)
      compareOne(equations->tag(posts[i]), results.at(i), distance);
    return distance;
  }

  const Arrays &parameters() const { return weights.values; }

  Random random;

private:
  static std::vector<int64_t> sizeInFile(const std::string &path, const std::string &key) {
    Result<Safetensors> file = Safetensors::open({path});
    const TensorView *tensor = file ? file->find(key) : nullptr;
    EXPECT_TRUE(tensor) << key;
    return tensor ? tensor->shape : std::vector<int64_t>();
  }

  void compareOne(const TaggerEquations::Result &expected, const PostResult &result,
                  Distance &distance) const {
    double largest = std::max(1.0, std::abs(expected.score)), difference = 0;
    auto compareValue = [&](double value, double expectedValue) {
      largest = std::max(largest, std::abs(expectedValue));
      // A NaN is as far as can be.
      difference =
          std::isnan(value) ? INFINITY : std::max(difference, std::abs(value - expectedValue));
    };
    compareValue(result.score, expected.score);
    for (size_t i = 0; i < result.emissions.size(); ++i)
      compareValue(result.emissions[i], expected.emissions.at(i / kLabelCount)[i % kLabelCount]);
    distance.error = std::max(distance.error, difference / largest);
    if (result.labels == expected.labels)
      return;
    bool areLabels = llvm::all_of(result.labels,
                                  [](int32_t label) { return label >= 0 && label < kLabelCount; });
    bool isTie = areLabels && result.labels.size() == expected.labels.size() &&
                 expected.score - equations->scorePath(expected.emissions, result.labels) <
                     kTolerance * std::max(1.0, std::abs(expected.score));
    ++(isTie ? distance.ties : distance.wrongLabels);
  }

  std::string text, weightsPath;
  Weights weights;
  std::unique_ptr<TaggerEquations> equations;
};

/// The bundled model; the real sizes, but for the tables.
std::unique_ptr<Model> bundledModel(unsigned seed) {
  return std::make_unique<Model>("trimod/trimod.mlir", Cell::Gru,
                                 TRIMOD_MODELS "/trimod/trimod.safetensors", seed);
}

void expectSame(const std::vector<PostResult> &results, const std::vector<PostResult> &expected) {
  ASSERT_EQ(results.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_TRUE(results[i] == expected[i]) << "post " << i;
}

void expectWithinTolerance(const Distance &distance) {
  EXPECT_TRUE(distance.isWithinTolerance())
      << "error " << distance.error << ", wrong labels " << distance.wrongLabels;
}

void record(const std::string &name, const Distance &distance) {
  testing::Test::RecordProperty(name + " error", std::to_string(distance.error * 1e6) + "e-6");
  testing::Test::RecordProperty(name + " ties", distance.ties);
}

//===----------------------------------------------------------------------===//
// Fusing, batching, flattening
//===----------------------------------------------------------------------===//

void expectSameBitsFusedBatchedAndFlattened(Model &model) {
  std::vector<Post> posts = randomPosts(200, model.random);
  std::unique_ptr<Program> program = model.compile(kDoNotFuse + kOnePost);
  ASSERT_TRUE(program);
  std::vector<PostResult> expected = runOneByOne(*program, model.parameters(), posts);
  Distance distance = model.compare(posts, expected);
  record("unfused", distance);
  expectWithinTolerance(distance);

  program = model.compile(kFuse + kOnePost);
  ASSERT_TRUE(program);
  expectSame(runOneByOne(*program, model.parameters(), posts), expected);

  const struct {
    const char *name;
    std::string passes;
  } batches[] = {{"in loops", kDoNotFuse + kBatchInLoops},
                 {"fused, in loops", kFuse + kBatchInLoops},
                 {"flattened", kDoNotFuse + kBatch},
                 {"fused and flattened", kFuse + kBatch}};
  for (const auto &batch : batches) {
    SCOPED_TRACE(batch.name);
    program = model.compile(batch.passes);
    ASSERT_TRUE(program);
    EXPECT_TRUE(runAsBatch(*program, model.parameters(), posts, {}).empty());
    for (size_t size : {size_t(7), posts.size()})
      expectSame(runInBatches(*program, model.parameters(), posts, size, model.random), expected);
  }
}

TEST(Differential, FusingBatchingAndFlatteningChangeNoBit) {
  expectSameBitsFusedBatchedAndFlattened(*bundledModel(1));
}

TEST(Differential, FusingBatchingAndFlatteningLstmsChangeNoBit) {
  Model model("test/bilstm.mlir", Cell::Lstm, "", 7);
  expectSameBitsFusedBatchedAndFlattened(model);
}

//===----------------------------------------------------------------------===//
// Scheduling and kernels
//===----------------------------------------------------------------------===//

struct Scheduled {
  const char *name;
  Lowering lowering;
  IsaLevel level;
  int lanes;
};

/// The results of a batched program, which must not depend on the batches.
Distance runScheduled(Model &model, const std::string &passes, const Scheduled &form,
                      size_t postCount) {
  ProgramOptions options{{}, form.lowering, form.level, {}, {}};
  std::string schedule =
      ",trimod-phase-scheduled{skip=trimod-share-tokens lanes=" + std::to_string(form.lanes) + "}";
  std::unique_ptr<Program> program = model.compile(passes + schedule, options);
  if (!program)
    return {INFINITY, 0, 0};
  std::vector<Post> posts = randomPosts(postCount, model.random);
  Arrays parameters = program->withDerived(model.parameters());
  EXPECT_TRUE(runAsBatch(*program, parameters, posts, {}).empty());
  std::vector<PostResult> oneByOne = runInBatches(*program, parameters, posts, 1, model.random);
  for (size_t size : {size_t(2), size_t(7), size_t(32), posts.size()}) {
    SCOPED_TRACE("batches of " + std::to_string(size));
    for (int repeat = 0; repeat < 2; ++repeat)
      expectSame(runInBatches(*program, parameters, posts, size, model.random), oneByOne);
  }
  return model.compare(posts, oneByOne);
}

class ScheduledProgram : public testing::TestWithParam<Scheduled> {
protected:
  void SetUp() override {
    if (!hostSupports(GetParam().level))
      GTEST_SKIP() << "this machine cannot run " << Target(GetParam().level).name();
  }
  /// Loops are not meant to be fast.
  static size_t postCount() { return GetParam().lowering == Lowering::Generic ? 50 : 200; }
};

TEST_P(ScheduledProgram, GivesAPostTheSameBitsInAnyBatch) {
  std::unique_ptr<Model> model = bundledModel(2);
  Distance distance = runScheduled(*model, kFuse + kBatch, GetParam(), postCount());
  record(GetParam().name, distance);
  expectWithinTolerance(distance);
}

TEST_P(ScheduledProgram, GivesAPostTheSameBitsInAnyBatchWithLstms) {
  Model model("test/bilstm.mlir", Cell::Lstm, "", 6);
  Distance distance = runScheduled(model, kFuse + kBatch, GetParam(), postCount());
  record(GetParam().name, distance);
  expectWithinTolerance(distance);
}

// A recurrence that no pass knows, and sizes that are no multiple of a vector.
TEST_P(ScheduledProgram, RunsAnUnknownCell) {
  Model model("test/mgu.mlir", Cell::MinimalGatedUnit, "", 3);
  Distance distance = runScheduled(model, kFuse + kBatch, GetParam(), postCount());
  record(GetParam().name, distance);
  expectWithinTolerance(distance);
}

// The model file says f32; the weight file has rows of i8 and their scales.
TEST_P(ScheduledProgram, TakesTablesOfInt8) {
  Model model("test/mgu.mlir", Cell::MinimalGatedUnit, "", 6,
              {"word_embedding.weight", "char_embedding.weight"});
  Distance distance = runScheduled(model, kFuse + kBatch, GetParam(), postCount());
  record(GetParam().name, distance);
  expectWithinTolerance(distance);
}

// Every table fits, so the words' product is folded into the start of a sum.
TEST(FoldedTables, ChangeNoBit) {
  std::unique_ptr<Model> model = bundledModel(8);
  std::vector<Post> posts = randomPosts(100, model->random);
  for (IsaLevel level : {IsaLevel::V3, IsaLevel::V4}) {
    if (!hostSupports(level))
      continue;
    SCOPED_TRACE(std::string(Target{level}.name()));
    ProgramOptions options{{}, Lowering::Kernels, level, {}, {}};
    auto run = [&](const std::string &schedule) -> std::vector<PostResult> {
      std::unique_ptr<Program> program =
          model->compile(kFuse + kBatch + ",trimod-phase-scheduled{lanes=" +
                             std::to_string(Target{level}.lanes()) + " " + schedule + "}",
                         options);
      if (!program)
        return {};
      Arrays parameters = program->withDerived(model->parameters());
      return runInBatches(*program, parameters, posts, 7, model->random);
    };
    std::vector<PostResult> expected =
        run("fold-tables=0 skip=trimod-share-tokens,trimod-gather-gates");
    expectSame(run("skip=trimod-share-tokens,trimod-gather-gates"), expected);
    expectSame(run("skip=trimod-share-tokens"), expected);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Forms, ScheduledProgram,
    testing::Values(Scheduled{"generic_8", Lowering::Generic, IsaLevel::V3, 8},
                    Scheduled{"generic_16", Lowering::Generic, IsaLevel::V3, 16},
                    Scheduled{"kernels_v3", Lowering::Kernels, IsaLevel::V3, 8},
                    Scheduled{"kernels_v4", Lowering::Kernels, IsaLevel::V4, 16}),
    [](const auto &info) { return std::string(info.param.name); });

TEST(UnknownCell, IsItsEquationsInEveryProgram) {
  Model model("test/mgu.mlir", Cell::MinimalGatedUnit, "", 4);
  std::vector<Post> posts = randomPosts(200, model.random);
  std::unique_ptr<Program> program = model.compile(kFuse + kOnePost);
  ASSERT_TRUE(program);
  std::vector<PostResult> expected = runOneByOne(*program, model.parameters(), posts);
  Distance distance = model.compare(posts, expected);
  record("one post", distance);
  expectWithinTolerance(distance);
  for (const std::string &passes : {kFuse + kBatchInLoops, kFuse + kBatch}) {
    SCOPED_TRACE(passes);
    program = model.compile(passes);
    ASSERT_TRUE(program);
    expectSame(runInBatches(*program, model.parameters(), posts, 9, model.random), expected);
  }
}

//===----------------------------------------------------------------------===//
// Planted miscompiles: a comparison that cannot see them would prove nothing
//===----------------------------------------------------------------------===//

/// How far the batched program is from the equations after `change`.
Distance runChanged(const std::function<void(mlir::ModuleOp)> &change) {
  std::unique_ptr<Model> model = bundledModel(5);
  ProgramOptions options;
  options.change = change;
  std::unique_ptr<Program> program = model->compile(kFuse + kBatch, options);
  if (!program)
    return {};
  std::vector<Post> posts = randomPosts(20, model->random);
  // As many words in all hashtags as in all images, so that no swap reads what is not there.
  for (size_t i = 0; i < posts.size(); ++i)
    posts[i].hashtags = {posts[(i + 1) % posts.size()].visual};
  return model->compare(
      posts, runInBatches(*program, model->parameters(), posts, posts.size(), model->random));
}

TEST(PlantedMiscompile, NoneIsFine) { expectWithinTolerance(runChanged({})); }

TEST(PlantedMiscompile, SwappedContextOffsetsAreNoticed) {
  int swaps = 0;
  Distance distance = runChanged([&](mlir::ModuleOp module) {
    module.walk([&](AttentionPoolOp op) {
      mlir::MutableOperandRange offsets = op.getContextOffsetsMutable();
      mlir::Value first = offsets[0].get(), second = offsets[1].get();
      offsets[0].set(second);
      offsets[1].set(first);
      ++swaps;
    });
  });
  EXPECT_EQ(swaps, 1);
  EXPECT_FALSE(distance.isWithinTolerance());
}

TEST(PlantedMiscompile, AFlippedResetFormIsNoticed) {
  int flips = 0;
  Distance distance = runChanged([&](mlir::ModuleOp module) {
    module.walk([&](GruOp op) {
      op.setLinearBeforeReset(!op.getLinearBeforeReset());
      ++flips;
    });
  });
  EXPECT_EQ(flips, 2);
  EXPECT_FALSE(distance.isWithinTolerance());
}

} // namespace
