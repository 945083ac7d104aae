//===- Reproducer.h - what a pass failed on, for who repairs it -*- C++ -*-===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_REPRODUCER_H
#define TRIMOD_CODEGEN_ARTIFACT_REPRODUCER_H

#include "mlir/Pass/PassManager.h"
#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace trimod {

/// Keeps the program and the pipeline of a pass that crashes, or fails without saying why, in a
/// file for `trimod-opt --run-reproducer`. A pass that fails with an error has found something
/// wrong with the program it was given: the error says what, and no file is written.
class Reproducer {
public:
  explicit Reproducer(std::string path) : path(std::move(path)) {}

  /// Watches the next run of `manager`; call it once for each manager. `hasErrors` tells whether
  /// errors were reported. The reproducer outlives the run.
  void watch(mlir::PassManager &manager, std::function<bool()> hasErrors);

  /// What there is to say of the run that failed, if a file was written; or "".
  std::string describe() const;

private:
  std::unique_ptr<mlir::ReproducerStream> open(std::string &error);

  const std::string path;
  /// A pass returned and said that it failed: it did not crash. Set by any thread.
  std::atomic<bool> hasReturnedFailure = false;
  bool isWritten = false;
};

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_REPRODUCER_H
