#include "KernelHarness.h"
#include "codegen/cpu/Bufferization.h"
#include "codegen/cpu/LowerToLLVM.h"
#include "dialect/TriMod.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/TargetSelect.h"
#include <cstdio>

using namespace mlir;

namespace trimod::test {

static DialectRegistry makeRegistry() {
  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  registry.insert<TriModDialect>();
  registerBufferizationModels(registry);
  return registry;
}

KernelHarness::KernelHarness(IsaLevel level)
    : target{level}, context(makeRegistry(), MLIRContext::Threading::DISABLED) {
  context.loadDialect<arith::ArithDialect, func::FuncDialect, math::MathDialect,
                      memref::MemRefDialect, scf::SCFDialect, vector::VectorDialect>();
  module = ModuleOp::create(UnknownLoc::get(&context));
}

void KernelHarness::parse(llvm::StringRef text) {
  module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    llvm::report_fatal_error("the module does not parse");
}

void KernelHarness::expose(func::FuncOp function) {
  function.setPublic();
  function->setAttr("llvm.emit_c_interface", UnitAttr::get(&context));
}

void KernelHarness::compile() {
  PassManager manager(&context);
  buildLowerToLLVMPipeline(manager, target);
  if (failed(verify(*module)) || failed(manager.run(*module)))
    llvm::report_fatal_error("the kernels do not lower");
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  jit = llvm::cantFail(Jit::create(*module, target.name()));
}

std::vector<IsaLevel> getRunnableLevels() {
  std::vector<IsaLevel> levels;
  for (IsaLevel level : {IsaLevel::V3, IsaLevel::V4}) {
    if (hostSupports(level))
      levels.push_back(level);
    else
      std::printf("skipped: this machine cannot run %s\n", Target{level}.name().data());
  }
  return levels;
}

std::vector<float> randomFloats(size_t count, unsigned seed, float scale) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> distribution(-scale, scale);
  std::vector<float> values(count);
  for (float &value : values)
    value = distribution(generator);
  return values;
}

} // namespace trimod::test
