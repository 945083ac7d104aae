#include "runtime/CommandLine.h"

#include "runtime/Arguments.h"

#include <charconv>
#include <cstdio>

namespace trimod {
namespace {

constexpr std::size_t kMaxBatchSize = 4096, kMaxSequences = 1024, kMaxThreads = 1024;

std::vector<OptionSpec> makeOptionTable() {
  return {
      {"batch", 'b', "N", "tag N posts at a time (default 32)"},
      {"captions", 0, "FILE", "captions of posts that bring none: lines of id, tab, caption"},
      {"eval", 0, "", "print precision, recall and F1 against the tags of CoNLL input"},
      {"explain", 0, "", "add the score of the tags and each token's score for each label"},
      {"features", 0, "",
       "print what the text rules and the hashtag network, if there is one, make of each post"},
      {"format", 'f', "FORMAT", "format of input and output: jsonl (default) or conll"},
      {"help", 'h', "", "print this text"},
      {"input-format", 0, "FORMAT", "format of the input alone"},
      {"json", 0, "", "print the figures of --eval as one JSON object"},
      {"n-best", 0, "N", "add the N best label sequences"},
      {"output", 'o', "FILE", "write to FILE, which appears only when all is done"},
      {"output-format", 0, "FORMAT", "format of the output alone"},
      {"threads", 't', "N", "use at most N threads (default: one for each processor)"},
      {"version", 0, "", "print the versions of model and runtime"},
      {"weights", 'w', "FILE",
       "read weights from this safetensors file, if none are embedded; repeat it for "
       "several files"},
  };
}

MaybeError readFormat(const Arguments &arguments, std::string_view name, PostFormat &format) {
  const std::string *value = arguments.find(name);
  if (!value)
    return std::nullopt;
  Result<PostFormat> parsed = parsePostFormat(*value);
  if (!parsed)
    return parsed.error().in("--" + std::string(name));
  format = *parsed;
  return std::nullopt;
}

MaybeError readNumber(const Arguments &arguments, const char *name, std::size_t max,
                      std::size_t &number) {
  const std::string *value = arguments.find(name);
  if (!value)
    return std::nullopt;
  const char *end = value->data() + value->size();
  std::from_chars_result result = std::from_chars(value->data(), end, number);
  if (result.ec != std::errc() || result.ptr != end || number == 0 || number > max)
    return Error{"--" + std::string(name) + ": expected a number from 1 to " + std::to_string(max) +
                 ", found " + quote(*value)};
  return std::nullopt;
}

MaybeError checkEvaluation(const Arguments &arguments, TaggerOptions &options) {
  if (options.evaluatesAsJson && !options.evaluates)
    return Error{"--json: expected --eval beside it, found none"};
  if (!options.evaluates)
    return std::nullopt;
  for (const char *name :
       {"explain", "n-best", "features", "format", "input-format", "output-format"})
    if (arguments.find(name))
      return Error{"--eval: expected no --" + std::string(name) +
                   " beside it: the input is CoNLL, the output is figures"};
  options.inputFormat = PostFormat::Conll;
  return std::nullopt;
}

} // namespace

Result<TaggerOptions> parseTaggerOptions(const std::vector<std::string> &words) {
  Result<Arguments> arguments = Arguments::parse(words, makeOptionTable());
  if (!arguments)
    return arguments.error();
  TaggerOptions options;
  options.wantsHelp = arguments->find("help");
  options.wantsVersion = arguments->find("version");
  options.explains = arguments->find("explain");
  options.printsFeatures = arguments->find("features");
  options.evaluates = arguments->find("eval");
  options.evaluatesAsJson = arguments->find("json");
  if (const std::string *path = arguments->find("captions"))
    options.captionsPath = *path;
  if (const std::string *path = arguments->find("output"))
    options.outputPath = *path;
  options.weightsPaths = arguments->findAll("weights");
  options.files = arguments->positional();
  for (PostFormat *format : {&options.inputFormat, &options.outputFormat})
    if (MaybeError error = readFormat(*arguments, "format", *format))
      return *error;
  if (MaybeError error = readFormat(*arguments, "input-format", options.inputFormat))
    return *error;
  if (MaybeError error = readFormat(*arguments, "output-format", options.outputFormat))
    return *error;
  if (MaybeError error = readNumber(*arguments, "batch", kMaxBatchSize, options.batchSize))
    return *error;
  if (MaybeError error = readNumber(*arguments, "threads", kMaxThreads, options.threads))
    return *error;
  if (MaybeError error = readNumber(*arguments, "n-best", kMaxSequences, options.sequences))
    return *error;
  if (MaybeError error = checkEvaluation(*arguments, options))
    return *error;
  if (options.outputFormat == PostFormat::Conll)
    for (const char *name : {"explain", "n-best"})
      if (arguments->find(name))
        return Error{"--" + std::string(name) + ": expected the output format jsonl, found conll"};
  if (options.printsFeatures && options.outputFormat == PostFormat::Conll)
    options.outputFormat = PostFormat::JsonLines;
  return options;
}

std::string taggerHelp(const std::string &usage, const std::string &examples) {
  return "usage: " + usage + R"(

Finds the names of persons, locations, organisations and other things in social-media posts. Reads
the files named, or standard input, and writes one result a post, in the order of the input. A bad
line becomes an error record, and the rest goes on. Further threads are started only while there is
more input at hand than one can tag; results are the same for any number of them.

Input, JSON Lines: one object a line with "text" or "tokens", and optionally "id", "caption" (of the
post's image) and "objects" (seen in it). CoNLL: a token a line, a blank line after each post; in
the output, a bad post is a comment "# error ...". A line may have )" +
         std::to_string(LineReader::kMaxLineBytes >> 20) + R"( MiB, a post )" +
         std::to_string(kMaxPostTokens) + R"( tokens.

Options:
)" + describeOptions(makeOptionTable()) +
         R"(
Environment:
  TRIMOD_ISA=x86-64-v3|x86-64-v4  use the code compiled for this level instead of the best

Exit status: 0 if the run did its work, 1 if it failed as a whole, 2 if the command line is wrong.

Examples:
)" + examples;
}

std::string describeVersions(const std::string &program, const trimod_model *model) {
  std::string text = program + ": trimod runtime " TRIMOD_VERSION ", interface version " +
                     std::to_string(TRIMOD_ABI_VERSION) + "\n";
  if (model)
    text += std::string("model ") + model->name + ", compiled by trimod " + model->compiler + "\n";
  return text;
}

void reportError(const std::string &program, const std::string &message) {
  std::fprintf(stderr, "%s: error: %s\n", program.c_str(), message.c_str());
}

} // namespace trimod
