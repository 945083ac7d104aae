//===- Remarks.h - what the passes say they did, and did not ----*- C++ -*-===//
//
// Passes report through mlir::remark. Upstream's policies print a remark at every visit, or once
// but in an order that changes from run to run; ours collects all of a run and reports each once,
// sorted by place, category and text.
//
//===----------------------------------------------------------------------===//
#ifndef TRIMOD_PASSES_REMARKS_H
#define TRIMOD_PASSES_REMARKS_H

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringRef.h"
#include <mutex>
#include <string>
#include <vector>

namespace trimod {

struct CollectedRemark {
  std::string file;
  unsigned line = 0, column = 0;
  bool hasPassed = false;
  std::string category, pass, message;

  /// "model.mlir:12:3: passed (trimod-fusion, trimod-fuse-gru-cell): ..."
  std::string str() const;
};

/// Where remarks go. Lives longer than the context that fills it.
class RemarkCollector {
public:
  /// All remarks since the last call, each once, sorted.
  std::vector<CollectedRemark> take();

  /// May be called by several threads: passes over functions run in parallel.
  void add(CollectedRemark remark);

private:
  std::mutex mutex;
  std::vector<CollectedRemark> remarks;
};

/// Sends the remarks of every category that matches the regular expression `categories` to
/// `collector`. Call it once for a context, before passes run.
llvm::LogicalResult collectRemarks(mlir::MLIRContext &context, RemarkCollector &collector,
                                   llvm::StringRef categories = "trimod-.*");

} // namespace trimod

#endif // TRIMOD_PASSES_REMARKS_H
