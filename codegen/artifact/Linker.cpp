//===- Linker.cpp - objects become an executable or a library -------------===//

#include "codegen/artifact/Linker.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace trimod;
using llvm::StringRef;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

static constexpr StringRef kRuntimeLibrary = "libtrimod-runtime.a";
static constexpr StringRef kMainLibrary = "libtrimod-main.a";

static llvm::Error makeError(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static std::string joinPath(StringRef directory, StringRef name) {
  llvm::SmallString<128> joined(directory);
  path::append(joined, name);
  return joined.str().str();
}

llvm::Expected<std::string> trimod::findRuntimeDirectory(StringRef executable) {
  StringRef prefix = path::parent_path(path::parent_path(executable));
  std::string tried;
  for (StringRef place : {"runtime", "lib/trimod"}) {
    std::string directory = joinPath(prefix, place);
    if (fs::exists(joinPath(directory, kRuntimeLibrary)))
      return directory;
    tried += (tried.empty() ? "" : " nor ") + directory;
  }
  return makeError(llvm::Twine("no ") + kRuntimeLibrary + " in " + tried +
                   ": name its directory with --runtime-dir");
}

namespace {

/// A directory of files that go away with it.
class ScratchDirectory {
public:
  static llvm::Expected<std::unique_ptr<ScratchDirectory>> create() {
    auto scratch = std::make_unique<ScratchDirectory>();
    if (std::error_code error = fs::createUniqueDirectory("trimod", scratch->directory))
      return makeError("cannot make a temporary directory: " + error.message());
    return scratch;
  }
  ~ScratchDirectory() {
    if (!directory.empty())
      fs::remove_directories(directory);
  }

  std::string getName(StringRef file) const { return joinPath(directory, file); }

private:
  llvm::SmallString<128> directory;
};

} // namespace

static llvm::Error writeFile(const std::string &name, llvm::ArrayRef<char> content) {
  std::error_code error;
  llvm::raw_fd_ostream stream(name, error);
  if (!error) {
    stream.write(content.data(), content.size());
    stream.close();
    error = stream.error();
    stream.clear_error();
  }
  return error ? makeError("cannot write '" + name + "': " + error.message())
               : llvm::Error::success();
}

static llvm::Expected<std::string> findDriver(const LinkerOptions &options) {
  std::string name = options.driver;
  if (name.empty())
    name = llvm::sys::Process::GetEnv("CXX").value_or("");
  if (name.empty())
    name = TRIMOD_DEFAULT_LINKER;
  llvm::ErrorOr<std::string> program = llvm::sys::findProgramByName(name);
  if (!program)
    return makeError("no program '" + name +
                     "' to link with: install a C++ compiler, or name one "
                     "with --linker");
  return *program;
}

static llvm::Expected<std::vector<std::string>> getArguments(LinkKind kind, StringRef output,
                                                             const LinkerOptions &options,
                                                             llvm::ArrayRef<std::string> objects) {
  std::vector<std::string> arguments(objects.begin(), objects.end());
  arguments.insert(arguments.end(), {"-o", output.str()});
  switch (kind) {
  case LinkKind::Object:
    arguments.insert(arguments.end(), {"-r", "-nostdlib"});
    return arguments;
  case LinkKind::SharedLibrary:
    arguments.insert(arguments.end(), {"-shared", "-Wl,-z,defs", "-lm"});
    return arguments;
  case LinkKind::Executable:
    break;
  }
  for (StringRef library : {kMainLibrary, kRuntimeLibrary}) {
    std::string name = joinPath(options.runtimeDirectory, library);
    if (!fs::exists(name))
      return makeError("the runtime library '" + name + "' is missing: name its directory with " +
                       "--runtime-dir");
    arguments.push_back(name);
  }
  arguments.insert(arguments.end(),
                   {TRIMOD_RUNTIME_DEPENDENCY, "-Wl,--gc-sections", "-static-libstdc++",
                    "-static-libgcc", "-pthread", "-ldl", "-lm"});
  if (StringRef flags = TRIMOD_LINK_FLAGS; !flags.empty())
    arguments.push_back(flags.str());
  return arguments;
}

/// What a failed program said, in one line.
static std::string readComplaint(const std::string &file) {
  auto buffer = llvm::MemoryBuffer::getFile(file);
  if (!buffer)
    return "it said nothing";
  llvm::SmallVector<StringRef> lines;
  (*buffer)->getBuffer().split(lines, '\n', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  if (lines.empty())
    return "it said nothing";
  return llvm::join(lines, "; ");
}

static llvm::Error run(const std::string &program, const std::vector<std::string> &arguments,
                       const ScratchDirectory &scratch) {
  llvm::SmallVector<StringRef> words{program};
  words.append(arguments.begin(), arguments.end());
  const std::string complaints = scratch.getName("complaints");
  const std::optional<StringRef> redirects[] = {std::nullopt, StringRef(complaints),
                                                StringRef(complaints)};
  std::string reason;
  const int status = llvm::sys::ExecuteAndWait(program, words, std::nullopt, redirects,
                                               /*SecondsToWait=*/0, /*MemoryLimit=*/0, &reason);
  if (status == 0)
    return llvm::Error::success();
  return makeError("linking with '" + program +
                   "' failed: " + (reason.empty() ? readComplaint(complaints) : reason));
}

llvm::Error trimod::link(llvm::ArrayRef<ObjectCode> objects, LinkKind kind, StringRef output,
                         const LinkerOptions &options) {
  llvm::Expected<std::string> driver = findDriver(options);
  if (!driver)
    return driver.takeError();
  llvm::Expected<std::unique_ptr<ScratchDirectory>> scratch = ScratchDirectory::create();
  if (!scratch)
    return scratch.takeError();
  std::vector<std::string> files;
  for (const ObjectCode &object : objects) {
    files.push_back((*scratch)->getName("part" + std::to_string(files.size()) + ".o"));
    if (llvm::Error error = writeFile(files.back(), object))
      return error;
  }
  llvm::Expected<std::vector<std::string>> arguments = getArguments(kind, output, options, files);
  if (!arguments)
    return arguments.takeError();
  return run(*driver, *arguments, **scratch);
}
