//===- WeightStore.h - the weights a compilation knows ----------*- C++ -*-===//
//
// Weights by key: the tensors of safetensors files, mapped, and those the compiler computed from
// them.
//
//===----------------------------------------------------------------------===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_WEIGHTSTORE_H
#define TRIMOD_CODEGEN_ARTIFACT_WEIGHTSTORE_H

#include "codegen/artifact/Signature.h"
#include "runtime/Safetensors.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace trimod {

struct Weight {
  TensorSignature tensor;
  /// Aligned to nothing; valid as long as the store.
  llvm::StringRef bytes;
};

class WeightStore {
public:
  /// The tensors of safetensors files. Errors: a file is missing or broken, two have one key.
  static llvm::Expected<WeightStore> open(const std::vector<std::string> &paths);

  /// A store with nothing in it.
  WeightStore() = default;

  /// Adds a weight that the store then owns. `bytes` has the size that `tensor` says.
  void add(llvm::StringRef key, TensorSignature tensor, llvm::SmallVector<char, 0> bytes);

  /// The weight of this key, exactly of this type. Error: no such weight, another type.
  llvm::Expected<Weight> find(llvm::StringRef key, const TensorSignature &expected) const;

  /// The weight of this key, or nothing if there is none of a type that the runtime knows.
  std::optional<Weight> lookup(llvm::StringRef key) const;

  /// The contents of a safetensors file with these weights, the same for the same weights: a
  /// header sorted by name, and data in which every tensor is aligned to its elements. Errors as
  /// in find.
  llvm::Expected<std::string> format(std::vector<NamedTensor> tensors) const;

private:
  struct Computed {
    TensorSignature tensor;
    llvm::SmallVector<char, 0> bytes;
  };

  Safetensors files;
  llvm::StringMap<Computed> computed;
};

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_WEIGHTSTORE_H
