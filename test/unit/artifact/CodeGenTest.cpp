//===- CodeGenTest.cpp - Machine code and the in-process JIT --------------===//

#include "codegen/artifact/Jit.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/SourceMgr.h"
#include <gtest/gtest.h>

using namespace trimod;

namespace {

constexpr llvm::StringLiteral kArithmetic = R"mlir(
  llvm.func @multiply_add(%a: f32, %b: f32, %c: f32) -> f32 {
    %product = llvm.fmul %a, %b : f32
    %sum = llvm.fadd %product, %c : f32
    llvm.return %sum : f32
  }
  llvm.func @fused(%a: f32, %b: f32, %c: f32) -> f32 {
    %sum = llvm.intr.fma(%a, %b, %c) : (f32, f32, f32) -> f32
    llvm.return %sum : f32
  }
  llvm.mlir.global internal constant @scale(2.5 : f32) {addr_space = 0 : i32} : f32
  llvm.func @address() -> !llvm.ptr {
    %address = llvm.mlir.addressof @scale : !llvm.ptr
    llvm.return %address : !llvm.ptr
  }
  llvm.func @add16(%a: !llvm.ptr, %b: !llvm.ptr) {
    %x = llvm.load %a {alignment = 4 : i64} : !llvm.ptr -> vector<16xf32>
    %y = llvm.load %b {alignment = 4 : i64} : !llvm.ptr -> vector<16xf32>
    %sum = llvm.fadd %x, %y : vector<16xf32>
    llvm.store %sum, %a {alignment = 4 : i64} : vector<16xf32>, !llvm.ptr
    llvm.return
  }
)mlir";

class CodeGenTest : public ::testing::Test {
protected:
  CodeGenTest() {
    context.loadDialect<mlir::LLVM::LLVMDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(kArithmetic, &context);
  }

  std::string compile(llvm::StringRef cpu, CodeKind kind) {
    llvm::Expected<llvm::SmallVector<char, 0>> code = compileModule(*module, cpu, kind);
    if (!code)
      return "error: " + llvm::toString(code.takeError());
    return std::string(code->begin(), code->end());
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

std::string functionBody(const std::string &assembly, const std::string &name) {
  const size_t begin = assembly.find("\n" + name + ":");
  return assembly.substr(begin, assembly.find("\tretq", begin) - begin);
}

TEST_F(CodeGenTest, ContractsNothingOfItself) {
  const std::string assembly = compile("x86-64-v3", CodeKind::Assembly);
  EXPECT_EQ(functionBody(assembly, "multiply_add").find("vfmadd"), std::string::npos) << assembly;
  EXPECT_NE(functionBody(assembly, "fused").find("vfmadd"), std::string::npos) << assembly;
}

TEST_F(CodeGenTest, AddressesAreRelative) {
  const std::string assembly = compile("x86-64-v3", CodeKind::Assembly);
  EXPECT_NE(functionBody(assembly, "address").find("(%rip)"), std::string::npos) << assembly;
  EXPECT_EQ(assembly.find(".ltext"), std::string::npos) << assembly;
}

TEST_F(CodeGenTest, UsesTheFullWidthOfEachLevel) {
  EXPECT_EQ(compile("x86-64-v3", CodeKind::Assembly).find("zmm"), std::string::npos);
  EXPECT_NE(compile("x86-64-v4", CodeKind::Assembly).find("zmm"), std::string::npos);
}

TEST_F(CodeGenTest, WritesObjectsAndLLVMIR) {
  EXPECT_EQ(compile("x86-64-v3", CodeKind::Object).substr(1, 3), "ELF");
  const std::string text = compile("x86-64-v3", CodeKind::LLVMIR);
  EXPECT_NE(text.find("define float @fused"), std::string::npos) << text;
  EXPECT_EQ(text.find("fast"), std::string::npos) << text;
}

TEST_F(CodeGenTest, NamesAnUnknownProcessor) {
  EXPECT_NE(compile("x86-64-v9", CodeKind::Object).find("unknown processor 'x86-64-v9'"),
            std::string::npos);
}

TEST_F(CodeGenTest, RunsInProcess) {
  auto jit = Jit::create(*module);
  ASSERT_TRUE(bool(jit)) << llvm::toString(jit.takeError());
  auto add16 = (*jit)->lookup<void(float *, float *)>("add16");
  ASSERT_TRUE(bool(add16)) << llvm::toString(add16.takeError());
  float a[16], b[16];
  for (int i = 0; i < 16; ++i) {
    a[i] = i;
    b[i] = 0.5f;
  }
  (*add16)(a, b);
  for (int i = 0; i < 16; ++i)
    EXPECT_EQ(a[i], i + 0.5f);

  auto missing = (*jit)->lookup<void()>("absent");
  ASSERT_FALSE(bool(missing));
  EXPECT_NE(llvm::toString(missing.takeError()).find("absent"), std::string::npos);
}

TEST_F(CodeGenTest, RefusesWhatIsNotLowered) {
  context.allowUnregisteredDialects();
  auto foreign = mlir::parseSourceString<mlir::ModuleOp>(R"("test.op"() : () -> ())", &context);
  auto code = compileModule(*foreign, kHostCpu, CodeKind::Object);
  ASSERT_FALSE(bool(code));
  EXPECT_NE(llvm::toString(code.takeError()).find("test.op"), std::string::npos);
}

} // namespace
