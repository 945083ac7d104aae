//===- CodeGen.cpp - From the LLVM dialect to machine code ----------------===//

#include "codegen/artifact/CodeGen.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;

namespace trimod {

namespace {

void initializeNativeTargetOnce() {
  static const bool initialized = [] {
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
    InitializeNativeTargetAsmParser();
    return true;
  }();
  (void)initialized;
}

Error makeError(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

Error checkCpu(StringRef cpu, const Triple &triple) {
  std::string message;
  const Target *target = TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return makeError(message);
  std::unique_ptr<MCSubtargetInfo> info(target->createMCSubtargetInfo(triple, "", ""));
  if (!info->isCPUStringValid(cpu))
    return makeError("unknown processor '" + cpu + "': expected 'host' or a name that LLVM knows " +
                     "for " + triple.str() + ", such as 'x86-64-v3'");
  return Error::success();
}

/// Functions carry their processor, so that the optimizer's cost models see it. Without the
/// preference LLVM splits 512-bit vectors in two on x86-64-v4.
void setFunctionTargets(Module &module, const TargetMachine &machine) {
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", machine.getTargetCPU());
    if (!machine.getTargetFeatureString().empty())
      function.addFnAttr("target-features", machine.getTargetFeatureString());
    function.addFnAttr("prefer-vector-width", "512");
  }
}

} // namespace

Expected<orc::JITTargetMachineBuilder> describeTarget(StringRef cpu) {
  initializeNativeTargetOnce();
  Expected<orc::JITTargetMachineBuilder> builder = orc::JITTargetMachineBuilder::detectHost();
  if (!builder)
    return builder.takeError();
  if (cpu != kHostCpu) {
    if (Error error = checkCpu(cpu, builder->getTargetTriple()))
      return std::move(error);
    builder->setCPU(cpu.str());
    builder->setFeatures("");
  }
  builder->getOptions().EmulatedTLS = false;
  builder->getOptions().AllowFPOpFusion = FPOpFusion::Strict;
  builder->setRelocationModel(Reloc::PIC_);
  // The builder would choose the large model, which loads every address as a constant.
  builder->setCodeModel(CodeModel::Small);
  builder->setCodeGenOptLevel(CodeGenOptLevel::Aggressive);
  return builder;
}

Expected<std::unique_ptr<TargetMachine>> createTargetMachine(StringRef cpu) {
  Expected<orc::JITTargetMachineBuilder> builder = describeTarget(cpu);
  if (!builder)
    return builder.takeError();
  return builder->createTargetMachine();
}

Expected<std::unique_ptr<Module>> translateToLLVM(mlir::ModuleOp module, LLVMContext &context,
                                                  TargetMachine &machine) {
  mlir::MLIRContext *mlirContext = module.getContext();
  mlir::DialectRegistry registry;
  mlir::registerAllToLLVMIRTranslations(registry);
  mlirContext->appendDialectRegistry(registry);

  const DataLayout layout = machine.createDataLayout();
  const std::string triple = machine.getTargetTriple().str();
  module->setAttr(mlir::LLVM::LLVMDialect::getDataLayoutAttrName(),
                  mlir::StringAttr::get(mlirContext, layout.getStringRepresentation()));
  module->setAttr(mlir::LLVM::LLVMDialect::getTargetTripleAttrName(),
                  mlir::StringAttr::get(mlirContext, triple));

  std::string diagnostics;
  std::unique_ptr<Module> translated;
  {
    mlir::ScopedDiagnosticHandler handler(mlirContext, [&](mlir::Diagnostic &diagnostic) {
      if (diagnostics.empty())
        diagnostics = diagnostic.str();
      return mlir::success();
    });
    translated = mlir::translateModuleToLLVMIR(module, context, "trimod");
  }
  if (!translated)
    return makeError("translation to LLVM IR failed: " + diagnostics);
  translated->setDataLayout(layout);
  translated->setTargetTriple(machine.getTargetTriple());
  setFunctionTargets(*translated, machine);
  return translated;
}

void optimize(Module &module, TargetMachine &machine, OptimizationLevel level) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager callGraph;
  ModuleAnalysisManager modules;
  PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  builder.buildPerModuleDefaultPipeline(level).run(module, modules);
}

Expected<SmallVector<char, 0>> emitCode(Module &module, TargetMachine &machine, CodeKind kind) {
  SmallVector<char, 0> code;
  raw_svector_ostream stream(code);
  if (kind == CodeKind::LLVMIR) {
    module.print(stream, nullptr);
    return code;
  }
  const CodeGenFileType type =
      kind == CodeKind::Object ? CodeGenFileType::ObjectFile : CodeGenFileType::AssemblyFile;
  legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type))
    return makeError("this build of LLVM cannot write code for " + machine.getTargetTriple().str());
  passes.run(module);
  return code;
}

Expected<SmallVector<char, 0>> compileModule(mlir::ModuleOp module, StringRef cpu, CodeKind kind) {
  Expected<std::unique_ptr<TargetMachine>> machine = createTargetMachine(cpu);
  if (!machine)
    return machine.takeError();
  LLVMContext context;
  Expected<std::unique_ptr<Module>> translated = translateToLLVM(module, context, **machine);
  if (!translated)
    return translated.takeError();
  optimize(**translated, **machine);
  return emitCode(**translated, **machine, kind);
}

} // namespace trimod
