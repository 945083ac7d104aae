//===- WeightStore.cpp - the weights a compilation knows ------------------===//

#include "codegen/artifact/WeightStore.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace trimod;

static llvm::Error makeError(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

namespace {

struct StoredType {
  TensorType stored;
  trimod_dtype dtype;
};

} // namespace

static constexpr StoredType kStoredTypes[] = {
    {TensorType::F32, TRIMOD_F32}, {TensorType::F16, TRIMOD_F16},   {TensorType::I32, TRIMOD_I32},
    {TensorType::U8, TRIMOD_U8},   {TensorType::I64, TRIMOD_INDEX}, {TensorType::I8, TRIMOD_I8}};

static std::optional<trimod_dtype> getStoredType(TensorType stored) {
  for (const StoredType &type : kStoredTypes)
    if (type.stored == stored)
      return type.dtype;
  return std::nullopt;
}

static const char *getStoredName(trimod_dtype dtype) {
  for (const StoredType &type : kStoredTypes)
    if (type.dtype == dtype)
      return tensorTypeName(type.stored);
  llvm_unreachable("every type of a tensor can be stored");
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
  std::optional<Weight> weight = lookup(key);
  if (weight && weight->tensor == expected)
    return *weight;
  std::string found = "no tensor of that name in " + files.describePaths();
  if (computed.contains(key))
    found = describe(weight->tensor);
  else if (const TensorView *view = files.find(key.str()))
    found = view->describe() + " in " + view->path;
  return makeError("parameter '" + key + "': expected " + describe(expected) + ", found " + found);
}

std::optional<Weight> WeightStore::lookup(llvm::StringRef key) const {
  if (auto entry = computed.find(key); entry != computed.end()) {
    const Computed &weight = entry->second;
    return Weight{weight.tensor, llvm::StringRef(weight.bytes.data(), weight.bytes.size())};
  }
  const TensorView *view = files.find(key.str());
  std::optional<trimod_dtype> type = view ? getStoredType(view->type) : std::nullopt;
  if (!type)
    return std::nullopt;
  return Weight{{*type, view->shape}, view->bytes};
}

llvm::Expected<std::string> WeightStore::format(std::vector<NamedTensor> tensors) const {
  // Large elements first, as the format's own library does: then all are aligned.
  llvm::sort(tensors, [](const NamedTensor &a, const NamedTensor &b) {
    return std::make_pair(-int(getElementSize(a.tensor.dtype)), a.name) <
           std::make_pair(-int(getElementSize(b.tensor.dtype)), b.name);
  });
  llvm::json::Object entries; // printed in the order of names
  std::string data;
  for (const NamedTensor &tensor : tensors) {
    llvm::Expected<Weight> weight = find(tensor.name, tensor.tensor);
    if (!weight)
      return weight.takeError();
    auto [entry, isNew] = entries.try_emplace(tensor.name, nullptr);
    if (!isNew)
      continue;
    const auto begin = int64_t(data.size());
    data += weight->bytes;
    entry->second =
        llvm::json::Object{{"dtype", getStoredName(tensor.tensor.dtype)},
                           {"shape", llvm::json::Array(tensor.tensor.shape)},
                           {"data_offsets", llvm::json::Array{begin, int64_t(data.size())}}};
  }
  std::string header = llvm::formatv("{0}", llvm::json::Value(std::move(entries)));
  header.resize(llvm::alignTo(header.size(), 8), ' ');
  std::string contents(8, '\0');
  llvm::support::endian::write64le(contents.data(), header.size());
  return contents + header + data;
}
