#include "runtime/Json.h"

#include <unordered_set>

namespace trimod {
namespace {

// Accepts every event and keeps the parser's complaint, which the plain parser drops when
// exceptions are off.
struct ComplaintCatcher : nlohmann::json::json_sax_t {
  std::size_t position = 0;
  std::string complaint;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t &) override { return true; }
  bool string(string_t &) override { return true; }
  bool binary(binary_t &) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t &) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t where, const std::string &,
                   const nlohmann::json::exception &exception) override {
    position = where;
    complaint = exception.what();
    return false;
  }
};

Error explainParseError(std::string_view text) {
  ComplaintCatcher catcher;
  nlohmann::json::sax_parse(text.begin(), text.end(), &catcher);
  // The library writes "[json.exception...] parse error at line 1, column 9: syntax error while
  // parsing value - invalid ..." or "[json.exception...] number overflow parsing '1e999'"; only the
  // last part is about the text.
  std::string detail = catcher.complaint;
  if (std::size_t end = detail.find("] "); detail.rfind('[', 0) == 0 && end != std::string::npos)
    detail.erase(0, end + 2);
  if (std::size_t start = detail.find(": ");
      detail.rfind("parse error", 0) == 0 && start != std::string::npos)
    detail.erase(0, start + 2);
  // Quoted input may hold line ends or control characters; a message is one line of text.
  for (char &character : detail)
    if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f)
      character = ' ';
  return Error{"malformed JSON at byte " + std::to_string(catcher.position) + ": " + detail};
}

} // namespace

Result<nlohmann::json> parseJson(std::string_view text) {
  std::unordered_set<std::string> keys;
  std::string repeated;
  auto noteRepeatedKeys = [&](int depth, nlohmann::json::parse_event_t event,
                              nlohmann::json &value) {
    if (event == nlohmann::json::parse_event_t::key && depth == 1 && repeated.empty())
      if (std::string name = value.get<std::string>(); !keys.insert(name).second)
        repeated = name;
    return true;
  };
  nlohmann::json value = nlohmann::json::parse(text.begin(), text.end(), noteRepeatedKeys,
                                               /*allow_exceptions=*/false);
  if (value.is_discarded())
    return explainParseError(text);
  if (!repeated.empty())
    return Error{"expected every key once, found " + quote(repeated) + " twice"};
  return value;
}

const char *describeJsonType(const nlohmann::json &value) {
  switch (value.type()) {
  case nlohmann::json::value_t::null:
    return "null";
  case nlohmann::json::value_t::object:
    return "an object";
  case nlohmann::json::value_t::array:
    return "an array";
  case nlohmann::json::value_t::string:
    return "a string";
  case nlohmann::json::value_t::boolean:
    return "a boolean";
  case nlohmann::json::value_t::number_float:
    return "a fractional or very large number";
  case nlohmann::json::value_t::number_integer:
  case nlohmann::json::value_t::number_unsigned:
    return "a number";
  default:
    return "an unknown value";
  }
}

} // namespace trimod
