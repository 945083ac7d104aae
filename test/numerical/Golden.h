// Tensors that PyTorch computed, committed beside the tests.
#ifndef TRIMOD_TEST_NUMERICAL_GOLDEN_H
#define TRIMOD_TEST_NUMERICAL_GOLDEN_H

#include "runtime/Artefact.h"
#include "runtime/Isa.h"
#include "runtime/Model.h"
#include "runtime/Safetensors.h"
#include "gtest/gtest.h"

#include <cstring>
#include <optional>
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

/// Tests of an artefact at one instruction level: the `path` and the `level` of a Parameter.
template <typename Parameter>
class ArtefactTest : public testing::TestWithParam<Parameter> {
protected:
  /// Skips the test if this machine does not have the level.
  void SetUp() override {
    const Parameter &parameter = this->GetParam();
    if (parameter.level > detectIsaLevel())
      GTEST_SKIP() << "this machine cannot run " << isaLevelName(parameter.level);
    Result<Artefact> opened = Artefact::open(parameter.path);
    ASSERT_TRUE(opened) << opened.error().message;
    artefact.emplace(std::move(*opened));
    modelOptions.forcedLevel = parameter.level;
  }

  static bool cannotGoOn() {
    return testing::Test::IsSkipped() || testing::Test::HasFatalFailure();
  }

  std::optional<Artefact> artefact;
  ModelOptions modelOptions;
};

} // namespace trimod::test

#endif // TRIMOD_TEST_NUMERICAL_GOLDEN_H
