// Parsing of JSON text from outside, with errors that name the byte position.
#ifndef TRIMOD_RUNTIME_JSON_H
#define TRIMOD_RUNTIME_JSON_H

#include "runtime/Error.h"

#include <nlohmann/json.hpp>

#include <string_view>

namespace trimod {

// Parses one JSON value. Fails on anything after it, on invalid UTF-8, and on a key that stands
// twice in the outermost object (which of the two is meant cannot be known).
Result<nlohmann::json> parseJson(std::string_view text);

// The value's kind for messages: "a string", "an array", ...
const char *describeJsonType(const nlohmann::json &value);

} // namespace trimod

#endif // TRIMOD_RUNTIME_JSON_H
