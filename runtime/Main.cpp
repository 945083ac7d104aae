// The main program of a compiled tagger: it is linked with the artefact and serves the artefact's
// own model.

#include "runtime/TaggerRun.h"

#include <cstdio>
#include <cstdlib>

// The C++ library's own describes the exception that ended the program, with a demangler of 40 kB.
// There are no exceptions here.
namespace __gnu_cxx {
void __verbose_terminate_handler();
void __verbose_terminate_handler() { std::abort(); }
} // namespace __gnu_cxx

namespace {

const char kExamples[] =
    R"(  echo '{"text": "Adele sings in Hamburg tonight"}' | PROGRAM
  PROGRAM posts.jsonl -o entities.jsonl
  PROGRAM --format conll test.conll > tagged.conll
  PROGRAM --eval test.conll --captions captions.tsv
)";

std::string withProgramName(std::string text, const std::string &program) {
  const std::string placeholder = "PROGRAM";
  for (std::size_t at = 0; (at = text.find(placeholder, at)) != text.npos; at += program.size())
    text.replace(at, placeholder.size(), program);
  return text;
}

} // namespace

int main(int argc, char **argv) {
  std::string program = argc > 0 ? argv[0] : "tagger";
  program.erase(0, program.find_last_of('/') + 1);
  trimod::Result<trimod::TaggerOptions> options =
      trimod::parseTaggerOptions(std::vector<std::string>(argv + 1, argv + argc));
  if (!options) {
    trimod::reportError(program, options.error().message);
    return trimod::kExitUsage;
  }
  const trimod_model *model = trimod_query(TRIMOD_ABI_VERSION);
  if (options->wantsHelp) {
    std::fputs(
        trimod::taggerHelp(program + " [OPTIONS] [FILE...]", withProgramName(kExamples, program))
            .c_str(),
        stdout);
    return trimod::kExitSuccess;
  }
  if (options->wantsVersion) {
    std::fputs(trimod::describeVersions(program, model).c_str(), stdout);
    return trimod::kExitSuccess;
  }
  return trimod::runTagger(program, *options, model);
}
