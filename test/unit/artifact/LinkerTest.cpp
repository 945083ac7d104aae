//===- LinkerTest.cpp - from signatures to a library that loads -----------===//

#include "codegen/artifact/Linker.h"
#include "codegen/artifact/CodeGen.h"
#include "codegen/artifact/ModelDescriptor.h"

#include "Lowering.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <dlfcn.h>
#include <gtest/gtest.h>

using namespace trimod;
namespace fs = llvm::sys::fs;

namespace {

constexpr llvm::StringLiteral kNegate = R"mlir(
  func.func @negate(%x: memref<?xf32> {trimod.name = "x"}, %workspace: memref<?xi8> {trimod.workspace},
                    %y: memref<?xf32> {trimod.output, trimod.name = "y"})
      attributes {trimod.entry} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %size = memref.dim %x, %c0 : memref<?xf32>
    scf.for %i = %c0 to %size step %c1 {
      %a = memref.load %x[%i] : memref<?xf32>
      %n = arith.negf %a : f32
      memref.store %n, %y[%i] : memref<?xf32>
    }
    return
  }
  func.func @negate_workspace(%x: memref<?xf32>) -> index {
    %c0 = arith.constant 0 : index
    return %c0 : index
  }
)mlir";

class LinkerTest : public ::testing::Test {
protected:
  LinkerTest() { fs::createUniqueDirectory("trimod-linker-test", directory); }
  ~LinkerTest() override { fs::remove_directories(directory); }

  std::string getPath(llvm::StringRef name) {
    llvm::SmallString<128> path(directory);
    llvm::sys::path::append(path, name);
    return path.str().str();
  }

  unsigned countFiles() {
    unsigned count = 0;
    std::error_code error;
    for (fs::directory_iterator file(directory, error), end; file != end; file.increment(error))
      ++count;
    return count;
  }

  static std::vector<ObjectCode> compileNegate() {
    mlir::MLIRContext context(test::getUpstreamDialects());
    auto module = mlir::parseSourceString<mlir::ModuleOp>(kNegate, &context);
    ModelContents contents;
    contents.name = "negate";
    contents.functions = *readSignatures(*module, TRIMOD_X86_64_V3);
    EXPECT_TRUE(mlir::succeeded(test::lowerToLLVM(*module, "x86-64-v3")));
    std::vector<ObjectCode> objects;
    objects.push_back(llvm::cantFail(compileModule(*module, "x86-64-v3", CodeKind::Object)));
    auto machine = llvm::cantFail(createTargetMachine("x86-64-v3"));
    llvm::LLVMContext llvmContext;
    auto descriptor = llvm::cantFail(buildModelDescriptor(llvmContext, *machine, contents));
    objects.push_back(llvm::cantFail(emitCode(*descriptor, *machine, CodeKind::Object)));
    return objects;
  }

  llvm::SmallString<128> directory;
};

TEST_F(LinkerTest, MakesALibraryThatAnswers) {
  const std::string path = getPath("negate.so");
  llvm::Error error = link(compileNegate(), LinkKind::SharedLibrary, path, {});
  ASSERT_FALSE(bool(error)) << llvm::toString(std::move(error));
  EXPECT_EQ(countFiles(), 1u);

  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << dlerror();
  auto *query = reinterpret_cast<const trimod_model *(*)(uint32_t)>(dlsym(library, "trimod_query"));
  ASSERT_NE(query, nullptr);
  EXPECT_EQ(dlsym(library, "trimod_negate_v3"), nullptr) << "only trimod_query is exported";
  const trimod_model *model = query(TRIMOD_ABI_VERSION);
  ASSERT_EQ(model->function_count, 1u);
  float x[2] = {1, -2}, y[2] = {};
  trimod_tensor tensors[3] = {{x, {2}}, {nullptr, {0}}, {y, {2}}};
  EXPECT_EQ(model->functions[0].workspace(tensors), 0);
  model->functions[0].entry(tensors);
  EXPECT_EQ(y[0], -1);
  EXPECT_EQ(y[1], 2);
  dlclose(library);
}

TEST_F(LinkerTest, PassesOnWhatTheDriverSays) {
  llvm::SmallVector<char, 0> noObject;
  for (char character : llvm::StringRef("this is no object file"))
    noObject.push_back(character);
  const std::string message =
      llvm::toString(link({noObject}, LinkKind::SharedLibrary, getPath("broken.so"), {}));
  EXPECT_NE(message.find("failed: "), std::string::npos) << message;
  EXPECT_NE(message.find("part0.o"), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
}

TEST_F(LinkerTest, NamesAMissingDriverAndRuntime) {
  LinkerOptions options;
  options.driver = "no-such-compiler";
  EXPECT_NE(llvm::toString(link({}, LinkKind::Executable, getPath("a"), options))
                .find("no program 'no-such-compiler' to link with"),
            std::string::npos);
  options = {};
  options.runtimeDirectory = directory.str().str();
  EXPECT_NE(llvm::toString(link({}, LinkKind::Executable, getPath("a"), options))
                .find("libtrimod-main.a' is missing: name its directory with --runtime-dir"),
            std::string::npos);
  auto runtime = findRuntimeDirectory(getPath("bin/trimod-compile"));
  ASSERT_FALSE(bool(runtime));
  EXPECT_NE(llvm::toString(runtime.takeError()).find("no libtrimod-runtime.a in "),
            std::string::npos);
}

} // namespace
