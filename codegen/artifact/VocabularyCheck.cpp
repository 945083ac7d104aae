//===- VocabularyCheck.cpp - whether a vocabulary is a model's -------------===//

#include "codegen/artifact/VocabularyCheck.h"

#include "dialect/TriMod.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/FunctionBoundary.h"

using namespace mlir;
using namespace trimod;

namespace {

/// Compares the sizes of one entry function with a vocabulary.
class VocabularyCheck {
public:
  VocabularyCheck(const VocabularyView &vocabulary, StringRef files)
      : vocabulary(vocabulary), files(files) {}

  LogicalResult check(func::FuncOp entry) {
    LogicalResult inputs = success();
    entry.walk([&](EmbeddingOp embedding) {
      if (failed(checkEmbedding(entry, embedding)))
        inputs = failure();
    });
    LogicalResult results = success();
    for (unsigned i = 0; i < entry.getNumResults(); ++i)
      if (failed(checkResult(entry, i)))
        results = failure();
    return success(succeeded(inputs) && succeeded(results));
  }

private:
  LogicalResult checkEmbedding(func::FuncOp entry, EmbeddingOp embedding) {
    StringRef input = getInputName(entry, embedding.getIds());
    const std::optional<VocabularyList> list = listOfInput({input.data(), input.size()});
    if (!list)
      return success();
    const int64_t rows = embedding.getTable().getType().getDimSize(0);
    const int64_t size = vocabulary.list(*list).size();
    if (rows == size)
      return success();
    return report(embedding, size, describeList(*list))
           << "the table that input '" << input << "' reads has " << rows
           << " rows: expected the vocabulary of these weights";
  }

  LogicalResult checkResult(func::FuncOp entry, unsigned index) {
    auto name = entry.getResultAttrOfType<StringAttr>(index, kNameAttr);
    auto type = dyn_cast<RankedTensorType>(entry.getResultTypes()[index]);
    if (!name || name.getValue() != "emissions" || !type || type.getRank() == 0)
      return success();
    const int64_t columns = type.getShape().back();
    const int64_t size = vocabulary.labels().size();
    if (columns == size || ShapedType::isDynamic(columns))
      return success();
    return report(entry, size, "labels")
           << "output 'emissions' of @" << entry.getName() << " has " << columns
           << " columns: expected the vocabulary of this model";
  }

  /// The name of the input that `ids` is, or "".
  static StringRef getInputName(func::FuncOp entry, Value ids) {
    while (Operation *op = ids.getDefiningOp()) {
      if (!isa<tensor::CastOp, PackOp>(op))
        return "";
      ids = op->getOperand(0);
    }
    auto argument = cast<BlockArgument>(ids);
    // A map that is left in the program gives its body the rows of its operands.
    Operation *owner = argument.getOwner()->getParentOp();
    if (auto map = dyn_cast<MapOp>(owner))
      return getInputName(entry, map->getOperand(argument.getArgNumber()));
    if (owner != entry)
      return "";
    auto name = entry.getArgAttrOfType<StringAttr>(argument.getArgNumber(), kNameAttr);
    return name ? name.getValue() : StringRef();
  }

  InFlightDiagnostic report(Operation *op, int64_t size, StringRef what) const {
    return op->emitError() << "vocabulary '" << files << "' has " << size << " " << what
                           << ", but ";
  }

  const VocabularyView &vocabulary;
  StringRef files;
};

} // namespace

LogicalResult trimod::checkVocabulary(ModuleOp batched, const VocabularyView &vocabulary,
                                      StringRef files) {
  VocabularyCheck check(vocabulary, files);
  LogicalResult result = success();
  for (auto function : batched.getOps<func::FuncOp>())
    if (isEntry(function) && failed(check.check(function)))
      result = failure();
  return result;
}
