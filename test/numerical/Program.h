// A program of the trimod dialect, compiled in this process and called with arrays.
#ifndef TRIMOD_TEST_NUMERICAL_PROGRAM_H
#define TRIMOD_TEST_NUMERICAL_PROGRAM_H

#include "codegen/artifact/Jit.h"
#include "codegen/artifact/Signature.h"
#include "codegen/cpu/Target.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace trimod::test {

/// A row-major array of any of the runtime's element types.
struct Array {
  std::vector<int64_t> shape;
  std::vector<char> bytes;

  template <typename T>
  static Array of(std::vector<int64_t> shape, const std::vector<T> &values) {
    Array array{std::move(shape), std::vector<char>(values.size() * sizeof(T))};
    std::copy_n(reinterpret_cast<const char *>(values.data()), array.bytes.size(),
                array.bytes.data());
    return array;
  }
  template <typename T>
  std::vector<T> get() const {
    std::vector<T> values(bytes.size() / sizeof(T));
    std::copy_n(bytes.data(), bytes.size(), reinterpret_cast<char *>(values.data()));
    return values;
  }
};

using Arrays = std::map<std::string, Array>;

/// Whether ops that have kernels use them, or everything goes through maps, scans and loops.
enum class Lowering { Generic, Kernels };

/// How a program is compiled.
struct ProgramOptions {
  /// Passes before the kernels phase, "builtin.module(...)"; may be empty.
  std::string pipeline;
  Lowering lowering = Lowering::Generic;
  IsaLevel level = IsaLevel::V3;
  /// The public function of the program; without a name its only one.
  std::string entry;
  /// Called between the passes and the kernels phase, to do what a wrong pass would; may be empty.
  std::function<void(mlir::ModuleOp)> change;
};

/// The parameters that a model declares, by key; -1 is a size that only the weights know.
std::vector<NamedTensor> readParameters(llvm::StringRef modelText);

class Program {
public:
  /// Compiles one public function of `text`. Fails the test, and returns null, on an error.
  static std::unique_ptr<Program> create(llvm::StringRef text, const ProgramOptions &options);
  static std::unique_ptr<Program> create(llvm::StringRef text, llvm::StringRef pipeline,
                                         Lowering lowering) {
    return create(text, ProgramOptions{pipeline.str(), lowering, IsaLevel::V3, {}, {}});
  }

  /// `parameters` and what the function's init function, if it has one, computes of them.
  Arrays withDerived(Arrays parameters) const;

  /// Calls the function. `values` has its inputs by name and its parameters by key; `lengths` gives
  /// the results' leading dimensions where they vary. Returns the results by name.
  Arrays call(const Arrays &values, const std::map<std::string, int64_t> &lengths) const;

private:
  Arrays call(const FunctionSignature &called, const Arrays &values,
              const std::map<std::string, int64_t> &lengths) const;

  FunctionSignature function;
  std::optional<FunctionSignature> init;
  std::unique_ptr<Jit> jit;
};

} // namespace trimod::test

#endif // TRIMOD_TEST_NUMERICAL_PROGRAM_H
