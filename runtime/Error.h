// Errors are values: nothing in the runtime throws or aborts. A message is one line that says what
// was expected, what was found, and where.
#ifndef TRIMOD_RUNTIME_ERROR_H
#define TRIMOD_RUNTIME_ERROR_H

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace trimod {

struct Error {
  std::string message;

  // The same error, seen from further out: "weights.safetensors: header: expected ...".
  Error in(const std::string &where) const { return Error{where + ": " + message}; }
};

// Text from outside as it may stand in a message: in quotes, without line ends, cut after 80 bytes.
inline std::string quote(std::string_view text) {
  constexpr std::size_t kLimit = 80;
  std::string result = "'";
  for (char character : text.substr(0, kLimit)) {
    bool isControl = static_cast<unsigned char>(character) < 0x20 || character == 0x7f;
    result += isControl ? ' ' : character;
  }
  return result + (text.size() > kLimit ? "...'" : "'");
}

// What an operation without a result returns: no value means success.
using MaybeError = std::optional<Error>;

template <typename T>
class [[nodiscard]] Result {
public:
  Result(T value) : content(std::move(value)) {}
  Result(Error error) : content(std::move(error)) {}

  explicit operator bool() const { return std::holds_alternative<T>(content); }

  T &operator*() {
    assert(*this && "no value: the operation failed");
    return *std::get_if<T>(&content);
  }
  const T &operator*() const {
    assert(*this && "no value: the operation failed");
    return *std::get_if<T>(&content);
  }
  T *operator->() { return &**this; }
  const T *operator->() const { return &**this; }

  const Error &error() const {
    assert(!*this && "no error: the operation succeeded");
    return *std::get_if<Error>(&content);
  }

private:
  std::variant<T, Error> content;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_ERROR_H
