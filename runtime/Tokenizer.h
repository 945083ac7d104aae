// From raw text to tokens.
//
// A token is one of: a link; a mention (@name); a hashtag (#words); an emoticon of a fixed set,
// such as :-) or <3; a word, which may hold digits, combining marks, and hyphens inside (post-war;
// but don't is don, ', t, as in the tagged posts that models learn from); one Chinese character or
// Japanese syllable; a run of dots; any other visible character as its reader sees it, so that an
// emoji with its skin tone, joined emoji, or a flag are one token. The entities &amp; &lt; &gt;
// (Twitter's own escapes) read as the character they stand for.
#ifndef TRIMOD_RUNTIME_TOKENIZER_H
#define TRIMOD_RUNTIME_TOKENIZER_H

#include "runtime/Error.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace trimod {

// A part of a text, counted both ways: in bytes of its UTF-8 and in code points (what Python's
// slices count).
struct TextSpan {
  std::size_t beginByte = 0, endByte = 0;
  std::size_t beginCodePoint = 0, endCodePoint = 0;
};

struct Token {
  std::string text; // entities already replaced; never empty
  TextSpan span;    // where it stands in the original text
};

// Fails only on invalid UTF-8. Tokens are in the order of the text and do not overlap. Takes time
// linear in the text. Stops after `limit` tokens; memory grows with the tokens and with the longest
// of them, not with the text.
Result<std::vector<Token>> tokenize(std::string_view text, std::size_t limit = std::size_t(-1));

} // namespace trimod

#endif // TRIMOD_RUNTIME_TOKENIZER_H
