//===- Diagnostics.cpp - MLIR's diagnostics as single lines ---------------===//

#include "codegen/artifact/Diagnostics.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"

using namespace mlir;
using namespace trimod;

static std::string describePlace(Location location) {
  std::string place;
  location->walk([&](Location inner) {
    auto file = dyn_cast<FileLineColLoc>(inner);
    if (!file)
      return WalkResult::advance();
    // A place in a whole file, as of a file that does not exist, has no line.
    place = file.getFilename().str() + ":";
    if (file.getLine() != 0)
      place += std::to_string(file.getLine()) + ":" + std::to_string(file.getColumn()) + ":";
    return WalkResult::interrupt();
  });
  return place.empty() ? place : place + " ";
}

static StringRef getSeverityName(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Note:
    return "note";
  case DiagnosticSeverity::Remark:
    return "remark";
  }
  return "error";
}

std::string trimod::formatDiagnostic(Diagnostic &diagnostic) {
  std::string text = diagnostic.str();
  llvm::replace(text, '\n', ' ');
  return describePlace(diagnostic.getLocation()) + getSeverityName(diagnostic.getSeverity()).str() +
         ": " + text;
}

DiagnosticLines::DiagnosticLines(MLIRContext &context,
                                 std::function<void(const std::string &)> report)
    : report(std::move(report)), handler(&context, [this](Diagnostic &diagnostic) {
        handle(diagnostic);
        return success();
      }) {}

void DiagnosticLines::handle(Diagnostic &diagnostic) {
  if (diagnostic.getSeverity() == DiagnosticSeverity::Remark)
    return;
  // The name of a pipeline says nothing to whom the first error did not help; reproducers are
  // announced by who makes them (Reproducer.h).
  if (StringRef(diagnostic.str()).starts_with("Failures have been detected while processing"))
    return;
  hasErrors |= diagnostic.getSeverity() == DiagnosticSeverity::Error;
  report(formatDiagnostic(diagnostic));
  for (Diagnostic &note : diagnostic.getNotes())
    report(formatDiagnostic(note));
}
