// The run of a command line: files in, results out.
#ifndef TRIMOD_RUNTIME_TAGGERRUN_H
#define TRIMOD_RUNTIME_TAGGERRUN_H

#include "runtime/CommandLine.h"

namespace trimod {

// Tags (or prints the features of) all posts and returns the exit status. `model` may be null if
// only features are printed. Errors go to standard error, each after "PROGRAM: error: ".
int runTagger(const std::string &program, const TaggerOptions &options, const trimod_model *model);

} // namespace trimod

#endif // TRIMOD_RUNTIME_TAGGERRUN_H
