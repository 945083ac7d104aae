//===- Jit.h - Running a lowered module in this process ---------*- C++ -*-===//
//
// Used by the compiler itself, to evaluate what depends on parameters alone, and by tests.
//
//===----------------------------------------------------------------------===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_JIT_H
#define TRIMOD_CODEGEN_ARTIFACT_JIT_H

#include "codegen/artifact/CodeGen.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"

namespace trimod {

/// Machine code of one module, callable as long as the object lives. Symbols the module does not
/// define (memcpy, expf, ...) come from this process.
class Jit {
public:
  /// Compiles `module` (LLVM dialect only) for `cpu`, which this machine must be able to run. A low
  /// `level` is for what runs once.
  static llvm::Expected<std::unique_ptr<Jit>>
  create(mlir::ModuleOp module, llvm::StringRef cpu = kHostCpu,
         llvm::OptimizationLevel level = llvm::OptimizationLevel::O3);

  /// The function `symbol`, of signature `Signature`, for example `void(const trimod_tensor *)`.
  /// Only symbols of external linkage can be found. Error: no such symbol, or one it needs is
  /// missing.
  template <typename Signature>
  llvm::Expected<Signature *> lookup(llvm::StringRef symbol) {
    llvm::Expected<llvm::orc::ExecutorAddr> address = engine->lookup(symbol);
    if (!address)
      return address.takeError();
    return address->toPtr<Signature *>();
  }

private:
  explicit Jit(std::unique_ptr<llvm::orc::LLJIT> engine) : engine(std::move(engine)) {}

  std::unique_ptr<llvm::orc::LLJIT> engine;
};

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_JIT_H
