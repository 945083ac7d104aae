// What the text rules need to know about Unicode.
#ifndef TRIMOD_RUNTIME_UNICODE_H
#define TRIMOD_RUNTIME_UNICODE_H

#include "runtime/Error.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace trimod {

// Fails if the text is not UTF-8 and names the first byte (counted from 0) that is wrong.
MaybeError checkUtf8(std::string_view text);

struct CodePoint {
  std::int32_t value;
  std::size_t bytes; // how many bytes of the text it takes
};

// The first code point of a text that is not empty. A byte that is not UTF-8 reads as U+FFFD of one
// byte, so that no caller can run past the end.
CodePoint firstCodePoint(std::string_view text);

void appendUtf8(std::int32_t codePoint, std::string &text);

// Lower case by the simple one-to-one mapping: İ (U+0130) gives i, and a final Σ gives σ.
void appendLowerCase(std::string_view text, std::string &result);
std::string lowerCase(std::string_view text);

bool isDecimalDigit(std::int32_t codePoint);
bool isLowerCase(std::int32_t codePoint);
bool isUpperCase(std::int32_t codePoint);
bool isLetter(std::int32_t codePoint); // with or without case
bool isMark(std::int32_t codePoint);   // combining marks

// White space, line ends, controls, and invisible characters that stand alone.
bool isInvisible(std::int32_t codePoint);

// Written without spaces between words: Chinese characters, Japanese syllables.
bool isIdeograph(std::int32_t codePoint);

// Letters, digits and the underscore, but not ideographs and emoji.
bool isWordCharacter(std::int32_t codePoint);

} // namespace trimod

#endif // TRIMOD_RUNTIME_UNICODE_H
