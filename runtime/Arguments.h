// Command-line options from a table that also makes the help text.
#ifndef TRIMOD_RUNTIME_ARGUMENTS_H
#define TRIMOD_RUNTIME_ARGUMENTS_H

#include "runtime/Error.h"

#include <string>
#include <string_view>
#include <vector>

namespace trimod {

struct OptionSpec {
  std::string_view name;  // without dashes
  char shortName;         // 0 if there is none
  std::string_view value; // what the option takes, for the help ("FILE"); empty for a switch
  std::string_view help;
};

class Arguments {
public:
  // Understands --name value, --name=value, -n value, -nvalue, and "--", after which everything is
  // positional. A lone "-" is positional.
  static Result<Arguments> parse(const std::vector<std::string> &words,
                                 const std::vector<OptionSpec> &options);

  // The last value of an option (empty for a switch), or null if it was not given.
  const std::string *find(std::string_view name) const;

  // All values of an option, in their order.
  std::vector<std::string> findAll(std::string_view name) const;

  const std::vector<std::string> &positional() const { return rest; }

private:
  struct Given {
    std::string_view name;
    std::string value;
  };
  std::vector<Given> given;
  std::vector<std::string> rest;
};

// One line an option, aligned.
std::string describeOptions(const std::vector<OptionSpec> &options);

} // namespace trimod

#endif // TRIMOD_RUNTIME_ARGUMENTS_H
