#include "runtime/Safetensors.h"

#include "runtime/Json.h"

#include <algorithm>
#include <limits>

namespace trimod {
namespace {

using nlohmann::json;

constexpr std::size_t kLengthBytes = 8;
// The limit of the reference implementation.
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
// Deeper shapes are no weights of ours; the limit keeps hostile shapes small.
constexpr std::size_t kMaxRank = 16;

struct TypeEntry {
  TensorType type;
  const char *name;
  std::uint64_t elementBytes;
};

constexpr TypeEntry kTypes[] = {
    {TensorType::F64, "F64", 8},   {TensorType::F32, "F32", 4}, {TensorType::F16, "F16", 2},
    {TensorType::BF16, "BF16", 2}, {TensorType::I64, "I64", 8}, {TensorType::I32, "I32", 4},
    {TensorType::I16, "I16", 2},   {TensorType::I8, "I8", 1},   {TensorType::U8, "U8", 1},
    {TensorType::Bool, "BOOL", 1},
};

const TypeEntry *findType(std::string_view name) {
  for (const TypeEntry &entry : kTypes)
    if (name == entry.name)
      return &entry;
  return nullptr;
}

std::uint64_t readLittleEndian64(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i)
    value |= std::uint64_t(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return value;
}

Result<std::vector<std::int64_t>> readShape(const json &entry) {
  auto found = entry.find("shape");
  if (found == entry.end() || !found->is_array())
    return Error{"expected 'shape' to be an array of sizes"};
  if (found->size() > kMaxRank)
    return Error{"expected at most " + std::to_string(kMaxRank) + " dimensions, found " +
                 std::to_string(found->size())};
  std::vector<std::int64_t> shape;
  for (const json &size : *found) {
    if (!size.is_number_unsigned() ||
        size.get<std::uint64_t>() > std::uint64_t(std::numeric_limits<std::int64_t>::max()))
      return Error{"expected 'shape' to hold sizes, found " + quote(size.dump())};
    shape.push_back(size.get<std::int64_t>());
  }
  return shape;
}

Result<std::string_view> readBytes(const json &entry, std::string_view data) {
  auto found = entry.find("data_offsets");
  if (found == entry.end() || !found->is_array() || found->size() != 2 ||
      !(*found)[0].is_number_unsigned() || !(*found)[1].is_number_unsigned())
    return Error{"expected 'data_offsets' to be two byte positions"};
  std::uint64_t begin = (*found)[0].get<std::uint64_t>();
  std::uint64_t end = (*found)[1].get<std::uint64_t>();
  if (begin > end || end > data.size())
    return Error{"expected 'data_offsets' inside the " + std::to_string(data.size()) +
                 " bytes of data, found [" + std::to_string(begin) + ", " + std::to_string(end) +
                 "]: the file is truncated or damaged"};
  return data.substr(begin, end - begin);
}

// The number of bytes of a tensor; no value if it does not fit into 64 bits.
std::optional<std::uint64_t> countBytes(const std::vector<std::int64_t> &shape,
                                        std::uint64_t elementBytes) {
  std::uint64_t count = elementBytes;
  for (std::int64_t size : shape)
    if (__builtin_mul_overflow(count, static_cast<std::uint64_t>(size), &count))
      return std::nullopt;
  return count;
}

Result<TensorView> readTensor(const std::string &name, const json &entry, std::string_view data) {
  if (!entry.is_object())
    return Error{std::string("expected an object, found ") + describeJsonType(entry)};
  TensorView view;
  view.name = name;
  auto type = entry.find("dtype");
  if (type == entry.end() || !type->is_string())
    return Error{"expected 'dtype' to be a string"};
  view.typeName = type->get<std::string>();
  Result<std::vector<std::int64_t>> shape = readShape(entry);
  if (!shape)
    return shape.error();
  view.shape = std::move(*shape);
  Result<std::string_view> bytes = readBytes(entry, data);
  if (!bytes)
    return bytes.error();
  view.bytes = *bytes;
  const TypeEntry *known = findType(view.typeName);
  if (!known)
    return view;
  view.type = known->type;
  std::optional<std::uint64_t> expected = countBytes(view.shape, known->elementBytes);
  if (!expected || *expected != view.bytes.size())
    return Error{"expected " + (expected ? std::to_string(*expected) : "more than 2^64") +
                 " bytes for " + view.describe() + ", found " + std::to_string(view.bytes.size())};
  return view;
}

// The format forbids overlaps and holes: both hide data, or alias weights that are thought to be
// independent.
MaybeError checkCoverage(const std::vector<TensorView> &views, std::string_view data) {
  std::vector<const TensorView *> byPosition;
  for (const TensorView &view : views)
    byPosition.push_back(&view);
  std::sort(byPosition.begin(), byPosition.end(), [](const TensorView *a, const TensorView *b) {
    return std::make_pair(a->bytes.data(), a->bytes.size()) <
           std::make_pair(b->bytes.data(), b->bytes.size());
  });
  const char *next = data.data();
  for (const TensorView *view : byPosition) {
    if (view->bytes.data() != next)
      return Error{"tensor " + quote(view->name) + ": expected its data at byte " +
                   std::to_string(next - data.data()) + " of the data, found it at byte " +
                   std::to_string(view->bytes.data() - data.data()) +
                   " (tensors must neither overlap nor leave holes)"};
    next += view->bytes.size();
  }
  if (next != data.data() + data.size())
    return Error{"expected " + std::to_string(next - data.data()) + " bytes of data, found " +
                 std::to_string(data.size())};
  return std::nullopt;
}

void sortByName(std::vector<TensorView> &views) {
  std::sort(views.begin(), views.end(),
            [](const TensorView &a, const TensorView &b) { return a.name < b.name; });
}

Result<std::vector<TensorView>> readHeader(const json &header, std::string_view data) {
  std::vector<TensorView> views;
  for (auto &[name, entry] : header.items()) {
    if (name == "__metadata__")
      continue;
    Result<TensorView> view = readTensor(name, entry, data);
    if (!view)
      return view.error().in("tensor " + quote(name));
    views.push_back(std::move(*view));
  }
  sortByName(views);
  if (MaybeError error = checkCoverage(views, data))
    return *error;
  return views;
}

} // namespace

const char *tensorTypeName(TensorType type) {
  for (const TypeEntry &entry : kTypes)
    if (type == entry.type)
      return entry.name;
  return "unknown";
}

std::string describeTensor(std::string_view typeName, const std::vector<std::int64_t> &shape) {
  std::string text = std::string(typeName) + " [";
  for (std::size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

Result<Safetensors> Safetensors::parse(std::string_view contents) {
  if (contents.size() < kLengthBytes)
    return Error{"expected a safetensors file, found " + std::to_string(contents.size()) +
                 " bytes: too short for the length of a header"};
  std::uint64_t headerBytes = readLittleEndian64(contents);
  std::string_view rest = contents.substr(kLengthBytes);
  if (headerBytes > kMaxHeaderBytes || headerBytes > rest.size())
    return Error{"expected a safetensors header inside the file, found a length of " +
                 std::to_string(headerBytes) + " bytes where " + std::to_string(rest.size()) +
                 " follow: the file is truncated or not a safetensors file"};
  Result<json> header = parseJson(rest.substr(0, headerBytes));
  if (!header)
    return header.error().in("safetensors header");
  if (!header->is_object())
    return Error{std::string("safetensors header: expected an object, found ") +
                 describeJsonType(*header)};
  Result<std::vector<TensorView>> views = readHeader(*header, rest.substr(headerBytes));
  if (!views)
    return views.error();
  Safetensors result;
  result.views = std::move(*views);
  return result;
}

Result<Safetensors> Safetensors::open(const std::vector<std::string> &paths) {
  Safetensors all;
  for (const std::string &path : paths) {
    Result<MappedFile> file = MappedFile::open(path);
    if (!file)
      return file.error();
    Result<Safetensors> one = parse(file->contents());
    if (!one)
      return one.error().in(path);
    // Two tensors of one name would leave it to chance which one a model reads.
    for (const TensorView &view : one->views)
      if (const TensorView *other = all.find(view.name))
        return Error{"tensor " + quote(view.name) +
                     ": expected it in one file of weights, found it in " + other->path +
                     " and in " + path};
    for (TensorView &view : one->views) {
      view.path = path;
      all.views.push_back(std::move(view));
    }
    sortByName(all.views);
    // The mapping keeps its address when it is moved, so the views stay valid.
    all.files.push_back({path, std::move(*file)});
  }
  return all;
}

std::string Safetensors::describePaths() const {
  std::string text;
  for (const File &file : files)
    text += (text.empty() ? "" : ", ") + file.path;
  return text.empty() ? "no weight file" : text;
}

const TensorView *Safetensors::find(std::string_view name) const {
  auto found = std::lower_bound(
      views.begin(), views.end(), name,
      [](const TensorView &view, std::string_view wanted) { return view.name < wanted; });
  return found != views.end() && found->name == name ? &*found : nullptr;
}

} // namespace trimod
