// Weights in files of the safetensors format, mapped read-only.
//
// A file is: the length of the header (8 bytes, little-endian), the header (a JSON object), the
// data. The header maps a tensor's name to {"dtype": "F32", "shape": [2, 3], "data_offsets":
// [begin, end]}, offsets counted from the start of the data. The header is read as hostile input.
// Every tensor that `open` accepts lies inside the file and its size is the product of its shape
// and element size. As the format demands, tensors neither overlap nor leave holes. A tensor of an
// element type that this reader does not know is kept with its name, so that files with other
// tensors in them can be used; it has no checked size.
#ifndef TRIMOD_RUNTIME_SAFETENSORS_H
#define TRIMOD_RUNTIME_SAFETENSORS_H

#include "runtime/MappedFile.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trimod {

enum class TensorType { Unknown, F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool };

// "F32", as the format spells it. "unknown" for TensorType::Unknown.
const char *tensorTypeName(TensorType type);

// "F32 [2, 3]", for messages.
std::string describeTensor(std::string_view typeName, const std::vector<std::int64_t> &shape);

struct TensorView {
  std::string name;
  TensorType type = TensorType::Unknown;
  std::string typeName; // as it stands in the file, also if it is unknown
  std::vector<std::int64_t> shape;
  std::string_view bytes; // inside the mapped file; not aligned to anything
  std::string path;       // of the file; empty for contents in memory

  std::string describe() const { return describeTensor(typeName, shape); }
};

class Safetensors {
public:
  // Maps the files and checks their headers; the result has the tensors of all of them. Errors name
  // the file, the tensor, and what was expected. A tensor that two files have is one.
  static Result<Safetensors> open(const std::vector<std::string> &paths);

  // Reads a file's contents that are already in memory; they must outlive the result.
  static Result<Safetensors> parse(std::string_view contents);

  // The tensor of this name, or null.
  const TensorView *find(std::string_view name) const;

  // The paths of the files, for messages: "a.safetensors, b.safetensors", or "no weight file".
  std::string describePaths() const;

  // All tensors, sorted by name.
  const std::vector<TensorView> &tensors() const { return views; }

private:
  struct File {
    std::string path;
    MappedFile mapping;
  };
  std::vector<File> files;
  std::vector<TensorView> views;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_SAFETENSORS_H
