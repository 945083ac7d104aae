//===- Jit.cpp - Running a lowered module in this process -----------------===//

#include "codegen/artifact/Jit.h"

#include "llvm/ExecutionEngine/Orc/ThreadSafeModule.h"

using namespace llvm;

namespace trimod {

Expected<std::unique_ptr<Jit>> Jit::create(mlir::ModuleOp module, StringRef cpu,
                                           OptimizationLevel level) {
  Expected<orc::JITTargetMachineBuilder> target = describeTarget(cpu);
  if (!target)
    return target.takeError();
  if (level != OptimizationLevel::O3)
    target->setCodeGenOptLevel(CodeGenOptLevel::Less);
  Expected<std::unique_ptr<TargetMachine>> machine = target->createTargetMachine();
  if (!machine)
    return machine.takeError();

  auto context = std::make_unique<LLVMContext>();
  Expected<std::unique_ptr<Module>> translated = translateToLLVM(module, *context, **machine);
  if (!translated)
    return translated.takeError();
  optimize(**translated, **machine, level);

  Expected<std::unique_ptr<orc::LLJIT>> engine =
      orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(*target)).create();
  if (!engine)
    return engine.takeError();
  if (Error error =
          (*engine)->addIRModule(orc::ThreadSafeModule(std::move(*translated), std::move(context))))
    return std::move(error);
  return std::unique_ptr<Jit>(new Jit(std::move(*engine)));
}

} // namespace trimod
