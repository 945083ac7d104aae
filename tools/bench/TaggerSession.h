//===- TaggerSession.h - a compiled tagger in this process ------*- C++ -*-===//
//
// Through the public C interface (runtime/include/trimod/tagger.h), as a program of a user would.
//
//===----------------------------------------------------------------------===//
#ifndef TRIMOD_TOOLS_BENCH_TAGGERSESSION_H
#define TRIMOD_TOOLS_BENCH_TAGGERSESSION_H

#include "runtime/Artefact.h"
#include "trimod/tagger.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <vector>

namespace trimod::bench {

/// Posts as lines of JSON, and all of them as one text.
struct Posts {
  std::string text;
  std::vector<llvm::StringRef> lines;
};

/// Reads a file of posts. Error: it cannot be read, or has none.
llvm::Expected<std::unique_ptr<Posts>> readPosts(const std::string &path);

class TaggerSession {
public:
  /// Loads a compiled model and makes a tagger of it.
  static llvm::Expected<std::unique_ptr<TaggerSession>> open(const std::string &artefact);

  /// Another tagger of the same model, for another thread. Error: no memory.
  llvm::Expected<std::unique_ptr<TaggerSession>> copy() const;

  /// Tags the posts of `lines`; results() are those of the last run.
  llvm::Error run(llvm::StringRef lines);
  llvm::StringRef results() const { return written; }

  const trimod_model &model() const { return *artefact->model(); }

private:
  explicit TaggerSession(std::shared_ptr<Artefact> artefact) : artefact(std::move(artefact)) {}

  struct Destroy {
    void operator()(trimod_tagger *tagger) const { trimod_tagger_destroy(tagger); }
  };

  std::shared_ptr<Artefact> artefact;
  std::unique_ptr<trimod_tagger, Destroy> tagger;
  std::string written;
};

} // namespace trimod::bench

#endif // TRIMOD_TOOLS_BENCH_TAGGERSESSION_H
