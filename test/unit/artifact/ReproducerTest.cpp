//===- ReproducerTest.cpp - which failures leave a reproducer ---------------===//

#include "codegen/artifact/Reproducer.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <csignal>
#include <gtest/gtest.h>

using namespace mlir;
using namespace trimod;
namespace fs = llvm::sys::fs;

namespace {

enum class Outcome { Success, Error, Silence, Crash };

struct FailingPass : PassWrapper<FailingPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(FailingPass)

  explicit FailingPass(Outcome outcome) : outcome(outcome) {}
  StringRef getArgument() const override { return "failing"; }
  void runOnOperation() override {
    if (outcome == Outcome::Crash)
      std::raise(SIGSEGV);
    if (outcome == Outcome::Error)
      getOperation().emitError("expected another program");
    if (outcome != Outcome::Success)
      signalPassFailure();
  }

  Outcome outcome;
};

class ReproducerTest : public ::testing::Test {
protected:
  ReproducerTest() {
    fs::createTemporaryFile("trimod-reproducer-test", "mlir", path);
    fs::remove(path);
  }
  ~ReproducerTest() override { fs::remove(path); }

  /// Runs a pass with this outcome, and returns the reproducer's description.
  std::string run(Outcome outcome) {
    MLIRContext context;
    bool hasErrors = false;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      // The pass manager's own error is no reason.
      hasErrors |= !StringRef(diagnostic.str()).starts_with("Failures have been detected");
      return success();
    });
    OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
    PassManager manager(&context);
    manager.addPass(std::make_unique<FailingPass>(outcome));
    Reproducer reproducer(path.str().str());
    reproducer.watch(manager, [&] { return hasErrors; });
    EXPECT_EQ(succeeded(manager.run(*module)), outcome == Outcome::Success);
    return reproducer.describe();
  }

  llvm::SmallString<128> path;
};

TEST_F(ReproducerTest, NoneWithoutFailure) {
  EXPECT_EQ(run(Outcome::Success), "");
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(ReproducerTest, NoneIfAnErrorSaysWhatIsWrong) {
  EXPECT_EQ(run(Outcome::Error), "");
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(ReproducerTest, OfAPassThatFailsWithoutAnError) {
  const std::string expected = path.str().str() + " holds the program that the pass failed on: " +
                               "trimod-opt --run-reproducer " + path.str().str() + " repeats it";
  EXPECT_EQ(run(Outcome::Silence), expected);
  auto file = llvm::MemoryBuffer::getFile(path);
  ASSERT_TRUE(bool(file));
  EXPECT_TRUE((*file)->getBuffer().contains("mlir_reproducer"));
  EXPECT_TRUE((*file)->getBuffer().contains("failing"));
}

TEST_F(ReproducerTest, OfAPassThatCrashes) {
  EXPECT_NE(run(Outcome::Crash), "");
  EXPECT_TRUE(fs::exists(path));
}

} // namespace
