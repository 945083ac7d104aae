//===- Program.h - one function, compiled and called in this process -*- C++ -*-===//
//
// Through the compiler's own phases and code generator, so that what is timed is what artefacts
// hold.
//
//===----------------------------------------------------------------------===//
#ifndef TRIMOD_TOOLS_BENCH_PROGRAM_H
#define TRIMOD_TOOLS_BENCH_PROGRAM_H

#include "codegen/artifact/Jit.h"
#include "codegen/artifact/Signature.h"
#include "codegen/cpu/Target.h"
#include "passes/Pipelines.h"
#include "runtime/AlignedBuffer.h"

namespace trimod::bench {

/// The instruction level that is measured: what TRIMOD_ISA says, or the best this machine has.
/// Error: a level that it does not have.
llvm::Expected<trimod_isa_level> selectLevel();

class Program {
public:
  /// Compiles `text`, a module after phase `from` (scheduled or kernels), whose only entry function
  /// is @kernel.
  static llvm::Expected<std::unique_ptr<Program>> compile(llvm::StringRef text,
                                                          trimod_isa_level level, Phase from);

  const FunctionSignature &signature() const { return function; }

private:
  friend class Call;

  FunctionSignature function;
  std::unique_ptr<Jit> jit;
  trimod_workspace workspace = nullptr;
  trimod_entry entry = nullptr;
};

/// A program with tensors to call it on: inputs in the order of the function, its workspace, then
/// outputs. One thread at a time.
class Call {
public:
  /// `shapes` has inputs, then outputs. All memory is written once, so that it is there.
  Call(const Program &program, llvm::ArrayRef<std::vector<int64_t>> shapes);

  /// An input or output.
  void *data(size_t tensor) const { return buffers[tensor].data(); }
  /// Makes an input of one dimension shorter than it was created.
  void shorten(size_t input, int64_t size) { tensors[input].shape[0] = size; }

  void run() { entry(tensors.data()); }

private:
  void addTensor(const std::vector<int64_t> &shape, size_t elementSize);

  trimod_entry entry;
  /// Of inputs, outputs, and last the workspace.
  std::vector<AlignedBuffer> buffers;
  std::vector<trimod_tensor> tensors;
};

} // namespace trimod::bench

#endif // TRIMOD_TOOLS_BENCH_PROGRAM_H
