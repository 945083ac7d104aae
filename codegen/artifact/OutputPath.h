//===- OutputPath.h - a file that appears whole or not at all ---*- C++ -*-===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_OUTPUTPATH_H
#define TRIMOD_CODEGEN_ARTIFACT_OUTPUTPATH_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include <optional>
#include <string>

namespace trimod {

/// An output file under way. What is written stands in a temporary file of the same directory, and
/// takes the file's name in commit(); without it the temporary goes away, also if the process is
/// interrupted. The name "-" is standard output. What is no regular file (a device, a pipe) is
/// written to directly.
class OutputPath {
public:
  /// Finds out whether `path` can be written, so call it before the long work. Error: it cannot.
  static llvm::Expected<OutputPath> create(llvm::StringRef path);

  OutputPath(OutputPath &&) = default;
  OutputPath &operator=(OutputPath &&) = delete;
  ~OutputPath();

  /// The name that another program may write to. Empty for standard output and devices.
  llvm::StringRef getTemporaryName() const;

  llvm::Error write(llvm::StringRef content);
  llvm::Error commit();

private:
  explicit OutputPath(llvm::StringRef path) : path(path) {}

  std::string path;
  std::optional<llvm::sys::fs::TempFile> temporary;
};

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_OUTPUTPATH_H
