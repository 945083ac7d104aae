// What must hold for every input.
#ifndef TRIMOD_TEST_FUZZ_CHECK_H
#define TRIMOD_TEST_FUZZ_CHECK_H

#include <cstdio>
#include <cstdlib>

namespace trimod::test {

inline void check(bool holds, const char *what) {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

} // namespace trimod::test

#endif // TRIMOD_TEST_FUZZ_CHECK_H
