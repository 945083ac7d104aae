//===- ModelVocabulary.h - what the strings of a model mean --*- C++ -*-===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_MODELVOCABULARY_H
#define TRIMOD_CODEGEN_ARTIFACT_MODELVOCABULARY_H

#include "mlir/IR/BuiltinOps.h"
#include "runtime/Vocabulary.h"
#include "llvm/Support/Error.h"

namespace trimod {

/// The image of vocabulary files (JSON), each key in one of them; empty if there are none.
llvm::Expected<std::string> readVocabularies(llvm::ArrayRef<std::string> paths);

/// Whether the sizes of a model are those of its vocabulary: ids of inputs are positions in one of
/// its lists (listOfInput), columns of the result "emissions" its labels. A vocabulary of other
/// weights would give ids that lie outside the tables, or mean other words. `batched` is the
/// program after phase `batched` with its index bounds, `files` the names for errors.
llvm::LogicalResult checkVocabulary(mlir::ModuleOp batched, const VocabularyView &vocabulary,
                                    llvm::StringRef files);

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_MODELVOCABULARY_H
