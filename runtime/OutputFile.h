// Where output goes: standard output, or a file that appears whole or not at all.
#ifndef TRIMOD_RUNTIME_OUTPUTFILE_H
#define TRIMOD_RUNTIME_OUTPUTFILE_H

#include "runtime/Error.h"

#include <string>
#include <string_view>

namespace trimod {

class OutputFile {
public:
  static OutputFile standardOutput();

  // Output is written beside `path` and takes its name in commit(); what stands there before is
  // kept until then. What is no regular file (a device, a pipe) is written to directly. Finds out
  // whether `path` can be written, so call it before long work.
  static Result<OutputFile> create(const std::string &path);

  OutputFile(OutputFile &&other) noexcept;
  OutputFile &operator=(OutputFile &&other) noexcept;
  // Removes what was written if it was not committed.
  ~OutputFile();

  // The file that is written to until commit(): another program may make it instead. Empty for
  // standard output and devices.
  const std::string &temporaryPath() const { return temporary; }

  MaybeError write(std::string_view bytes);
  MaybeError commit();

private:
  OutputFile(int descriptor, std::string path, std::string temporary);

  int descriptor;
  std::string path;      // empty for standard output
  std::string temporary; // empty if written to directly
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_OUTPUTFILE_H
