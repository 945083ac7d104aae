//===- Diagnostics.h - MLIR's diagnostics as single lines -------*- C++ -*-===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_DIAGNOSTICS_H
#define TRIMOD_CODEGEN_ARTIFACT_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include <functional>
#include <string>

namespace trimod {

/// "model.mlir:3:5: error: ...". Of inlined code, the place where it was written. Text from the
/// diagnostic is kept to one line.
std::string formatDiagnostic(mlir::Diagnostic &diagnostic);

/// While it lives, sends errors and their notes, a line each, to `report`. Drops remarks (they have
/// their own way, passes/Remarks.h) and what a pass manager adds to a failed pass.
class DiagnosticLines {
public:
  DiagnosticLines(mlir::MLIRContext &context, std::function<void(const std::string &)> report);

  /// True if an error was reported.
  bool hasSeenErrors() const { return hasErrors; }

private:
  void handle(mlir::Diagnostic &diagnostic);

  std::function<void(const std::string &)> report;
  bool hasErrors = false;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_DIAGNOSTICS_H
