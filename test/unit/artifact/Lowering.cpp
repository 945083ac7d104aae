//===- Lowering.cpp - upstream's lowering, for tests of hand-written IR ---===//

#include "Lowering.h"

#include "codegen/artifact/Passes.h"
#include "dialect/TriMod.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;

const DialectRegistry &trimod::test::getUpstreamDialects() {
  static const DialectRegistry registry = [] {
    DialectRegistry dialects;
    registerAllDialects(dialects);
    registerAllExtensions(dialects);
    dialects.insert<TriModDialect>();
    registerAllPasses();
    return dialects;
  }();
  return registry;
}

LogicalResult trimod::test::lowerToLLVM(ModuleOp module, llvm::StringRef level) {
  PassManager manager(module.getContext());
  EntryPointsOptions options;
  options.level = level.str();
  manager.addPass(createEntryPoints(options));
  if (failed(parsePassPipeline("convert-scf-to-cf,expand-strided-metadata,lower-affine,"
                               "finalize-memref-to-llvm,convert-func-to-llvm,"
                               "convert-arith-to-llvm,convert-index-to-llvm,convert-cf-to-llvm,"
                               "reconcile-unrealized-casts",
                               manager)))
    return failure();
  return manager.run(module);
}
