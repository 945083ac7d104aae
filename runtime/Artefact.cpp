#include "runtime/Artefact.h"

#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trimod {

bool Artefact::isLibrary(const std::string &path) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
    return false;
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return false;
  char magic[4];
  bool isElf = ::read(descriptor, magic, 4) == 4 && std::memcmp(magic,
                                                                "\x7f"
                                                                "ELF",
                                                                4) == 0;
  ::close(descriptor);
  return isElf;
}

Result<Artefact> Artefact::open(const std::string &path) {
  // Without a slash the loader would search the system's folders instead of this one.
  std::string file = path.find('/') == path.npos ? "./" + path : path;
  void *handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return Error{path + ": expected a compiled model: " + ::dlerror()};
  using Query = const trimod_model *(*)(std::uint32_t);
  auto query = reinterpret_cast<Query>(::dlsym(handle, "trimod_query"));
  const trimod_model *model = query ? query(TRIMOD_ABI_VERSION) : nullptr;
  if (model)
    return Artefact(handle, model);
  ::dlclose(handle);
  return Error{path + (query
                           ? ": expected a model of interface version " +
                                 std::to_string(TRIMOD_ABI_VERSION) + ", found another one"
                           : ": expected a compiled model, found a library without trimod_query")};
}

Artefact::~Artefact() {
  if (handle)
    ::dlclose(handle);
}

} // namespace trimod
