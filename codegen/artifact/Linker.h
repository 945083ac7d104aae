//===- Linker.h - objects become an executable or a library -----*- C++ -*-===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_LINKER_H
#define TRIMOD_CODEGEN_ARTIFACT_LINKER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace trimod {

enum class LinkKind {
  Executable,    ///< with the runtime and its main program
  SharedLibrary, ///< exports trimod_query; trimod-run or another host loads it
  Object         ///< one relocatable object of all
};

struct LinkerOptions {
  /// The C++ compiler driver that links; if empty, $CXX, or else "c++".
  std::string driver;
  /// Where libtrimod-runtime.a and libtrimod-main.a are.
  std::string runtimeDirectory;
};

/// The directory of the runtime's libraries for a compiler at `executable`: beside it in the build
/// tree (../runtime) or in an installation (../lib/trimod). Error: none has them.
llvm::Expected<std::string> findRuntimeDirectory(llvm::StringRef executable);

/// An object file's content.
using ObjectCode = llvm::SmallVector<char, 0>;

/// Links `objects` into the file `output`. Errors: no such driver, a missing runtime library, or
/// what the driver said.
llvm::Error link(llvm::ArrayRef<ObjectCode> objects, LinkKind kind, llvm::StringRef output,
                 const LinkerOptions &options);

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_LINKER_H
