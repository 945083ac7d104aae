// Tensors that PyTorch computed, committed beside the tests.
#ifndef TRIMOD_TEST_NUMERICAL_GOLDEN_H
#define TRIMOD_TEST_NUMERICAL_GOLDEN_H

#include "runtime/Safetensors.h"
#include "gtest/gtest.h"

#include <cstring>
#include <string>
#include <vector>

namespace trimod::test {

template <typename T>
std::vector<T> readTensor(const Safetensors &file, const std::string &name) {
  const TensorView *tensor = file.find(name);
  if (!tensor) {
    ADD_FAILURE() << "the golden file has no tensor " << name;
    return {};
  }
  std::vector<T> values(tensor->bytes.size() / sizeof(T));
  std::memcpy(values.data(), tensor->bytes.data(), tensor->bytes.size());
  return values;
}

} // namespace trimod::test

#endif // TRIMOD_TEST_NUMERICAL_GOLDEN_H
