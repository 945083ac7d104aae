//===- Reproducer.cpp - what a pass failed on, for who repairs it ----------===//

#include "codegen/artifact/Reproducer.h"

#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace trimod;

namespace {

/// Not called for a pass that crashes.
struct FailureWatch : PassInstrumentation {
  explicit FailureWatch(std::atomic<bool> &failed) : failed(failed) {}
  void runAfterPassFailed(Pass *, Operation *) override { failed = true; }

  std::atomic<bool> &failed;
};

struct FileStream : ReproducerStream {
  FileStream(StringRef path, std::error_code &error) : path(path), file(path, error) {}
  ~FileStream() override {
    // The reproducer is a help: that it could not be written whole is no second failure.
    file.close();
    file.clear_error();
  }

  StringRef description() override { return path; }
  raw_ostream &os() override { return file; }

  std::string path;
  llvm::raw_fd_ostream file;
};

} // namespace

void Reproducer::watch(PassManager &manager, std::function<bool()> hasErrors) {
  hasReturnedFailure = false;
  isWritten = false;
  manager.enableCrashReproducerGeneration(
      [this,
       hasErrors = std::move(hasErrors)](std::string &error) -> std::unique_ptr<ReproducerStream> {
        if (hasReturnedFailure && hasErrors())
          return nullptr;
        return open(error);
      });
  // MLIR makes the reproducer of a failure in an instrumentation of its own, and those that were
  // added last are told first.
  manager.addInstrumentation(std::make_unique<FailureWatch>(hasReturnedFailure));
}

std::unique_ptr<ReproducerStream> Reproducer::open(std::string &error) {
  std::error_code code;
  auto stream = std::make_unique<FileStream>(path, code);
  if (code) {
    error = code.message();
    return nullptr;
  }
  isWritten = true;
  return stream;
}

std::string Reproducer::describe() const {
  if (!isWritten)
    return "";
  return path + " holds the program that the pass failed on: trimod-opt --run-reproducer " + path +
         " repeats it";
}
