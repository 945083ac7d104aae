//===- Precision.cpp - the types of numbers that weights are kept in -------===//

#include "passes/Precision.h"
#include "llvm/ADT/StringSwitch.h"

using namespace trimod;
using llvm::StringRef;

static std::optional<NumberFormat> parseFormat(StringRef name) {
  return llvm::StringSwitch<std::optional<NumberFormat>>(name)
      .Case("f32", NumberFormat::F32)
      .Case("f16", NumberFormat::F16)
      .Case("int8", NumberFormat::Int8)
      .Default(std::nullopt);
}

static llvm::Error makeError(StringRef item, const llvm::Twine &what) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "precision '" + item + "': " + what);
}

llvm::Expected<Precision> trimod::parsePrecision(llvm::ArrayRef<std::string> items) {
  Precision precision;
  for (StringRef item : items) {
    auto [part, name] = item.split(':');
    if (part != "embedding" || name.empty())
      return makeError(item, "expected embedding:FORMAT, as in embedding:int8");
    std::optional<NumberFormat> format = parseFormat(name);
    if (!format)
      return makeError(item, "expected format f32, f16 or int8, got '" + name + "'");
    if (precision.embedding)
      return makeError(item, "expected one format for each part, got a second for '" + part + "'");
    precision.embedding = format;
  }
  return precision;
}
