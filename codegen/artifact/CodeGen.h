//===- CodeGen.h - From the LLVM dialect to machine code --------*- C++ -*-===//
//
// A module in the LLVM dialect becomes an LLVM module, is optimized at O3 for one processor and is
// written as an object, as assembly or as LLVM IR.
//
// The floating-point contract of everything compiled here: no fast-math flag is added and nothing
// is contracted. A fused multiply-add happens exactly where the IR says `fma`, so results depend
// neither on the optimizer's choices nor on the tile a kernel was cut into.
//
//===----------------------------------------------------------------------===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_CODEGEN_H
#define TRIMOD_CODEGEN_ARTIFACT_CODEGEN_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/OptimizationLevel.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"
#include <memory>

namespace trimod {

/// The name of the processor this process runs on, wherever a processor name is expected.
inline constexpr llvm::StringLiteral kHostCpu = "host";

/// Describes code generation for `cpu`: "host", or any name LLVM knows for x86-64, usually
/// "x86-64-v3" or "x86-64-v4". Code is position-independent and follows the contract above.
/// Error: an unknown processor.
llvm::Expected<llvm::orc::JITTargetMachineBuilder> describeTarget(llvm::StringRef cpu);

/// A target machine for `cpu` (see describeTarget).
llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createTargetMachine(llvm::StringRef cpu);

/// Translates `module` (LLVM dialect only) for `machine`. Sets the module's data layout and triple
/// attributes, because alignments follow from them. Error: an operation that has no translation.
llvm::Expected<std::unique_ptr<llvm::Module>>
translateToLLVM(mlir::ModuleOp module, llvm::LLVMContext &context, llvm::TargetMachine &machine);

/// Runs LLVM's pipeline for `machine`. The level changes speed, never results.
void optimize(llvm::Module &module, llvm::TargetMachine &machine,
              llvm::OptimizationLevel level = llvm::OptimizationLevel::O3);

enum class CodeKind { Object, Assembly, LLVMIR };

/// The code of an optimized module, as a file's content.
llvm::Expected<llvm::SmallVector<char, 0>> emitCode(llvm::Module &module,
                                                    llvm::TargetMachine &machine, CodeKind kind);

/// translateToLLVM, optimize and emitCode in a row, in a context of their own.
llvm::Expected<llvm::SmallVector<char, 0>> compileModule(mlir::ModuleOp module, llvm::StringRef cpu,
                                                         CodeKind kind);

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_CODEGEN_H
