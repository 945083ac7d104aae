//===- WeightStore.cpp - the weights a compilation knows ------------------===//

#include "codegen/artifact/WeightStore.h"

using namespace trimod;

static llvm::Error makeError(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static std::optional<trimod_dtype> getStoredType(TensorType type) {
  switch (type) {
  case TensorType::F32:
    return TRIMOD_F32;
  case TensorType::F16:
    return TRIMOD_F16;
  case TensorType::I32:
    return TRIMOD_I32;
  case TensorType::I64:
    return TRIMOD_INDEX;
  case TensorType::U8:
    return TRIMOD_U8;
  default:
    return std::nullopt;
  }
}

llvm::Expected<WeightStore> WeightStore::open(const std::vector<std::string> &paths) {
  Result<Safetensors> files = Safetensors::open(paths);
  if (!files)
    return makeError(files.error().message);
  WeightStore store;
  store.files = std::move(*files);
  return store;
}

void WeightStore::add(llvm::StringRef key, TensorSignature tensor,
                      llvm::SmallVector<char, 0> bytes) {
  computed[key] = {std::move(tensor), std::move(bytes)};
}

llvm::Expected<Weight> WeightStore::find(llvm::StringRef key,
                                         const TensorSignature &expected) const {
  TensorSignature found;
  llvm::StringRef bytes;
  std::string description;
  std::string path;
  if (auto entry = computed.find(key); entry != computed.end()) {
    found = entry->second.tensor;
    bytes = llvm::StringRef(entry->second.bytes.data(), entry->second.bytes.size());
    description = describe(found);
  } else if (const TensorView *view = files.find(key.str())) {
    description = view->describe();
    path = view->path;
    std::optional<trimod_dtype> type = getStoredType(view->type);
    if (!type)
      return makeError("parameter '" + key + "': expected " + describe(expected) + ", found " +
                       description + " in " + path);
    found = {*type, view->shape};
    bytes = view->bytes;
  } else {
    return makeError("parameter '" + key + "': expected " + describe(expected) + ", found no " +
                     "tensor of that name in " + files.describePaths());
  }
  if (found != expected)
    return makeError("parameter '" + key + "': expected " + describe(expected) + ", found " +
                     description + (path.empty() ? "" : " in " + path));
  return Weight{found, bytes};
}
