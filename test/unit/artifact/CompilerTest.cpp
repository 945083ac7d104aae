//===- CompilerTest.cpp - the compiler as a library, its artefacts loaded --===//

#include "codegen/artifact/Compiler.h"
#include "passes/Remarks.h"
#include "runtime/Artefact.h"
#include "runtime/Isa.h"
#include "runtime/Model.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace trimod;
namespace fs = llvm::sys::fs;

namespace {

// Scores of words; sizes that are no multiple of a vector.
constexpr llvm::StringLiteral kModel = R"mlir(
trimod.parameter @table "table.weight" : tensor<?x4xf32>
trimod.parameter @w "layer.weight" : tensor<3x?xf32>
trimod.parameter @b "layer.bias" : tensor<3xf32>

func.func @score(%words: tensor<?xi32> {trimod.name = "words", trimod.length = "tokens"})
    -> (tensor<?x3xf32> {trimod.name = "scores", trimod.length = "tokens"}) {
  %table = trimod.get_parameter @table : tensor<?x4xf32>
  %w = trimod.get_parameter @w : tensor<3x?xf32>
  %b = trimod.get_parameter @b : tensor<3xf32>
  %fixed = tensor.cast %w : tensor<3x?xf32> to tensor<3x4xf32>
  %x = trimod.embedding %words, %table : tensor<?xi32>, tensor<?x4xf32>
  %y = math.absf %x : tensor<?x4xf32>
  %scores = trimod.linear %y, %fixed bias(%b) : tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>
  return %scores : tensor<?x3xf32>
}
)mlir";

constexpr int kVocabularySize = 5, kWidth = 4, kScores = 3;

float tableAt(int word, int column) { return float(word * kWidth + column - 7); }
float weightAt(int score, int column) { return float(score - column) * 0.5f; }
float biasAt(int score) { return float(10 * score); }

/// Small integers and halves: every sum is exact, so the order of summation does not matter.
float expectedScore(int word, int score) {
  float sum = biasAt(score);
  for (int column = 0; column < kWidth; ++column)
    sum += std::abs(tableAt(word, column)) * weightAt(score, column);
  return sum;
}

class CompilerTest : public ::testing::Test {
protected:
  CompilerTest() {
    fs::createUniqueDirectory("trimod-compiler-test", directory);
    writeFile("model.mlir", kModel);
    writeFile("weights.safetensors", makeWeights());
    options.modelFiles = {getPath("model.mlir")};
    options.weights = {getPath("weights.safetensors")};
    options.emit = EmitKind::SharedLibrary;
    options.output = getPath("model.so");
    options.reportError = [this](const std::string &line) { errors.push_back(line); };
  }
  ~CompilerTest() override { fs::remove_directories(directory); }

  std::string getPath(llvm::StringRef name) const {
    llvm::SmallString<128> path(directory);
    llvm::sys::path::append(path, name);
    return path.str().str();
  }

  void writeFile(llvm::StringRef name, llvm::StringRef content) const {
    std::error_code error;
    llvm::raw_fd_ostream stream(getPath(name), error);
    stream << content;
  }

  std::string readFile(llvm::StringRef name) const {
    auto buffer = llvm::MemoryBuffer::getFile(getPath(name));
    return buffer ? (*buffer)->getBuffer().str() : "<no such file>";
  }

  std::vector<std::string> listFiles() const {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator file(directory, error), end; file != end; file.increment(error))
      names.push_back(llvm::sys::path::filename(file->path()).str());
    llvm::sort(names);
    return names;
  }

  static std::string makeWeights() {
    std::string data;
    auto append = [&](float value) {
      data.append(reinterpret_cast<const char *>(&value), sizeof value);
    };
    for (int score = 0; score < kScores; ++score)
      append(biasAt(score));
    for (int score = 0; score < kScores; ++score)
      for (int column = 0; column < kWidth; ++column)
        append(weightAt(score, column));
    for (int word = 0; word < kVocabularySize; ++word)
      for (int column = 0; column < kWidth; ++column)
        append(tableAt(word, column));
    const std::string header =
        R"({"layer.bias":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},)"
        R"("layer.weight":{"dtype":"F32","shape":[3,4],"data_offsets":[12,60]},)"
        R"("table.weight":{"dtype":"F32","shape":[5,4],"data_offsets":[60,140]}})";
    const uint64_t size = header.size();
    return std::string(reinterpret_cast<const char *>(&size), sizeof size) + header + data;
  }

  /// Loads the library and scores two posts, one of them empty.
  void expectRightScores(trimod_isa_level level, const std::vector<std::string> &externalWeights) {
    Result<Artefact> artefact = Artefact::open(options.output);
    ASSERT_TRUE(bool(artefact)) << artefact.error().message;
    ModelOptions modelOptions;
    modelOptions.weightsPaths = externalWeights;
    modelOptions.forcedLevel = level;
    Result<Model> model = Model::open(artefact->model(), modelOptions);
    ASSERT_TRUE(bool(model)) << model.error().message;
    Result<CompiledFunction> function = model->load("score");
    ASSERT_TRUE(bool(function)) << function.error().message;
    ASSERT_EQ(function->description().input_count, 2u);
    EXPECT_STREQ(function->description().inputs[0].name, "words");
    EXPECT_EQ(function->description().inputs[0].index_bound, kVocabularySize);
    EXPECT_STREQ(function->description().inputs[1].name, "tokens.offsets");
    EXPECT_EQ(function->description().inputs[1].index_bound, 0);
    int32_t words[] = {4, 0, 2, 2, 1, 3, 0};
    int64_t offsets[] = {0, 0, 7};
    float scores[7 * kScores] = {};
    function->input(0) = {words, {7}};
    function->input(1) = {offsets, {3}};
    function->output(0) = {scores, {7, kScores}};
    MaybeError error = function->call();
    ASSERT_FALSE(bool(error)) << error->message;
    for (int token = 0; token < 7; ++token)
      for (int score = 0; score < kScores; ++score)
        EXPECT_EQ(scores[token * kScores + score], expectedScore(words[token], score))
            << "token " << token << ", score " << score;
  }

  static bool hasAvx512() { return __builtin_cpu_supports("x86-64-v4"); }

  llvm::SmallString<128> directory;
  CompilerOptions options;
  std::vector<std::string> errors;
};

std::string join(const std::vector<std::string> &lines) {
  std::string text;
  for (const std::string &line : lines)
    text += line + "\n";
  return text;
}

TEST_F(CompilerTest, EmbeddedWeights) {
  ASSERT_TRUE(mlir::succeeded(compile(options))) << join(errors);
  expectRightScores(TRIMOD_X86_64_V3, {});
  if (hasAvx512())
    expectRightScores(TRIMOD_X86_64_V4, {});
  const std::vector<std::string> files = {"model.mlir", "model.so", "weights.safetensors"};
  EXPECT_EQ(listFiles(), files) << "no temporary file stays";
}

TEST_F(CompilerTest, ExternalWeights) {
  options.embedsWeights = false;
  ASSERT_TRUE(mlir::succeeded(compile(options))) << join(errors);
  expectRightScores(TRIMOD_X86_64_V3, options.weights);
  if (hasAvx512())
    expectRightScores(TRIMOD_X86_64_V4, options.weights);
  Result<Artefact> artefact = Artefact::open(options.output);
  ASSERT_TRUE(bool(artefact));
  for (uint32_t i = 0; i < artefact->model()->parameter_count; ++i)
    EXPECT_EQ(artefact->model()->parameters[i].data, nullptr);
}

/// Two models share the names of a parameter and of a private function, but neither types nor
/// weights. Both have values that weights alone decide.
class SeveralModels : public CompilerTest {
protected:
  SeveralModels() {
    writeFile("second.mlir", R"mlir(
trimod.parameter @w "second.weight" : tensor<?xf32>
func.func private @helper(%x: tensor<2xf32>) -> tensor<2xf32> {
  %w = trimod.get_parameter @w : tensor<?xf32>
  %fixed = tensor.cast %w : tensor<?xf32> to tensor<2xf32>
  %twice = arith.addf %fixed, %fixed : tensor<2xf32>
  %y = arith.addf %x, %twice : tensor<2xf32>
  return %y : tensor<2xf32>
}
func.func @second(%x: tensor<2xf32> {trimod.name = "x"}) -> (tensor<2xf32> {trimod.name = "y"}) {
  %y = func.call @helper(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
)mlir");
    writeFile("model.mlir", std::string(kModel) + R"mlir(
func.func private @helper(%x: tensor<3xf32>) -> tensor<3xf32> {
  return %x : tensor<3xf32>
}
)mlir");
    const std::string header =
        R"({"second.weight":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
    const uint64_t size = header.size();
    const float values[] = {0.25f, -1};
    writeFile("second.safetensors",
              std::string(reinterpret_cast<const char *>(&size), sizeof size) + header +
                  std::string(reinterpret_cast<const char *>(values), sizeof values));
    options.modelFiles.push_back(getPath("second.mlir"));
    options.weights.push_back(getPath("second.safetensors"));
    options.levels = {TRIMOD_X86_64_V3};
  }

  void expectRightSums(const std::vector<std::string> &externalWeights) {
    Result<Artefact> artefact = Artefact::open(options.output);
    ASSERT_TRUE(bool(artefact)) << artefact.error().message;
    Result<Model> model = Model::open(artefact->model(), {externalWeights, TRIMOD_X86_64_V3});
    ASSERT_TRUE(bool(model)) << model.error().message;
    Result<CompiledFunction> function = model->load("second");
    ASSERT_TRUE(bool(function)) << function.error().message;
    float x[] = {1, 10, 2, 20}, y[4] = {};
    function->input(0) = {x, {2, 2}};
    function->output(0) = {y, {2, 2}};
    MaybeError error = function->call();
    ASSERT_FALSE(bool(error)) << error->message;
    EXPECT_EQ(std::vector<float>(y, y + 4), (std::vector<float>{1.5f, 8, 2.5f, 18}));
  }
};

TEST_F(SeveralModels, ShareAnArtefact) {
  ASSERT_TRUE(mlir::succeeded(compile(options))) << join(errors);
  expectRightScores(TRIMOD_X86_64_V3, {});
  expectRightSums({});
}

TEST_F(SeveralModels, InAnyOrder) {
  std::swap(options.modelFiles[0], options.modelFiles[1]);
  std::swap(options.weights[0], options.weights[1]);
  ASSERT_TRUE(mlir::succeeded(compile(options))) << join(errors);
  expectRightScores(TRIMOD_X86_64_V3, {});
  expectRightSums({});
}

TEST_F(SeveralModels, ReadExternalWeights) {
  options.embedsWeights = false;
  ASSERT_TRUE(mlir::succeeded(compile(options))) << join(errors);
  expectRightScores(TRIMOD_X86_64_V3, options.weights);
  expectRightSums(options.weights);
  expectRightSums({options.weights[1]});
}

TEST_F(CompilerTest, DerivedWeightsAreComputedAtCompileTime) {
  options.levels = {TRIMOD_X86_64_V3};
  ASSERT_TRUE(mlir::succeeded(compile(options))) << join(errors);
  Result<Artefact> artefact = Artefact::open(options.output);
  ASSERT_TRUE(bool(artefact));
  const trimod_model *model = artefact->model();
  EXPECT_EQ(model->function_count, 1u);
  unsigned derived = 0;
  for (uint32_t i = 0; i < model->parameter_count; ++i) {
    EXPECT_NE(model->parameters[i].data, nullptr) << model->parameters[i].key;
    derived += llvm::StringRef(model->parameters[i].key).starts_with("derived:score.v3.");
  }
  EXPECT_GT(derived, 0u);
}

TEST_F(CompilerTest, TheSameInputGivesTheSameBytes) {
  ASSERT_TRUE(mlir::succeeded(compile(options))) << join(errors);
  const std::string first = readFile("model.so");
  ASSERT_TRUE(mlir::succeeded(compile(options))) << join(errors);
  EXPECT_TRUE(first == readFile("model.so"));
}

TEST_F(CompilerTest, SlowerPassesGiveTheSameNumbers) {
  for (llvm::StringRef pass : getOptionalPasses())
    options.skippedPasses.push_back(pass.str());
  ASSERT_TRUE(mlir::succeeded(compile(options))) << join(errors);
  expectRightScores(TRIMOD_X86_64_V3, {});
}

TEST_F(CompilerTest, FailureLeavesTheOldOutput) {
  writeFile("model.so", "what was there before");
  const std::string weights = makeWeights();
  writeFile("weights.safetensors", weights.substr(0, weights.size() - 1));
  EXPECT_TRUE(mlir::failed(compile(options)));
  ASSERT_EQ(errors.size(), 1u) << join(errors);
  EXPECT_NE(errors[0].find("weights.safetensors"), std::string::npos) << errors[0];
  EXPECT_EQ(readFile("model.so"), "what was there before");
  EXPECT_EQ(listFiles().size(), 3u) << join(listFiles());
}

TEST_F(CompilerTest, ABrokenContractIsAnErrorWithoutAReproducer) {
  writeFile("model.mlir", R"mlir(
func.func private @loop(%x: tensor<?xf32>) -> tensor<?xf32> {
  %y = func.call @loop(%x) : (tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
func.func @score(%x: tensor<?xf32> {trimod.name = "x", trimod.length = "tokens"})
    -> (tensor<?xf32> {trimod.name = "y", trimod.length = "tokens"}) {
  %y = func.call @loop(%x) : (tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
)mlir");
  options.weights.clear();
  EXPECT_TRUE(mlir::failed(compile(options)));
  ASSERT_FALSE(errors.empty());
  for (const std::string &error : errors) {
    EXPECT_NE(error.find("model.mlir:"), std::string::npos) << error;
    EXPECT_NE(error.find("phase 'fused'"), std::string::npos) << error;
  }
  const std::vector<std::string> files = {"model.mlir", "weights.safetensors"};
  EXPECT_EQ(listFiles(), files);
}

TEST_F(CompilerTest, ALevelNamedTwiceIsCompiledOnce) {
  options.levels = {TRIMOD_X86_64_V3, TRIMOD_X86_64_V3};
  ASSERT_TRUE(mlir::succeeded(compile(options))) << join(errors);
  Result<Artefact> artefact = Artefact::open(options.output);
  ASSERT_TRUE(bool(artefact));
  EXPECT_EQ(artefact->model()->function_count, 1u);
}

TEST_F(CompilerTest, DumpsEachPhase) {
  options.dumpDirectory = getPath("phases");
  options.levels = {TRIMOD_X86_64_V3};
  ASSERT_TRUE(mlir::succeeded(compile(options))) << join(errors);
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator file(options.dumpDirectory, error), end; file != end;
       file.increment(error))
    names.push_back(llvm::sys::path::filename(file->path()).str());
  llvm::sort(names);
  const std::vector<std::string> expected = {"0-model.mlir",
                                             "1-fused.mlir",
                                             "2-batched.mlir",
                                             "3-scheduled.x86-64-v3.mlir",
                                             "4-kernels.x86-64-v3.mlir",
                                             "5-llvm.x86-64-v3.mlir"};
  EXPECT_EQ(names, expected);
  EXPECT_NE(readFile("phases/0-model.mlir").find("tensor<5x4xf32>"), std::string::npos);
  EXPECT_NE(readFile("phases/4-kernels.x86-64-v3.mlir").find("@score("), std::string::npos)
      << "the program, not its init function";
}

} // namespace
