#include "runtime/Arguments.h"
#include "runtime/CommandLine.h"

#include <gtest/gtest.h>

using namespace trimod;

namespace {

using Words = std::vector<std::string>;

std::string refusal(const Words &words) {
  Result<TaggerOptions> options = parseTaggerOptions(words);
  return options ? "accepted" : options.error().message;
}

TEST(Arguments, ReadsEverySpelling) {
  const std::vector<OptionSpec> specs = {{"out", 'o', "FILE", ""}, {"quiet", 'q', "", ""}};
  Result<Arguments> arguments = Arguments::parse(
      {"a", "-o", "1", "--out=2", "-o3", "-", "--quiet", "--", "-b", "--out"}, specs);
  ASSERT_TRUE(bool(arguments)) << arguments.error().message;
  EXPECT_EQ(arguments->positional(), (Words{"a", "-", "-b", "--out"}));
  ASSERT_NE(arguments->find("out"), nullptr);
  EXPECT_EQ(*arguments->find("out"), "3");
  EXPECT_NE(arguments->find("quiet"), nullptr);
  EXPECT_EQ(*Arguments::parse({"--out", "--quiet"}, specs)->find("out"), "--quiet");
  EXPECT_EQ(Arguments::parse({}, specs)->find("quiet"), nullptr);
}

TEST(Arguments, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(refusal({"--formt"}), "unknown option '--formt'; --help lists the options");
  EXPECT_EQ(refusal({"-x"}), "unknown option '-x'; --help lists the options");
  EXPECT_EQ(refusal({"-o"}), "expected a value (FILE) after --output");
  EXPECT_EQ(refusal({"--explain=1"}), "expected no value for --explain, found '1'");
}

TEST(Arguments, ChecksTaggerOptions) {
  EXPECT_EQ(refusal({"--format", "xml"}),
            "--format: expected a format 'jsonl' or 'conll', found 'xml'");
  for (const char *size : {"0", "-1", "x", "3x", "99999999999999999999", ""})
    EXPECT_EQ(refusal({"--batch", size}),
              "--batch: expected a number from 1 to 4096, found '" + std::string(size) + "'");
  EXPECT_EQ(refusal({"--explain", "--format=conll"}),
            "--explain: expected the output format jsonl, found conll");
}

TEST(Arguments, FillsTaggerOptions) {
  Result<TaggerOptions> options =
      parseTaggerOptions({"a.jsonl", "--format=conll", "--output-format", "jsonl", "-b7", "-w", "v",
                          "-oout", "--weights=w"});
  ASSERT_TRUE(bool(options)) << options.error().message;
  EXPECT_EQ(options->files, Words{"a.jsonl"});
  EXPECT_EQ(options->inputFormat, PostFormat::Conll);
  EXPECT_EQ(options->outputFormat, PostFormat::JsonLines);
  EXPECT_EQ(options->batchSize, 7u);
  EXPECT_EQ(options->weightsPaths, (Words{"v", "w"}));
  EXPECT_EQ(options->outputPath, "out");
  EXPECT_FALSE(options->explains);
}

} // namespace
