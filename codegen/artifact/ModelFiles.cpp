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

/// Whether who calls the artefact knows `op` by its name.
static bool hasPublicName(Operation *op) {
  auto function = dyn_cast<func::FuncOp>(op);
  return function && isEntry(function);
}

/// Gives one of two symbols of different modules a name that neither module has.
static LogicalResult separate(Operation *op, SymbolTable &source, Operation *other,
                              SymbolTable &target) {
  if (!hasPublicName(op))
    return source.renameToUnique(op, {&target});
  if (!hasPublicName(other))
    return target.renameToUnique(other, {&source});
  InFlightDiagnostic diagnostic = op->emitError()
                                  << "function '" << SymbolTable::getSymbolName(op).getValue()
                                  << "' is defined in two model files";
  diagnostic.attachNote(other->getLoc()) << "the other definition is here";
  return failure();
}

/// Moves all of `source` to the end of `target`.
static LogicalResult join(ModuleOp target, ModuleOp source) {
  SymbolTable targetSymbols(target), sourceSymbols(source);
  for (auto symbol : llvm::to_vector(source.getOps<SymbolOpInterface>()))
    if (Operation *other = targetSymbols.lookup(symbol.getName()))
      if (failed(separate(symbol, sourceSymbols, other, targetSymbols)))
        return failure();
  target.getBody()->getOperations().splice(target.getBody()->end(),
                                           source.getBody()->getOperations());
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
