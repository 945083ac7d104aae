//===- KernelRun.h - kernels timed beside their bounds ----------*- C++ -*-===//
#ifndef TRIMOD_TOOLS_BENCH_KERNELRUN_H
#define TRIMOD_TOOLS_BENCH_KERNELRUN_H

#include "tools/bench/Kernels.h"
#include "tools/bench/Report.h"

namespace trimod::bench {

/// Called before each piece of work.
using Progress = llvm::function_ref<void(const std::string &what)>;

/// Compiles the kernels and times them in turns. Error: one that does not compile, with its name.
llvm::Expected<std::vector<KernelResult>> runKernels(const std::vector<Kernel> &kernels,
                                                     trimod_isa_level level, Bounds &bounds,
                                                     const SamplingOptions &options,
                                                     Progress progress);

} // namespace trimod::bench

#endif // TRIMOD_TOOLS_BENCH_KERNELRUN_H
