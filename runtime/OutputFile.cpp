#include "runtime/OutputFile.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trimod {
namespace {

Error systemError(const std::string &path, const char *action) {
  return Error{path + ": cannot " + action + ": " + std::strerror(errno)};
}

} // namespace

OutputFile::OutputFile(int descriptor, std::string path, std::string temporary)
    : descriptor(descriptor), path(std::move(path)), temporary(std::move(temporary)) {}

OutputFile::OutputFile(OutputFile &&other) noexcept
    : descriptor(std::exchange(other.descriptor, -1)), path(std::exchange(other.path, "")),
      temporary(std::exchange(other.temporary, "")) {}

OutputFile &OutputFile::operator=(OutputFile &&other) noexcept {
  std::swap(descriptor, other.descriptor);
  std::swap(path, other.path);
  std::swap(temporary, other.temporary);
  return *this;
}

OutputFile::~OutputFile() {
  if (!path.empty() && descriptor >= 0)
    ::close(descriptor);
  if (!temporary.empty())
    ::unlink(temporary.c_str());
}

OutputFile OutputFile::standardOutput() { return OutputFile(STDOUT_FILENO, "", ""); }

Result<OutputFile> OutputFile::create(const std::string &path) {
  struct stat status;
  bool exists = ::stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode))
    return Error{path + ": expected a file to write to, found a folder"};
  if (exists && !S_ISREG(status.st_mode)) {
    int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
      return systemError(path, "open for writing");
    return OutputFile(descriptor, path, "");
  }
  std::string temporary = path + ".partial-" + std::to_string(::getpid());
  int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0)
    return systemError(path, "create");
  return OutputFile(descriptor, path, temporary);
}

MaybeError OutputFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return systemError(path.empty() ? "standard output" : path, "write");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return std::nullopt;
}

MaybeError OutputFile::commit() {
  if (path.empty())
    return std::nullopt;
  // Some file systems report a full disk only here.
  if (::close(std::exchange(descriptor, -1)) != 0)
    return systemError(path, "write");
  if (temporary.empty())
    return std::nullopt;
  if (::rename(temporary.c_str(), path.c_str()) != 0)
    return systemError(path, "create");
  temporary.clear();
  return std::nullopt;
}

} // namespace trimod
