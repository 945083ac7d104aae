// Runs a compiled model (a shared library) on posts.

#include "runtime/Artefact.h"
#include "runtime/TaggerRun.h"

#include <cstdio>

using namespace trimod;

namespace {

const char kProgram[] = "trimod-run";
const char kUsage[] = "trimod-run MODEL.so [OPTIONS] [FILE...]\n"
                      "       trimod-run [MODEL.so] --features [OPTIONS] [FILE...]";
const char kExamples[] =
    R"(  echo '{"text": "Adele sings in Hamburg tonight"}' | trimod-run tagger.so
  trimod-run tagger.so posts.jsonl --explain -o entities.jsonl
  trimod-run bare.so --weights model.safetensors posts.jsonl   # compiled with --external-weights
  trimod-run tagger.so --eval test.conll --captions captions.tsv
  trimod-run --features --input-format conll train.conll > features.jsonl
  trimod-run tagger.so --features posts.jsonl                  # hashtags split by the model's network
)";

// Takes the model's name from the front of the files. Empty if there is none and none is needed:
// features may come from the text rules alone, then all names are files of posts.
Result<std::string> takeArtefactName(TaggerOptions &options) {
  bool needsNone = options.printsFeatures &&
                   (options.files.empty() || !Artefact::isLibrary(options.files.front()));
  if (needsNone || (options.wantsVersion && options.files.empty()))
    return std::string();
  if (options.files.empty())
    return Error{"expected a compiled model (MODEL.so) as the first name, found none; --help shows "
                 "examples"};
  std::string first = options.files.front();
  options.files.erase(options.files.begin());
  return first;
}

} // namespace

int main(int argc, char **argv) {
  Result<TaggerOptions> options =
      parseTaggerOptions(std::vector<std::string>(argv + 1, argv + argc));
  if (!options) {
    reportError(kProgram, options.error().message);
    return kExitUsage;
  }
  if (options->wantsHelp) {
    std::fputs(taggerHelp(kUsage, kExamples).c_str(), stdout);
    return kExitSuccess;
  }
  Result<std::string> name = takeArtefactName(*options);
  if (!name) {
    reportError(kProgram, name.error().message);
    return kExitUsage;
  }
  std::optional<Artefact> artefact;
  if (!name->empty()) {
    Result<Artefact> opened = Artefact::open(*name);
    if (!opened) {
      reportError(kProgram, opened.error().message);
      return kExitFailure;
    }
    artefact.emplace(std::move(*opened));
  }
  const trimod_model *model = artefact ? artefact->model() : nullptr;
  if (options->wantsVersion) {
    std::fputs(describeVersions(kProgram, model).c_str(), stdout);
    return kExitSuccess;
  }
  return runTagger(kProgram, *options, model);
}
