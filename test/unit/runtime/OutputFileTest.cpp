#include "runtime/OutputFile.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

using namespace trimod;

namespace {

namespace fs = std::filesystem;

class OutputFileTest : public testing::Test {
protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) / ("output-file-" + std::to_string(::getpid()));
    fs::create_directory(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  static std::string read(const fs::path &path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  std::size_t fileCount() const {
    return std::size_t(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }

  fs::path folder;
};

TEST_F(OutputFileTest, AppearsOnCommit) {
  fs::path path = folder / "out";
  std::ofstream(path) << "old";
  Result<OutputFile> file = OutputFile::create(path);
  ASSERT_TRUE(bool(file)) << file.error().message;
  EXPECT_FALSE(file->write("new"));
  EXPECT_EQ(read(path), "old");
  EXPECT_FALSE(file->commit());
  EXPECT_EQ(read(path), "new");
  EXPECT_EQ(fileCount(), 1u);
}

TEST_F(OutputFileTest, LeavesNothingBehindWithoutCommit) {
  fs::path path = folder / "out";
  {
    Result<OutputFile> file = OutputFile::create(path);
    ASSERT_TRUE(bool(file));
    EXPECT_FALSE(file->write("half"));
  }
  EXPECT_EQ(fileCount(), 0u);
}

TEST_F(OutputFileTest, TakesWhatAnotherProgramMade) {
  fs::path path = folder / "out";
  Result<OutputFile> file = OutputFile::create(path);
  ASSERT_TRUE(bool(file));
  // Linkers remove a file and make a new one.
  fs::remove(file->temporaryPath());
  std::ofstream(file->temporaryPath()) << "made";
  EXPECT_FALSE(file->commit());
  EXPECT_EQ(read(path), "made");
  EXPECT_EQ(fileCount(), 1u);
  EXPECT_EQ(file->temporaryPath(), "");
  EXPECT_EQ(OutputFile::standardOutput().temporaryPath(), "");
}

TEST_F(OutputFileTest, NamesWhatCannotBeWritten) {
  Result<OutputFile> missing = OutputFile::create(folder / "no" / "out");
  ASSERT_FALSE(bool(missing));
  EXPECT_EQ(missing.error().message,
            (folder / "no" / "out").string() + ": cannot create: No such file or directory");
  Result<OutputFile> isFolder = OutputFile::create(folder);
  ASSERT_FALSE(bool(isFolder));
  EXPECT_EQ(isFolder.error().message,
            folder.string() + ": expected a file to write to, found a folder");
}

TEST_F(OutputFileTest, ReportsAFullDisk) {
  Result<OutputFile> full = OutputFile::create("/dev/full");
  ASSERT_TRUE(bool(full)) << full.error().message;
  MaybeError error = full->write("x");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "/dev/full: cannot write: No space left on device");
}

} // namespace
