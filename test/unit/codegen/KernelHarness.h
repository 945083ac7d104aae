// Builds kernels into a module, compiles it for one instruction level and calls them with arrays.
#ifndef TRIMOD_TEST_UNIT_CODEGEN_KERNELHARNESS_H
#define TRIMOD_TEST_UNIT_CODEGEN_KERNELHARNESS_H

#include "codegen/artifact/Jit.h"
#include "codegen/cpu/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace trimod::test {

/// MLIR's memref descriptor.
template <typename T, size_t Rank>
struct MemRef {
  T *allocated;
  T *aligned;
  int64_t offset;
  std::array<int64_t, Rank> sizes;
  std::array<int64_t, Rank> strides;
};

/// A contiguous descriptor of `data`.
template <typename T, size_t Rank>
MemRef<T, Rank> view(T *data, std::array<int64_t, Rank> sizes) {
  MemRef<T, Rank> result{data, data, 0, sizes, {}};
  int64_t stride = 1;
  for (size_t i = Rank; i-- > 0; stride *= sizes[i])
    result.strides[i] = stride;
  return result;
}

/// Rows at a distance of `rowStride`, starting at `offset`.
template <typename T>
MemRef<T, 2> viewRows(T *data, int64_t rows, int64_t columns, int64_t rowStride,
                      int64_t offset = 0) {
  return {data, data, offset, {rows, columns}, {rowStride, 1}};
}

template <typename T>
MemRef<T, 1> viewAll(std::vector<T> &data) {
  return view<T, 1>(data.data(), {int64_t(data.size())});
}

class KernelHarness {
public:
  explicit KernelHarness(IsaLevel level);

  const Target &getTarget() const { return target; }
  mlir::ModuleOp getModule() { return *module; }

  /// Takes a module in text form instead of the empty one.
  void parse(llvm::StringRef text);
  /// Makes a function callable.
  void expose(mlir::func::FuncOp function);
  /// Compiles everything in the module; ends the test program if that fails.
  void compile();

  template <typename... Descriptors>
  void call(llvm::StringRef name, Descriptors... descriptors) {
    auto function = find<void(Descriptors * ...)>(name);
    function(&descriptors...);
  }

  /// The same for a function that returns descriptors, together in `results`.
  template <typename Results, typename... Descriptors>
  void callWithResults(llvm::StringRef name, Results &results, Descriptors... descriptors) {
    auto function = find<void(Results *, Descriptors * ...)>(name);
    function(&results, &descriptors...);
  }

  template <typename Signature>
  Signature *find(llvm::StringRef name) {
    return llvm::cantFail(jit->lookup<Signature>(("_mlir_ciface_" + name).str()));
  }

private:
  Target target;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<Jit> jit;
};

/// The levels that this machine can run; says on standard output which it cannot.
std::vector<IsaLevel> getRunnableLevels();

/// Uniform numbers in [-scale, scale]; the same for the same seed.
std::vector<float> randomFloats(size_t count, unsigned seed, float scale = 1.0f);

} // namespace trimod::test

#endif
