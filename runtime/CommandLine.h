// The command line that compiled taggers and trimod-run share.
//
// Exit status: 0 if the run did its work, also if some posts became error records; 1 if it failed
// as a whole: a named file cannot be read (all are opened before anything is tagged), the model or
// its weights cannot be loaded, the output cannot be written, or there were posts and every one was
// bad; 2 if the command line itself is wrong.
#ifndef TRIMOD_RUNTIME_COMMANDLINE_H
#define TRIMOD_RUNTIME_COMMANDLINE_H

#include "runtime/PostReader.h"
#include "trimod/runtime.h"

#include <string>
#include <vector>

namespace trimod {

enum ExitStatus : int { kExitSuccess = 0, kExitFailure = 1, kExitUsage = 2 };

struct TaggerOptions {
  bool wantsHelp = false;
  bool wantsVersion = false;
  bool explains = false;
  bool printsFeatures = false;
  bool evaluates = false; // against the tags of CoNLL input
  bool evaluatesAsJson = false;
  PostFormat inputFormat = PostFormat::JsonLines;
  PostFormat outputFormat = PostFormat::JsonLines;
  std::size_t batchSize = 32;
  std::size_t threads = 0;               // at most; 0: as many as processors
  std::size_t sequences = 0;             // of the best ones, in the results
  std::string outputPath;                // empty for standard output
  std::vector<std::string> weightsPaths; // empty if weights are embedded
  std::string captionsPath;              // empty if posts have only captions of their own
  std::vector<std::string> files;        // empty for standard input, which is also "-"
};

Result<TaggerOptions> parseTaggerOptions(const std::vector<std::string> &words);

// The help text. `usage` is the part of the first line after "usage: "; `examples` are whole lines.
std::string taggerHelp(const std::string &usage, const std::string &examples);

// Versions of the runtime and, if there is one, of the model.
std::string describeVersions(const std::string &program, const trimod_model *model);

// "PROGRAM: error: MESSAGE" on standard error.
void reportError(const std::string &program, const std::string &message);

} // namespace trimod

#endif // TRIMOD_RUNTIME_COMMANDLINE_H
