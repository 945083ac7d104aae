// The fake model as a shared library, for tests of trimod-run.

#include "FakeModel.h"

extern "C" __attribute__((visibility("default"))) const trimod_model *
trimod_query(std::uint32_t abi_version) {
  static const trimod::test::FakeModel fake(/*isEmbedded=*/true);
  return abi_version == TRIMOD_ABI_VERSION ? &fake.model : nullptr;
}
