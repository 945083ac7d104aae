#include "runtime/Model.h"

#include "FakeModel.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <unistd.h>

using namespace trimod;
using namespace trimod::test;

namespace {

// The fake functions are plain C++, so any machine can run them, whatever level they claim.
class ModelTest : public testing::Test {
protected:
  void SetUp() override {
    if (detectIsaLevel() < TRIMOD_X86_64_V3)
      GTEST_SKIP() << "needs x86-64-v3";
    path = testing::TempDir() + "model-test-" + std::to_string(::getpid()) + ".safetensors";
  }
  void TearDown() override { std::remove(path.c_str()); }

  void writeWeights(const std::string &contents) {
    std::ofstream(path, std::ios::binary) << contents;
  }

  std::string refusal(const FakeModel &fake, const ModelOptions &options) {
    Result<Model> model = Model::open(&fake.model, options);
    if (!model)
      return model.error().message;
    Result<CompiledFunction> function = model->load("tag");
    return function ? "accepted" : function.error().message;
  }

  std::string path;
};

TEST_F(ModelTest, RefusesOtherInterfaces) {
  EXPECT_FALSE(bool(Model::open(nullptr, {})));
  FakeModel fake(true);
  fake.model.abi_version = 7;
  EXPECT_EQ(refusal(fake, {}),
            "expected an artefact of interface version 2, found version 7 by trimod 0.0: "
            "compile the model again");
}

TEST_F(ModelTest, ChoosesTheHighestLevelThatTheCpuHas) {
  FakeModel fake(true);
  std::vector<trimod_function> functions = {fake.functions[0], fake.functions[0]};
  functions[0].isa_level = TRIMOD_X86_64_V4;
  fake.model.functions = functions.data();
  Result<Model> best = Model::open(&fake.model, {});
  EXPECT_EQ(best->load("tag")->description().isa_level, detectIsaLevel());
  Result<Model> forced = Model::open(&fake.model, {{}, TRIMOD_X86_64_V3});
  EXPECT_EQ(forced->load("tag")->description().isa_level, TRIMOD_X86_64_V3);
}

TEST_F(ModelTest, NamesLevelsAndFunctionsThatAreMissing) {
  FakeModel fake(true);
  std::string message = refusal(fake, {{}, TRIMOD_X86_64_V4});
  if (detectIsaLevel() >= TRIMOD_X86_64_V4)
    EXPECT_EQ(message, "function 'tag': expected code for x86-64-v4 (forced by TRIMOD_ISA), found "
                       "code for x86-64-v3");
  else
    EXPECT_EQ(message,
              "TRIMOD_ISA: expected a level that this CPU has (x86-64-v3), found x86-64-v4");
  fake.functions[0].isa_level = 9;
  EXPECT_NE(refusal(fake, {}).find("or below, found code for x86-64-v9"), std::string::npos);
  fake.functions[0].name = "segment";
  EXPECT_EQ(refusal(fake, {}), "expected a model with function 'tag', found none in 'fake'");
}

TEST_F(ModelTest, ReadsLevelsByName) {
  EXPECT_EQ(*parseIsaLevel("x86-64-v4"), TRIMOD_X86_64_V4);
  Result<trimod_isa_level> wrong = parseIsaLevel("v3");
  ASSERT_FALSE(bool(wrong));
  EXPECT_EQ(wrong.error().message,
            "expected an instruction level x86-64-v3 or x86-64-v4, found 'v3'");
}

TEST_F(ModelTest, ComputesDerivedParametersFromExternalWeights) {
  writeWeights(fakeWeightsFile());
  FakeModel fake(false);
  Result<Model> model = Model::open(&fake.model, {{path}, std::nullopt});
  ASSERT_TRUE(bool(model)) << model.error().message;
  Result<CompiledFunction> function = model->load("tag");
  ASSERT_TRUE(bool(function)) << function.error().message;
  const float *bias = static_cast<const float *>(function->parameter(1).data);
  EXPECT_EQ(std::vector<float>(bias, bias + 5), (std::vector<float>{1, 2, 3, 4, 5}));
}

TEST_F(ModelTest, NamesWeightsThatDoNotFit) {
  FakeModel fake(false);
  EXPECT_EQ(refusal(fake, {}), "parameter 'word.labels': the model has no embedded weights: give a "
                               "safetensors file (--weights FILE)");
  writeWeights(fakeWeightsFile());
  fake.parameters[0].shape[0] = 11;
  EXPECT_EQ(refusal(fake, {{path}, std::nullopt}),
            path + ": parameter 'word.labels': expected I32 [11, 1], found I32 [10, 1]");
  fake.parameters[0] = {"word.labels", TRIMOD_F32, 2, {10, 1}, nullptr};
  EXPECT_EQ(refusal(fake, {{path}, std::nullopt}),
            path + ": parameter 'word.labels': expected F32 [10, 1], found I32 [10, 1]");
  fake.parameters[0].dtype = TRIMOD_I8;
  EXPECT_EQ(refusal(fake, {{path}, std::nullopt}),
            path + ": parameter 'word.labels': expected I8 [10, 1], found I32 [10, 1]");
  fake.parameters[0] = {"other", TRIMOD_I32, 1, {10}, nullptr};
  EXPECT_EQ(refusal(fake, {{path}, std::nullopt}),
            path + ": parameter 'other': expected I32 [10], found no tensor of this name");
  fake.parameters[0] = {"word.labels", TRIMOD_I32, 1, {-1}, nullptr};
  EXPECT_EQ(refusal(fake, {{path}, std::nullopt}),
            "parameter 'word.labels': expected a known type and sizes, found i32[?]");
  EXPECT_EQ(refusal(fake, {{path + ".none"}, std::nullopt}),
            path + ".none: cannot open: No such file or directory");
}

TEST_F(ModelTest, RefusesAWeightsFileThatItWouldNotUse) {
  writeWeights(fakeWeightsFile());
  FakeModel fake(true);
  EXPECT_EQ(refusal(fake, {{path}, std::nullopt}),
            path + ": expected no weights file, found one: 'fake' has its weights embedded");
  fake.parameters[1].data = nullptr; // one is enough to need a file
  EXPECT_EQ(refusal(fake, {{path}, std::nullopt}), "accepted");
}

TEST_F(ModelTest, ChecksTheInitFunction) {
  writeWeights(fakeWeightsFile());
  FakeModel fake(false);
  fake.initOutputs[0].shape[0] = 6;
  EXPECT_EQ(refusal(fake, {{path}, std::nullopt}),
            "function 'tag.init', output 'derived:bias': expected f32[5], found f32[6]");
  fake.initOutputs[0].name = "bias";
  EXPECT_EQ(refusal(fake, {{path}, std::nullopt}),
            "function 'tag.init': expected outputs that are parameters of 'tag', found 'bias'");
  fake.functions[1].output_count = 0;
  EXPECT_EQ(refusal(fake, {{path}, std::nullopt}),
            "function 'tag.init': expected an output 'derived:bias', found none");
  fake.functions[1].name = "init";
  EXPECT_EQ(refusal(fake, {{path}, std::nullopt}),
            "expected a model with function 'tag.init', found none in 'fake'");
}

TEST_F(ModelTest, PairsDerivedParametersByName) {
  writeWeights(fakeWeightsFile());
  FakeModel fake(false);
  // Two derived parameters, which the init function gives in the other order.
  fake.tagParameters.push_back(std::uint32_t(fake.parameters.size()));
  fake.parameters.push_back({"derived:double", TRIMOD_F32, 1, {5}, nullptr});
  fake.functions[0].parameter_count = std::uint32_t(fake.tagParameters.size());
  fake.functions[0].parameters = fake.tagParameters.data();
  fake.model.parameters = fake.parameters.data();
  fake.model.parameter_count = std::uint32_t(fake.parameters.size());
  fake.initOutputs.insert(fake.initOutputs.begin(), fake.initOutputs[0]);
  fake.initOutputs[0].name = "derived:double";
  fake.functions[1].outputs = fake.initOutputs.data();
  fake.functions[1].output_count = 2;
  fake.functions[1].entry = [](const trimod_tensor *tensors) {
    // scale, workspace, the outputs
    for (int i = 0; i < 5; ++i) {
      static_cast<float *>(tensors[2].data)[i] = 7;
      static_cast<float *>(tensors[3].data)[i] = 8;
    }
  };
  Result<Model> model = Model::open(&fake.model, {{path}, std::nullopt});
  ASSERT_TRUE(bool(model)) << model.error().message;
  Result<CompiledFunction> function = model->load("tag");
  ASSERT_TRUE(bool(function)) << function.error().message;
  EXPECT_EQ(static_cast<const float *>(function->parameter(1).data)[4], 8);
  EXPECT_EQ(static_cast<const float *>(function->parameter(3).data)[4], 7);
  fake.initOutputs[0].name = "derived:bias";
  EXPECT_EQ(refusal(fake, {{path}, std::nullopt}),
            "function 'tag.init', output 'derived:bias': expected it once, found f32[5]");
}

} // namespace
