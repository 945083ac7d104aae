#include "runtime/Safetensors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

using namespace trimod;

namespace {

std::string fileWith(const std::string &header, const std::string &data) {
  std::uint64_t length = header.size();
  std::string contents(8, '\0');
  std::memcpy(contents.data(), &length, 8);
  return contents + header + data;
}

// A file of one tensor, in the folder for tests; its path.
std::string writeTensor(const std::string &file, const std::string &name, const std::string &data) {
  const std::string size = std::to_string(data.size());
  std::string path = testing::TempDir() + file;
  std::ofstream(path, std::ios::binary)
      << fileWith("{\"" + name + R"(": {"dtype": "U8", "shape": [)" + size +
                      R"(], "data_offsets": [0, )" + size + "]}}",
                  data);
  return path;
}

// The message of a file that must be refused.
std::string refusal(const std::string &contents) {
  Result<Safetensors> result = Safetensors::parse(contents);
  return result ? "accepted" : result.error().message;
}

std::string refusalOf(const std::string &header, std::size_t dataBytes) {
  return refusal(fileWith(header, std::string(dataBytes, '\0')));
}

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

TEST(Safetensors, ReadsTensorsInAnyOrderOfTheHeader) {
  std::string header = R"({"b": {"dtype": "F16", "shape": [2], "data_offsets": [12, 16]},
                          "__metadata__": {"format": "pt"},
                          "a": {"dtype": "F32", "shape": [1, 3], "data_offsets": [0, 12]},
                          "empty": {"dtype": "I64", "shape": [0, 7], "data_offsets": [16, 16]},
                          "one": {"dtype": "U8", "shape": [], "data_offsets": [16, 17]}})";
  std::string contents = fileWith(header, "aaaabbbbccccddee!");
  Result<Safetensors> file = Safetensors::parse(contents);
  ASSERT_TRUE(bool(file)) << file.error().message;
  ASSERT_EQ(file->tensors().size(), 4u);
  const TensorView *a = file->find("a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->describe(), "F32 [1, 3]");
  EXPECT_EQ(a->bytes, "aaaabbbbcccc");
  EXPECT_EQ(file->find("b")->bytes, "ddee");
  EXPECT_EQ(file->find("b")->type, TensorType::F16);
  EXPECT_EQ(file->find("empty")->bytes.size(), 0u);
  EXPECT_EQ(file->find("one")->bytes, "!");
  EXPECT_EQ(file->find("__metadata__"), nullptr);
  EXPECT_EQ(file->find("c"), nullptr);
}

TEST(Safetensors, KeepsUnknownTypesByName) {
  std::string contents =
      fileWith(R"({"x": {"dtype": "F4_E9", "shape": [3], "data_offsets": [0, 2]}})", "ab");
  Result<Safetensors> file = Safetensors::parse(contents);
  ASSERT_TRUE(bool(file)) << file.error().message;
  EXPECT_EQ(file->find("x")->type, TensorType::Unknown);
  EXPECT_EQ(file->find("x")->describe(), "F4_E9 [3]");
}

TEST(Safetensors, RefusesFilesThatAreTooShort) {
  EXPECT_TRUE(contains(refusal(""), "found 0 bytes"));
  EXPECT_TRUE(contains(refusal("1234567"), "found 7 bytes"));
  EXPECT_TRUE(contains(refusal(std::string("\x05\0\0\0\0\0\0\0{}", 10)), "length of 5 bytes"));
  EXPECT_TRUE(contains(refusal(std::string(8, '\xff') + "{}"), "truncated"));
}

TEST(Safetensors, RefusesMalformedHeaders) {
  EXPECT_TRUE(contains(refusalOf("{", 0), "malformed JSON at byte"));
  EXPECT_TRUE(contains(refusalOf("[]", 0), "expected an object, found an array"));
  EXPECT_TRUE(contains(refusalOf(R"({"a": 1})", 0), "tensor 'a': expected an object"));
  EXPECT_TRUE(contains(refusalOf("{\"a\xff\": {}}", 0), "malformed JSON"));
  EXPECT_TRUE(contains(refusalOf(R"({"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]},
                    "a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}})",
                                 1),
                       "'a' twice"));
}

TEST(Safetensors, RefusesShapesAndTypesThatAreNone) {
  auto entry = [](const std::string &fields) { return "{\"t\": {" + fields + "}}"; };
  EXPECT_TRUE(contains(refusalOf(entry(R"("shape": [1], "data_offsets": [0, 1])"), 1), "'dtype'"));
  EXPECT_TRUE(contains(refusalOf(entry(R"("dtype": "U8", "data_offsets": [0, 1])"), 1), "'shape'"));
  EXPECT_TRUE(contains(
      refusalOf(entry(R"("dtype": "U8", "shape": [-1], "data_offsets": [0, 1])"), 1), "'-1'"));
  EXPECT_TRUE(contains(
      refusalOf(entry(R"("dtype": "U8", "shape": [1.5], "data_offsets": [0, 1])"), 1), "'1.5'"));
  EXPECT_TRUE(contains(
      refusalOf(entry(R"("dtype": "U8", "shape": [9223372036854775808], "data_offsets": [0, 1])"),
                1),
      "expected 'shape' to hold sizes"));
  EXPECT_TRUE(contains(refusalOf(entry(R"("dtype": "U8", "data_offsets": [0, 1], "shape":
                       [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1])"),
                                 1),
                       "at most 16 dimensions"));
}

TEST(Safetensors, RefusesSizesThatDoNotFitTheShape) {
  EXPECT_TRUE(contains(
      refusalOf(R"({"t": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 12]}})", 12),
      "tensor 't': expected 16 bytes for F32 [2, 2], found 12"));
  // 2^62 elements of 4 bytes wrap around to 0.
  EXPECT_TRUE(contains(
      refusalOf(
          R"({"t": {"dtype": "F32", "shape": [2147483648, 2147483648], "data_offsets": [0, 0]}})",
          0),
      "more than 2^64"));
}

TEST(Safetensors, RefusesDataOutsideTheFileOverlapsAndHoles) {
  auto two = [](const std::string &first, const std::string &second) {
    return R"({"a": {"dtype": "U8", "shape": [4], "data_offsets": )" + first +
           R"(}, "b": {"dtype": "U8", "shape": [4], "data_offsets": )" + second + "}}";
  };
  EXPECT_EQ(refusalOf(two("[0, 4]", "[4, 8]"), 8), "accepted");
  EXPECT_EQ(refusalOf(two("[4, 8]", "[0, 4]"), 8), "accepted");
  EXPECT_TRUE(contains(refusalOf(two("[0, 4]", "[4, 8]"), 7), "tensor 'b'"));
  EXPECT_TRUE(contains(refusalOf(two("[4, 0]", "[4, 8]"), 8), "[4, 0]"));
  EXPECT_TRUE(contains(refusalOf(two("[0, 4]", "[2, 6]"), 8), "overlap"));
  EXPECT_TRUE(contains(refusalOf(two("[0, 4]", "[0, 4]"), 8), "overlap"));
  EXPECT_TRUE(contains(refusalOf(two("[0, 4]", "[5, 9]"), 9), "holes"));
  EXPECT_TRUE(contains(refusalOf(two("[0, 4]", "[4, 8]"), 9), "found 9"));
  EXPECT_TRUE(contains(refusalOf(two("[0, 4, 4]", "[4, 8]"), 8), "two byte positions"));
}

TEST(Safetensors, NamesFilesThatCannotBeOpened) {
  Result<Safetensors> missing = Safetensors::open({"no/such/file.safetensors"});
  ASSERT_FALSE(bool(missing));
  EXPECT_EQ(missing.error().message,
            "no/such/file.safetensors: cannot open: No such file or directory");
  Result<Safetensors> folder = Safetensors::open({"."});
  ASSERT_FALSE(bool(folder));
  EXPECT_EQ(folder.error().message, ".: expected a regular file");
}

TEST(Safetensors, JoinsFiles) {
  const std::string a = writeTensor("join-a.safetensors", "z", "1");
  const std::string b = writeTensor("join-b.safetensors", "y", "23");
  Result<Safetensors> files = Safetensors::open({a, b});
  ASSERT_TRUE(bool(files)) << files.error().message;
  EXPECT_EQ(files->describePaths(), a + ", " + b);
  ASSERT_EQ(files->tensors().size(), 2u);
  EXPECT_EQ(files->tensors()[0].name, "y");
  ASSERT_NE(files->find("z"), nullptr);
  EXPECT_EQ(files->find("z")->bytes, "1");
  EXPECT_EQ(files->find("z")->path, a);
  EXPECT_EQ(files->find("y")->bytes, "23");
  EXPECT_EQ(files->find("y")->path, b);
  EXPECT_TRUE(Safetensors::open({})->tensors().empty());
}

TEST(Safetensors, RefusesATensorThatTwoFilesHave) {
  const std::string a = writeTensor("twice-a.safetensors", "w", "1");
  const std::string b = writeTensor("twice-b.safetensors", "w", "1");
  Result<Safetensors> files = Safetensors::open({b, a});
  ASSERT_FALSE(bool(files));
  EXPECT_EQ(files.error().message,
            "tensor 'w': expected it in one file of weights, found it in " + b + " and in " + a);
}

TEST(Safetensors, KeepsMessagesOnOneLine) {
  std::string message = refusalOf("{\"a\\nb\": {\"dtype\": 1}}", 0);
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

} // namespace
