//===- ModelVocabulary.cpp - what the strings of a model mean --------------===//

#include "codegen/artifact/ModelVocabulary.h"

#include "codegen/artifact/Signature.h"
#include "passes/FunctionBoundary.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace trimod;

llvm::Expected<std::string> trimod::readVocabularies(ArrayRef<std::string> paths) {
  if (paths.empty())
    return "";
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> buffers;
  std::vector<VocabularyFile> files;
  for (const std::string &path : paths) {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    if (!buffer)
      return llvm::createStringError(buffer.getError(), "cannot read vocabulary '" + path +
                                                            "': " + buffer.getError().message());
    StringRef json = (*buffer)->getBuffer();
    files.push_back({path, {json.data(), json.size()}});
    buffers.push_back(std::move(*buffer));
  }
  Result<std::string> image = buildVocabularyImage(files);
  if (!image)
    return llvm::createStringError(llvm::inconvertibleErrorCode(), image.error().message);
  return std::move(*image);
}

namespace {

/// Compares the sizes of one entry function with a vocabulary.
class VocabularyCheck {
public:
  VocabularyCheck(func::FuncOp entry, const VocabularyView &vocabulary, StringRef files)
      : entry(entry), vocabulary(vocabulary), files(files) {}

  LogicalResult check() {
    bool fits = true;
    for (unsigned i = 0; i < entry.getNumArguments(); ++i)
      fits &= succeeded(checkInput(i));
    for (unsigned i = 0; i < entry.getNumResults(); ++i)
      fits &= succeeded(checkResult(i));
    return success(fits);
  }

private:
  LogicalResult checkInput(unsigned index) {
    auto name = entry.getArgAttrOfType<StringAttr>(index, kNameAttr);
    auto rows = entry.getArgAttrOfType<IntegerAttr>(index, kIndexBoundAttr);
    if (!name || !rows)
      return success();
    std::optional<VocabularyList> list = listOfInput({name.data(), name.size()});
    if (!list || rows.getInt() == vocabulary.list(*list).size())
      return success();
    return report(entry.getArgument(index).getLoc(), *list)
           << "the table that input '" << name.getValue() << "' reads has " << rows.getInt()
           << " rows: expected the vocabulary of these weights";
  }

  LogicalResult checkResult(unsigned index) {
    auto name = entry.getResultAttrOfType<StringAttr>(index, kNameAttr);
    auto type = dyn_cast<RankedTensorType>(entry.getResultTypes()[index]);
    if (!name || name.getValue() != "emissions" || !type || type.getRank() == 0)
      return success();
    const int64_t columns = type.getShape().back();
    if (columns == vocabulary.labels().size() || ShapedType::isDynamic(columns))
      return success();
    return report(entry.getLoc(), VocabularyList::Labels)
           << "output 'emissions' of @" << entry.getName() << " has " << columns
           << " columns: expected the vocabulary of this model";
  }

  InFlightDiagnostic report(Location loc, VocabularyList list) const {
    return emitError(loc) << "vocabulary '" << files << "' has " << vocabulary.list(list).size()
                          << " " << describeList(list) << ", but ";
  }

  func::FuncOp entry;
  const VocabularyView &vocabulary;
  StringRef files;
};

} // namespace

LogicalResult trimod::checkVocabulary(ModuleOp batched, const VocabularyView &vocabulary,
                                      StringRef files) {
  bool fits = true;
  for (auto entry : batched.getOps<func::FuncOp>())
    if (isEntry(entry))
      fits &= succeeded(VocabularyCheck(entry, vocabulary, files).check());
  return success(fits);
}
