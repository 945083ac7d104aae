#include "codegen/cpu/LowerToLLVM.h"
#include "codegen/cpu/Activations.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Conversion/VectorToSCF/VectorToSCF.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace trimod {
namespace {

/// Only `passthrough` reaches LLVM: the attribute llvm.target_cpu is ignored without a word.
struct AttachTargetPass : PassWrapper<AttachTargetPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(AttachTargetPass)

  explicit AttachTargetPass(const Target &target = {}) { level = target.name(); }
  AttachTargetPass(const AttachTargetPass &other) : PassWrapper(other) { level = other.level; }

  StringRef getArgument() const override { return "trimod-attach-target"; }
  StringRef getDescription() const override {
    return "name the target's cpu on every function, and hide private functions";
  }

  void runOnOperation() override {
    Result<trimod_isa_level> known = parseIsaLevel(level.getValue());
    if (!known) {
      getOperation().emitError() << known.error().message;
      return signalPassFailure();
    }
    const Target target(*known);
    Builder builder(&getContext());
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>()) {
      if (function.isExternal())
        continue;
      // Two objects of one artefact may hold the same kernel.
      if (function.isPrivate())
        function.setLinkage(LLVM::Linkage::Internal);
      SmallVector<Attribute> attributes;
      if (ArrayAttr present = function.getPassthroughAttr())
        llvm::append_range(attributes, present);
      attributes.push_back(builder.getStrArrayAttr({"target-cpu", target.name()}));
      attributes.push_back(
          builder.getStrArrayAttr({"prefer-vector-width", target.preferredVectorWidth()}));
      function.setPassthroughAttr(builder.getArrayAttr(attributes));
    }
  }

private:
  Option<std::string> level{*this, "level", llvm::cl::desc("x86-64-v3 or x86-64-v4"),
                            llvm::cl::init("x86-64-v3")};
};

} // namespace

std::unique_ptr<Pass> createAttachTargetPass(const Target &target) {
  return std::make_unique<AttachTargetPass>(target);
}

void buildLowerToLLVMPipeline(OpPassManager &manager, const Target &target) {
  manager.addPass(createConvertLinalgToLoopsPass());
  manager.addPass(createPolynomialMathPass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(mlir::createConvertVectorToSCFPass());
  manager.addPass(createLowerAffinePass());
  manager.addPass(createSCFToControlFlowPass());
  ConvertVectorToLLVMPassOptions vectorOptions;
  vectorOptions.x86Vector = true;
  manager.addPass(createConvertVectorToLLVMPass(vectorOptions));
  manager.addPass(memref::createExpandStridedMetadataPass());
  manager.addPass(createLowerAffinePass());
  manager.addPass(createFinalizeMemRefToLLVMConversionPass());
  manager.addPass(createConvertMathToLLVMPass());
  // What LLVM has no intrinsic for. Declares functions, so it comes before their conversion.
  manager.addPass(createConvertMathToLibmPass());
  manager.addPass(createConvertFuncToLLVMPass());
  manager.addPass(createArithToLLVMConversionPass());
  manager.addPass(createConvertIndexToLLVMPass());
  manager.addPass(createUBToLLVMConversionPass());
  manager.addPass(createConvertControlFlowToLLVMPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createAttachTargetPass(target));
}

void registerCodegenCPUPasses() {
  registerPass(createPolynomialMathPass);
  PassRegistration<AttachTargetPass>();
}

} // namespace trimod
