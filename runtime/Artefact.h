// A compiled model in a shared library.
#ifndef TRIMOD_RUNTIME_ARTEFACT_H
#define TRIMOD_RUNTIME_ARTEFACT_H

#include "runtime/Error.h"
#include "trimod/runtime.h"

namespace trimod {

class Artefact {
public:
  // Whether a file is a shared library. False for pipes: what was read of one would be lost.
  static bool isLibrary(const std::string &path);

  // Loads the library and asks it for its model. Errors name the file.
  static Result<Artefact> open(const std::string &path);

  Artefact(Artefact &&other) noexcept
      : handle(std::exchange(other.handle, nullptr)), loaded(other.loaded) {}
  Artefact &operator=(Artefact &&) = delete;
  ~Artefact();

  const trimod_model *model() const { return loaded; }

private:
  Artefact(void *handle, const trimod_model *loaded) : handle(handle), loaded(loaded) {}

  void *handle;
  const trimod_model *loaded;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_ARTEFACT_H
