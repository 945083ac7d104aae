//===- VocabularyCheck.h - whether a vocabulary is a model's ----*- C++ -*-===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_VOCABULARYCHECK_H
#define TRIMOD_CODEGEN_ARTIFACT_VOCABULARYCHECK_H

#include "mlir/IR/BuiltinOps.h"
#include "runtime/Vocabulary.h"

namespace trimod {

/// Whether the sizes of a model are those of its vocabulary: ids of inputs are positions in one of
/// its lists (listOfInput), columns of the result "emissions" its labels. A vocabulary of other
/// weights would give ids that lie outside the tables, or mean other words. `batched` is the
/// program after phase `batched` with its index bounds, `files` the names for errors.
llvm::LogicalResult checkVocabulary(mlir::ModuleOp batched, const VocabularyView &vocabulary,
                                    llvm::StringRef files);

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_VOCABULARYCHECK_H
