// A file mapped read-only into memory.
#ifndef TRIMOD_RUNTIME_MAPPEDFILE_H
#define TRIMOD_RUNTIME_MAPPEDFILE_H

#include "runtime/Error.h"

#include <cstddef>
#include <string_view>

namespace trimod {

class MappedFile {
public:
  // Maps the whole file. An empty file gives empty contents.
  static Result<MappedFile> open(const std::string &path);

  MappedFile() = default;
  MappedFile(MappedFile &&other) noexcept;
  MappedFile &operator=(MappedFile &&other) noexcept;
  ~MappedFile();

  std::string_view contents() const { return {static_cast<const char *>(data), size}; }

private:
  void *data = nullptr;
  std::size_t size = 0;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_MAPPEDFILE_H
