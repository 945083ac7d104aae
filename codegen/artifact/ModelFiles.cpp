//===- ModelFiles.cpp - reading model files -------------------------------===//

#include "codegen/artifact/ModelFiles.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Parser/Parser.h"
#include "passes/FunctionBoundary.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace trimod;

/// Moves all of `source` to the end of `target`.
static LogicalResult join(ModuleOp target, ModuleOp source) {
  SymbolTable symbols(target);
  for (Operation &op : llvm::make_early_inc_range(*source.getBody())) {
    if (auto symbol = dyn_cast<SymbolOpInterface>(op))
      if (Operation *other = symbols.lookup(symbol.getName())) {
        InFlightDiagnostic diagnostic = op.emitError() << "symbol '" << symbol.getName()
                                                       << "' is defined in two model files";
        diagnostic.attachNote(other->getLoc()) << "the other definition is here";
        return failure();
      }
    op.remove();
    target.getBody()->push_back(&op);
  }
  return success();
}

OwningOpRef<ModuleOp> trimod::readModelFiles(MLIRContext &context, ArrayRef<std::string> files) {
  OwningOpRef<ModuleOp> model;
  for (const std::string &file : files) {
    // The parser would not say why it cannot read a file.
    auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(file, /*IsText=*/true);
    if (!buffer) {
      emitError(UnknownLoc::get(&context))
          << "cannot read model '" << file << "': " << buffer.getError().message();
      return {};
    }
    llvm::SourceMgr sources;
    sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
    OwningOpRef<ModuleOp> parsed = parseSourceFile<ModuleOp>(sources, &context);
    if (!parsed)
      return {};
    if (!model)
      model = std::move(parsed);
    else if (failed(join(*model, *parsed)))
      return {};
  }
  return model;
}

FailureOr<std::vector<std::string>> trimod::selectEntries(ModuleOp module,
                                                          ArrayRef<std::string> names) {
  std::vector<std::string> available;
  for (auto function : module.getOps<func::FuncOp>())
    if (isEntry(function))
      available.push_back(function.getName().str());
  const std::string list = available.empty() ? "none" : llvm::join(available, ", ");
  for (const std::string &name : names)
    if (!llvm::is_contained(available, name))
      return emitError(module.getLoc())
             << "no entry function '" << name
             << "': expected a public function of the model, found " << list;
  if (available.empty())
    return emitError(module.getLoc()) << "the model has no entry function: expected a public "
                                         "function with a body, found none";
  if (names.empty())
    return available;
  std::vector<std::string> selected;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!isEntry(function))
      continue;
    if (llvm::is_contained(names, function.getName()))
      selected.push_back(function.getName().str());
    else
      function.setPrivate();
  }
  return selected;
}
