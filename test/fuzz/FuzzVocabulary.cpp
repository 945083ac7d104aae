// The source of a vocabulary, or its image.

#include "Check.h"
#include "runtime/Vocabulary.h"

#include <cstring>

using namespace trimod;
using namespace trimod::test;

namespace {

void lookUp(const VocabularyView &view) {
  for (std::size_t i = 0; i < kVocabularyListCount; ++i) {
    const StringTable &table = view.list(static_cast<VocabularyList>(i));
    table.find("<unk>");
    volatile std::size_t total = 0;
    for (std::uint32_t id = 0; id < table.size(); ++id)
      for (char byte : table[id])
        total = total + std::size_t(byte);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char *>(data), size);
  if (Result<VocabularyView> view = VocabularyView::open(bytes))
    lookUp(*view);
  Result<std::string> image = buildVocabularyImage({{"fuzz", bytes}});
  if (!image)
    return 0;
  Result<VocabularyView> view = VocabularyView::open(*image);
  check(bool(view), "what is built can be opened");
  lookUp(*view);
  return 0;
}
