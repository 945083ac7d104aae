//===- EvaluateTest.cpp - init functions, evaluated and exposed -----------===//

#include "codegen/artifact/Evaluate.h"

#include "Lowering.h"
#include "dialect/TriMod.h"
#include "mlir/Parser/Parser.h"
#include <cstring>
#include <gtest/gtest.h>

using namespace trimod;

namespace {

// As trimod-outline-init leaves it: two values depend on parameters alone.
constexpr llvm::StringLiteral kOutlined = R"mlir(
  trimod.parameter @w "layer.weight" : tensor<3xf32>
  func.func private @double(%x: tensor<3xf32>) -> tensor<3xf32> {
    %y = arith.addf %x, %x : tensor<3xf32>
    return %y : tensor<3xf32>
  }
  func.func private @tag_init() -> (tensor<3xf32>, tensor<3xf32>) {
    %w = trimod.get_parameter @w : tensor<3xf32>
    %doubled = func.call @double(%w) : (tensor<3xf32>) -> tensor<3xf32>
    %squared = arith.mulf %w, %w : tensor<3xf32>
    return %doubled, %squared : tensor<3xf32>, tensor<3xf32>
  }
  func.func @tag(%x: tensor<3xf32> {trimod.name = "x"},
                 %squared: tensor<3xf32> {trimod.derived = 1 : i64},
                 %doubled: tensor<3xf32> {trimod.derived = 0 : i64})
      -> (tensor<3xf32> {trimod.name = "y"}) attributes {trimod.init = @tag_init} {
    %a = arith.mulf %x, %doubled : tensor<3xf32>
    %y = arith.addf %a, %squared : tensor<3xf32>
    return %y : tensor<3xf32>
  }
)mlir";

// What the kernels phase would make of @tag_init.
constexpr llvm::StringLiteral kInitKernel = R"mlir(
  func.func @tag_init(
      %w: memref<3xf32> {trimod.name = "w", trimod.parameter = "layer.weight"},
      %workspace: memref<?xi8> {trimod.workspace},
      %doubled: memref<3xf32> {trimod.output, trimod.name = "derived:tag.v4.0"},
      %squared: memref<3xf32> {trimod.output, trimod.name = "derived:tag.v4.1"})
      attributes {trimod.entry} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    scf.for %i = %c0 to %c3 step %c1 {
      %x = memref.load %w[%i] : memref<3xf32>
      %d = arith.addf %x, %x : f32
      %s = arith.mulf %x, %x : f32
      memref.store %d, %doubled[%i] : memref<3xf32>
      memref.store %s, %squared[%i] : memref<3xf32>
    }
    return
  }
  func.func @tag_init_workspace() -> index {
    %c0 = arith.constant 0 : index
    return %c0 : index
  }
)mlir";

class EvaluateTest : public ::testing::Test {
protected:
  EvaluateTest() : context(test::getUpstreamDialects()) {
    module = mlir::parseSourceString<mlir::ModuleOp>(kOutlined, &context);
  }

  std::string print() {
    std::string text;
    llvm::raw_string_ostream stream(text);
    module->print(stream);
    return text;
  }

  /// Replaces the isolated init function by its kernel.
  mlir::FailureOr<std::vector<FunctionSignature>> lower(mlir::ModuleOp isolated) {
    isolated->walk([&](mlir::func::FuncOp function) {
      if (function.isPublic())
        isolatedEntry += function.getName().str() + ";";
    });
    auto kernel = mlir::parseSourceString<mlir::ModuleOp>(kInitKernel, &context);
    isolated.getBodyRegion().takeBody(kernel->getBodyRegion());
    auto signatures = readSignatures(isolated, TRIMOD_X86_64_V4);
    if (mlir::failed(signatures) || mlir::failed(test::lowerToLLVM(isolated, "x86-64-v4")))
      return mlir::failure();
    return signatures;
  }

  std::string isolatedEntry;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

TEST_F(EvaluateTest, ComputesDerivedWeights) {
  const float w[3] = {1.5f, -2, 3};
  WeightStore weights;
  const char *bytes = reinterpret_cast<const char *>(w);
  weights.add("layer.weight", {TRIMOD_F32, {3}}, llvm::SmallVector<char, 0>(bytes, bytes + 12));
  auto lowering = [&](mlir::ModuleOp isolated) { return lower(isolated); };
  ASSERT_TRUE(mlir::succeeded(evaluateInit(*module, TRIMOD_X86_64_V4, weights, lowering)));
  EXPECT_EQ(isolatedEntry, "tag_init;");

  auto doubled = weights.find("derived:tag.v4.0", {TRIMOD_F32, {3}});
  auto squared = weights.find("derived:tag.v4.1", {TRIMOD_F32, {3}});
  ASSERT_TRUE(bool(doubled)) << llvm::toString(doubled.takeError());
  ASSERT_TRUE(bool(squared)) << llvm::toString(squared.takeError());
  float values[3];
  std::memcpy(values, doubled->bytes.data(), 12);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(values[i], 2 * w[i]);
  std::memcpy(values, squared->bytes.data(), 12);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(values[i], w[i] * w[i]);

  ASSERT_TRUE(mlir::succeeded(module->verify()));
  const std::string text = print();
  EXPECT_EQ(text.find("tag_init"), std::string::npos) << text;
  EXPECT_EQ(text.find("trimod.derived"), std::string::npos) << text;
  EXPECT_NE(text.find("trimod.parameter @tag_derived_0_v4 \"derived:tag.v4.0\" : tensor<3xf32>"),
            std::string::npos)
      << text;
  // %x * doubled + squared, although the arguments stood in the other order.
  auto tag = module->lookupSymbol<mlir::func::FuncOp>("tag");
  EXPECT_EQ(tag.getNumArguments(), 1u);
  mlir::Operation *product = *tag.getArgument(0).user_begin();
  EXPECT_EQ(product->getOperand(1).getDefiningOp<GetParameterOp>().getName(), "tag_derived_0_v4");
}

TEST_F(EvaluateTest, NamesAMissingWeight) {
  WeightStore weights;
  std::string message;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    message = diagnostic.str();
    return mlir::success();
  });
  auto lowering = [&](mlir::ModuleOp isolated) { return lower(isolated); };
  EXPECT_TRUE(mlir::failed(evaluateInit(*module, TRIMOD_X86_64_V4, weights, lowering)));
  EXPECT_EQ(message, "cannot evaluate 'tag_init': parameter 'layer.weight': expected f32[3], found "
                     "no tensor of that name in no weight file");
}

TEST_F(EvaluateTest, ExposesInitForExternalWeights) {
  ASSERT_TRUE(mlir::succeeded(exposeInit(*module, TRIMOD_X86_64_V3)));
  ASSERT_TRUE(mlir::succeeded(module->verify()));
  auto init = module->lookupSymbol<mlir::func::FuncOp>("tag.init");
  ASSERT_TRUE(init) << print();
  EXPECT_TRUE(init.isPublic());
  EXPECT_EQ(init.getResultAttrOfType<mlir::StringAttr>(1, kNameAttr).getValue(),
            "derived:tag.v3.1");
  std::vector<std::string> keys;
  for (auto parameter : module->getOps<ParameterOp>())
    keys.push_back(parameter.getKey().str());
  const std::vector<std::string> expected = {"layer.weight", "derived:tag.v3.0",
                                             "derived:tag.v3.1"};
  EXPECT_EQ(keys, expected);
}

} // namespace
