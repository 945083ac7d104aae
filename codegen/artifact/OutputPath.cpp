//===- OutputPath.cpp - a file that appears whole or not at all -----------===//

#include "codegen/artifact/OutputPath.h"

#include "llvm/Support/raw_ostream.h"

namespace fs = llvm::sys::fs;
using namespace trimod;

static llvm::Error makeError(llvm::StringRef path, const llvm::Twine &reason) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "cannot write '" + path + "': " + reason);
}

llvm::Expected<OutputPath> OutputPath::create(llvm::StringRef path) {
  OutputPath output(path);
  if (path == "-")
    return output;
  fs::file_status status;
  if (!fs::status(path, status) && status.type() != fs::file_type::regular_file) {
    if (status.type() == fs::file_type::directory_file)
      return makeError(path, "it is a directory");
    if (std::error_code error = fs::access(path, fs::AccessMode::Write))
      return makeError(path, error.message());
    return output;
  }
  llvm::Expected<fs::TempFile> temporary = fs::TempFile::create(path + ".tmp-%%%%%%");
  if (!temporary)
    return makeError(path, llvm::toString(temporary.takeError()));
  output.temporary.emplace(std::move(*temporary));
  return output;
}

OutputPath::~OutputPath() {
  // A failed removal leaves a file whose name says that it is temporary.
  if (temporary)
    llvm::consumeError(temporary->discard());
}

llvm::StringRef OutputPath::getTemporaryName() const {
  return temporary ? llvm::StringRef(temporary->TmpName) : llvm::StringRef();
}

llvm::Error OutputPath::write(llvm::StringRef content) {
  std::error_code error;
  if (temporary) {
    llvm::raw_fd_ostream stream(temporary->FD, /*shouldClose=*/false);
    stream << content;
    stream.flush();
    error = stream.error();
    stream.clear_error();
  } else {
    llvm::raw_fd_ostream stream(path, error, fs::CD_OpenExisting);
    if (!error) {
      stream << content;
      stream.flush();
      error = stream.error();
      stream.clear_error();
    }
  }
  return error ? makeError(path, error.message()) : llvm::Error::success();
}

llvm::Error OutputPath::commit() {
  if (!temporary)
    return llvm::Error::success();
  llvm::Error error = temporary->keep(path);
  temporary.reset();
  return error ? makeError(path, llvm::toString(std::move(error))) : llvm::Error::success();
}
