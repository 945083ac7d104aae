#include "runtime/Arguments.h"

#include <algorithm>

namespace trimod {
namespace {

// One word of the command line that starts with a dash, taken apart.
struct OptionWord {
  const OptionSpec *option = nullptr;
  std::optional<std::string> value; // the part that is attached to it
};

OptionWord readLong(std::string_view word, const std::vector<OptionSpec> &options) {
  OptionWord result;
  word.remove_prefix(2);
  std::size_t equals = word.find('=');
  for (const OptionSpec &option : options)
    if (option.name == word.substr(0, equals))
      result.option = &option;
  if (equals != word.npos)
    result.value = std::string(word.substr(equals + 1));
  return result;
}

OptionWord readShort(std::string_view word, const std::vector<OptionSpec> &options) {
  OptionWord result;
  for (const OptionSpec &option : options)
    if (option.shortName == word[1])
      result.option = &option;
  if (word.size() > 2)
    result.value = std::string(word.substr(2));
  return result;
}

std::string describeName(const OptionSpec &option) {
  std::string text = option.shortName ? std::string("-") + option.shortName + ", " : "    ";
  text += "--";
  text += option.name;
  if (!option.value.empty()) {
    text += ' ';
    text += option.value;
  }
  return text;
}

} // namespace

Result<Arguments> Arguments::parse(const std::vector<std::string> &words,
                                   const std::vector<OptionSpec> &options) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string &word = words[i];
    if (word == "--") {
      arguments.rest.insert(arguments.rest.end(), words.begin() + i + 1, words.end());
      break;
    }
    if (word.size() < 2 || word[0] != '-') {
      arguments.rest.push_back(word);
      continue;
    }
    OptionWord read = word[1] == '-' ? readLong(word, options) : readShort(word, options);
    if (!read.option)
      return Error{"unknown option " + quote(word) + "; --help lists the options"};
    std::string name = "--" + std::string(read.option->name);
    bool takesValue = !read.option->value.empty();
    if (!takesValue && read.value)
      return Error{"expected no value for " + name + ", found " + quote(*read.value)};
    if (takesValue && !read.value) {
      if (i + 1 == words.size())
        return Error{"expected a value (" + std::string(read.option->value) + ") after " + name};
      read.value = words[++i];
    }
    arguments.given.push_back({read.option->name, read.value.value_or("")});
  }
  return arguments;
}

const std::string *Arguments::find(std::string_view name) const {
  auto found = std::find_if(given.rbegin(), given.rend(),
                            [name](const Given &option) { return option.name == name; });
  return found == given.rend() ? nullptr : &found->value;
}

std::vector<std::string> Arguments::findAll(std::string_view name) const {
  std::vector<std::string> values;
  for (const Given &option : given)
    if (option.name == name)
      values.push_back(option.value);
  return values;
}

std::string describeOptions(const std::vector<OptionSpec> &options) {
  std::size_t width = 0;
  for (const OptionSpec &option : options)
    width = std::max(width, describeName(option).size());
  std::string text;
  for (const OptionSpec &option : options) {
    std::string name = describeName(option);
    text += "  " + name + std::string(width - name.size() + 2, ' ');
    text += option.help;
    text += '\n';
  }
  return text;
}

} // namespace trimod
