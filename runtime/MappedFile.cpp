#include "runtime/MappedFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trimod {
namespace {

Error systemError(const std::string &path, const char *action) {
  return Error{path + ": cannot " + action + ": " + std::strerror(errno)};
}

} // namespace

Result<MappedFile> MappedFile::open(const std::string &path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return systemError(path, "open");
  struct stat status;
  if (::fstat(descriptor, &status) != 0) {
    Error error = systemError(path, "read the size");
    ::close(descriptor);
    return error;
  }
  if (!S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return Error{path + ": expected a regular file"};
  }
  MappedFile file;
  file.size = static_cast<std::size_t>(status.st_size);
  if (file.size != 0) {
    void *mapped = ::mmap(nullptr, file.size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (mapped == MAP_FAILED) {
      Error error = systemError(path, "map");
      ::close(descriptor);
      file.size = 0;
      return error;
    }
    file.data = mapped;
  }
  ::close(descriptor);
  return file;
}

MappedFile::MappedFile(MappedFile &&other) noexcept
    : data(std::exchange(other.data, nullptr)), size(std::exchange(other.size, 0)) {}

MappedFile &MappedFile::operator=(MappedFile &&other) noexcept {
  std::swap(data, other.data);
  std::swap(size, other.size);
  return *this;
}

MappedFile::~MappedFile() {
  if (data)
    ::munmap(data, size);
}

} // namespace trimod
