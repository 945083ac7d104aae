// Writing of JSON text.
#ifndef TRIMOD_RUNTIME_JSONTEXT_H
#define TRIMOD_RUNTIME_JSONTEXT_H

#include <string>
#include <string_view>
#include <vector>

namespace trimod {

// Appends the string in quotes, escaped. Bytes that are not UTF-8 become U+FFFD, so that the result
// is always JSON.
void appendJsonString(std::string_view value, std::string &json);

// The shortest digits that read back as the same number; null for what JSON cannot say (infinities,
// NaN).
void appendJsonNumber(float value, std::string &json);
void appendJsonNumber(double value, std::string &json);

// ["a","b"].
void appendJsonStrings(const std::vector<std::string> &values, std::string &json);

} // namespace trimod

#endif // TRIMOD_RUNTIME_JSONTEXT_H
