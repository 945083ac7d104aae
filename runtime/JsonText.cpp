#include "runtime/JsonText.h"

#include "runtime/Unicode.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace trimod {
namespace {

void appendEscaped(unsigned char byte, std::string &json) {
  constexpr char kDigits[] = "0123456789abcdef";
  switch (byte) {
  case '"':
    json += "\\\"";
    return;
  case '\\':
    json += "\\\\";
    return;
  case '\n':
    json += "\\n";
    return;
  case '\t':
    json += "\\t";
    return;
  case '\r':
    json += "\\r";
    return;
  default:
    json += "\\u00";
    json += kDigits[byte >> 4];
    json += kDigits[byte & 15];
  }
}

// How many bytes at the front stand for themselves in a JSON string.
std::size_t countPlain(std::string_view value) {
  auto isPlain = [](char character) {
    unsigned char byte = static_cast<unsigned char>(character);
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
  };
  return std::size_t(std::find_if_not(value.begin(), value.end(), isPlain) - value.begin());
}

template <typename Number>
void appendDigits(Number value, std::string &json) {
  if (!std::isfinite(value)) {
    json += "null";
    return;
  }
  char digits[32];
  std::to_chars_result result = std::to_chars(digits, digits + sizeof digits, value);
  json.append(digits, result.ptr);
}

} // namespace

void appendJsonString(std::string_view value, std::string &json) {
  json += '"';
  while (!value.empty()) {
    std::size_t plain = countPlain(value);
    json += value.substr(0, plain);
    value.remove_prefix(plain);
    if (value.empty())
      break;
    unsigned char byte = static_cast<unsigned char>(value.front());
    if (byte >= 0x80) {
      CodePoint next = firstCodePoint(value);
      appendUtf8(next.value, json);
      value.remove_prefix(next.bytes);
      continue;
    }
    appendEscaped(byte, json);
    value.remove_prefix(1);
  }
  json += '"';
}

void appendJsonNumber(float value, std::string &json) { appendDigits(value, json); }

void appendJsonNumber(double value, std::string &json) { appendDigits(value, json); }

void appendJsonStrings(const std::vector<std::string> &values, std::string &json) {
  json += '[';
  for (const std::string &value : values) {
    if (&value != &values.front())
      json += ',';
    appendJsonString(value, json);
  }
  json += ']';
}

} // namespace trimod
