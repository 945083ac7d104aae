// A weight file: every tensor that is accepted lies inside it.

#include "Check.h"
#include "runtime/Safetensors.h"

using namespace trimod;
using namespace trimod::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  Result<Safetensors> file =
      Safetensors::parse(std::string_view(reinterpret_cast<const char *>(data), size));
  if (!file) {
    check(file.error().message.find('\n') == std::string::npos, "an error is one line");
    return 0;
  }
  std::size_t total = 0;
  for (const TensorView &tensor : file->tensors()) {
    check(file->find(tensor.name) == &tensor, "a tensor is found by its name");
    // The sanitizer sees a read outside.
    volatile char sum = 0;
    for (char byte : tensor.bytes)
      sum = char(sum + byte);
    total += tensor.bytes.size();
  }
  check(total <= size, "tensors do not overlap");
  return 0;
}
