//===- EntryPointsTest.cpp - calling compiled functions as the runtime does -===//

#include "codegen/artifact/Jit.h"
#include "codegen/artifact/Passes.h"
#include "codegen/artifact/Signature.h"

#include "Lowering.h"
#include "mlir/Parser/Parser.h"
#include <gtest/gtest.h>

using namespace trimod;

namespace {

// out[i, j] = x[i, j] * w[j] + bias, computed by way of the workspace.
constexpr llvm::StringLiteral kScale = R"mlir(
  func.func @scale(%x: memref<?x3xf32> {trimod.name = "x"},
                   %w: memref<3xf32> {trimod.name = "w", trimod.parameter = "layer.weight"},
                   %bias: memref<f32> {trimod.name = "b", trimod.parameter = "layer.bias"},
                   %workspace: memref<?xi8> {trimod.workspace},
                   %out: memref<?x3xf32> {trimod.output, trimod.name = "y"})
      attributes {trimod.entry} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %rows = memref.dim %x, %c0 : memref<?x3xf32>
    %scratch = memref.view %workspace[%c0][%rows] : memref<?xi8> to memref<?x3xf32>
    %b = memref.load %bias[] : memref<f32>
    scf.for %i = %c0 to %rows step %c1 {
      scf.for %j = %c0 to %c3 step %c1 {
        %a = memref.load %x[%i, %j] : memref<?x3xf32>
        %s = memref.load %w[%j] : memref<3xf32>
        %m = arith.mulf %a, %s : f32
        memref.store %m, %scratch[%i, %j] : memref<?x3xf32>
        %t = memref.load %scratch[%i, %j] : memref<?x3xf32>
        %r = arith.addf %t, %b : f32
        memref.store %r, %out[%i, %j] : memref<?x3xf32>
      }
    }
    return
  }
  func.func @scale_workspace(%x: memref<?x3xf32>) -> index {
    %c0 = arith.constant 0 : index
    %c12 = arith.constant 12 : index
    %rows = memref.dim %x, %c0 : memref<?x3xf32>
    %bytes = arith.muli %rows, %c12 : index
    return %bytes : index
  }
)mlir";

TEST(EntryPointsTest, CallsThroughTensorStructs) {
  mlir::MLIRContext context(test::getUpstreamDialects());
  auto module = mlir::parseSourceString<mlir::ModuleOp>(kScale, &context);
  ASSERT_TRUE(module);
  ASSERT_TRUE(mlir::succeeded(test::lowerToLLVM(*module, "x86-64-v3")));
  auto jit = Jit::create(*module);
  ASSERT_TRUE(bool(jit)) << llvm::toString(jit.takeError());
  auto entry = (*jit)->lookup<void(const trimod_tensor *)>("trimod_scale_v3");
  ASSERT_TRUE(bool(entry)) << llvm::toString(entry.takeError());
  auto workspace = (*jit)->lookup<int64_t(const trimod_tensor *)>("trimod_scale_v3_workspace");
  ASSERT_TRUE(bool(workspace)) << llvm::toString(workspace.takeError());

  float x[6] = {1, 2, 3, 4, 5, 6}, w[3] = {10, 20, 30}, bias = 0.5f, y[6] = {};
  trimod_tensor tensors[5] = {{x, {2, 3}}, {w, {3}}, {&bias, {}}, {nullptr, {0}}, {y, {2, 3}}};
  const int64_t bytes = (*workspace)(tensors);
  EXPECT_EQ(bytes, 24);
  std::vector<char> scratch(bytes);
  tensors[3] = {scratch.data(), {bytes}};
  (*entry)(tensors);
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(y[i], x[i] * w[i % 3] + bias) << i;
}

TEST(EntryPointsTest, NothingElseIsVisible) {
  mlir::MLIRContext context(test::getUpstreamDialects());
  auto module = mlir::parseSourceString<mlir::ModuleOp>(kScale, &context);
  ASSERT_TRUE(mlir::succeeded(test::lowerToLLVM(*module, "x86-64-v4")));
  auto text = compileModule(*module, "x86-64-v3", CodeKind::LLVMIR);
  ASSERT_TRUE(bool(text));
  const std::string ir(text->begin(), text->end());
  EXPECT_NE(ir.find("define hidden void @trimod_scale_v4(ptr"), std::string::npos) << ir;
  EXPECT_EQ(ir.find("define void @scale"), std::string::npos) << ir;
}

TEST(EntryPointsTest, ReadsTheSignature) {
  mlir::MLIRContext context(test::getUpstreamDialects());
  auto module = mlir::parseSourceString<mlir::ModuleOp>(kScale, &context);
  auto signatures = readSignatures(*module, TRIMOD_X86_64_V4);
  ASSERT_TRUE(mlir::succeeded(signatures));
  ASSERT_EQ(signatures->size(), 1u);
  const FunctionSignature &scale = signatures->front();
  EXPECT_EQ(scale.name, "scale");
  ASSERT_EQ(scale.inputs.size(), 1u);
  EXPECT_EQ(scale.inputs[0].name, "x");
  EXPECT_EQ(describe(scale.inputs[0].tensor), "f32[?x3]");
  ASSERT_EQ(scale.parameters.size(), 2u);
  EXPECT_EQ(scale.parameters[0].name, "layer.weight");
  EXPECT_EQ(describe(scale.parameters[1].tensor), "f32[]");
  ASSERT_EQ(scale.outputs.size(), 1u);
  EXPECT_EQ(scale.outputs[0].name, "y");
}

} // namespace
