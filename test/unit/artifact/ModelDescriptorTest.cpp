//===- ModelDescriptorTest.cpp - the tables, read back as the runtime does -===//

#include "codegen/artifact/ModelDescriptor.h"
#include "codegen/artifact/Jit.h"

#include "llvm/ExecutionEngine/Orc/ThreadSafeModule.h"
#include "llvm/IR/IRBuilder.h"
#include <cstring>
#include <gtest/gtest.h>

using namespace trimod;

namespace {

FunctionSignature makeFunction(std::string name, trimod_isa_level level,
                               std::vector<NamedTensor> parameters) {
  FunctionSignature function;
  function.name = std::move(name);
  function.level = level;
  function.inputs = {{"words", {TRIMOD_I32, {-1}}, 50}, {"tokens.offsets", {TRIMOD_INDEX, {-1}}}};
  function.parameters = std::move(parameters);
  function.outputs = {{"emissions", {TRIMOD_F32, {-1, 9}}}};
  return function;
}

llvm::SmallVector<char, 0> makeBytes(size_t size, char first) {
  llvm::SmallVector<char, 0> bytes;
  for (size_t i = 0; i < size; ++i)
    bytes.push_back(static_cast<char>(first + i));
  return bytes;
}

/// Loads a descriptor into this process; the functions it names are given empty bodies.
class LoadedModel {
public:
  explicit LoadedModel(const ModelContents &contents) {
    auto target = llvm::cantFail(describeTarget(kHostCpu));
    auto machine = llvm::cantFail(target.createTargetMachine());
    auto context = std::make_unique<llvm::LLVMContext>();
    auto module = llvm::cantFail(buildModelDescriptor(*context, *machine, contents));
    for (llvm::Function &function : *module)
      if (function.isDeclaration())
        defineEmpty(function);
    engine = llvm::cantFail(llvm::orc::LLJITBuilder().create());
    llvm::cantFail(engine->addIRModule({std::move(module), std::move(context)}));
    auto query = llvm::cantFail(engine->lookup("trimod_query"));
    auto *call = query.toPtr<const trimod_model *(*)(uint32_t)>();
    model = call(TRIMOD_ABI_VERSION);
    otherVersion = call(TRIMOD_ABI_VERSION + 1);
  }

  const trimod_model *model = nullptr;
  const trimod_model *otherVersion = nullptr;

private:
  static void defineEmpty(llvm::Function &function) {
    llvm::IRBuilder<> builder(llvm::BasicBlock::Create(function.getContext(), "", &function));
    if (function.getReturnType()->isVoidTy())
      builder.CreateRetVoid();
    else
      builder.CreateRet(builder.getInt64(77));
  }

  std::unique_ptr<llvm::orc::LLJIT> engine;
};

ModelContents makeContents() {
  const NamedTensor matrix{"w", {TRIMOD_F32, {2, 3}}}, half{"h", {TRIMOD_F16, {5}}},
      derived{"derived:tag.v4.0", {TRIMOD_F32, {}}};
  ModelContents contents;
  contents.name = "test";
  contents.compiler = "trimod 0";
  contents.functions = {makeFunction("tag", TRIMOD_X86_64_V3, {matrix, half}),
                        makeFunction("segment", TRIMOD_X86_64_V3, {half}),
                        makeFunction("tag", TRIMOD_X86_64_V4, {derived, matrix})};
  return contents;
}

TEST(ModelDescriptorTest, SaysWhatTheFunctionsTakeAndGive) {
  const std::string vocabulary = "an image\0with a zero";
  ModelContents contents = makeContents();
  contents.vocabulary = vocabulary;
  LoadedModel loaded(contents);
  const trimod_model *model = loaded.model;
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(loaded.otherVersion, nullptr);
  EXPECT_EQ(model->abi_version, TRIMOD_ABI_VERSION);
  EXPECT_EQ(model->struct_size, sizeof(trimod_model));
  EXPECT_STREQ(model->name, "test");
  EXPECT_STREQ(model->compiler, "trimod 0");
  ASSERT_EQ(model->vocabulary.size, vocabulary.size());
  EXPECT_EQ(std::memcmp(model->vocabulary.data, vocabulary.data(), vocabulary.size()), 0);

  ASSERT_EQ(model->function_count, 3u);
  const trimod_function &first = model->functions[0];
  EXPECT_STREQ(first.name, "tag");
  EXPECT_EQ(first.isa_level, TRIMOD_X86_64_V4);
  EXPECT_STREQ(model->functions[1].name, "tag");
  EXPECT_EQ(model->functions[1].isa_level, TRIMOD_X86_64_V3);
  EXPECT_STREQ(model->functions[2].name, "segment");
  ASSERT_EQ(first.input_count, 2u);
  EXPECT_STREQ(first.inputs[1].name, "tokens.offsets");
  EXPECT_EQ(first.inputs[1].dtype, TRIMOD_INDEX);
  EXPECT_EQ(first.inputs[1].rank, 1);
  EXPECT_EQ(first.inputs[0].index_bound, 50);
  EXPECT_EQ(first.inputs[1].index_bound, 0);
  ASSERT_EQ(first.output_count, 1u);
  EXPECT_EQ(first.outputs[0].shape[0], -1);
  EXPECT_EQ(first.outputs[0].shape[1], 9);
  EXPECT_EQ(first.outputs[0].index_bound, 0);
  EXPECT_EQ(first.workspace(nullptr), 77);
}

TEST(ModelDescriptorTest, ListsAParameterOnce) {
  LoadedModel loaded(makeContents());
  const trimod_model *model = loaded.model;
  ASSERT_EQ(model->parameter_count, 3u);
  EXPECT_STREQ(model->parameters[0].key, "derived:tag.v4.0");
  EXPECT_EQ(model->parameters[0].rank, 0);
  EXPECT_STREQ(model->parameters[1].key, "w");
  EXPECT_STREQ(model->parameters[2].key, "h");
  EXPECT_EQ(model->functions[0].parameters[1], 1u);
  EXPECT_EQ(model->functions[1].parameters[0], 1u);
  EXPECT_EQ(model->functions[2].parameters[0], 2u);
  for (uint32_t i = 0; i < model->parameter_count; ++i)
    EXPECT_EQ(model->parameters[i].data, nullptr);
}

TEST(ModelDescriptorTest, EmbedsWeightsAligned) {
  WeightStore weights;
  weights.add("w", {TRIMOD_F32, {2, 3}}, makeBytes(24, 1));
  weights.add("h", {TRIMOD_F16, {5}}, makeBytes(10, 40));
  weights.add("derived:tag.v4.0", {TRIMOD_F32, {}}, makeBytes(4, 80));
  ModelContents contents = makeContents();
  contents.weights = &weights;
  LoadedModel loaded(contents);
  const char firstByte[] = {80, 1, 40};
  const size_t sizes[] = {4, 24, 10};
  for (int i = 0; i < 3; ++i) {
    const trimod_parameter &parameter = loaded.model->parameters[i];
    ASSERT_NE(parameter.data, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(parameter.data) % TRIMOD_ALIGNMENT, 0u);
    llvm::SmallVector<char, 0> expected = makeBytes(sizes[i], firstByte[i]);
    EXPECT_EQ(std::memcmp(parameter.data, expected.data(), sizes[i]), 0) << parameter.key;
  }
}

std::string failToBuild(const ModelContents &contents) {
  auto machine = llvm::cantFail(createTargetMachine(kHostCpu));
  llvm::LLVMContext context;
  auto module = buildModelDescriptor(context, *machine, contents);
  return module ? "no error" : llvm::toString(module.takeError());
}

TEST(ModelDescriptorTest, RefusesWeightsThatDoNotFit) {
  WeightStore weights;
  weights.add("w", {TRIMOD_F32, {2, 3}}, makeBytes(24, 1));
  weights.add("derived:tag.v4.0", {TRIMOD_F32, {1}}, makeBytes(4, 80));
  ModelContents contents = makeContents();
  contents.weights = &weights;
  EXPECT_EQ(failToBuild(contents), "parameter 'derived:tag.v4.0': expected f32[], found f32[1]");
  weights.add("derived:tag.v4.0", {TRIMOD_F32, {}}, makeBytes(4, 80));
  EXPECT_EQ(failToBuild(contents),
            "parameter 'h': expected f16[5], found no tensor of that name in no weight file");
}

TEST(ModelDescriptorTest, RefusesFunctionsThatDisagree) {
  ModelContents contents = makeContents();
  contents.functions[1].parameters = {{"h", {TRIMOD_F16, {6}}}};
  EXPECT_EQ(failToBuild(contents), "parameter 'h' of function 'segment': expected f16[5] as in "
                                   "another function, got f16[6]");
}

} // namespace
