// Any bytes as the text of a post.

#include "Check.h"
#include "runtime/TextFeatures.h"
#include "runtime/Unicode.h"

using namespace trimod;
using namespace trimod::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char *>(data), size);
  // The rules also see tokens that no tokenizer made.
  WordKeys keys;
  keys.compute(text);
  check(keys.size() > 0, "there is a key");
  characterForm(text, 16);
  splitHashtag(text);
  contentWords(text, 4);

  Result<std::vector<Token>> tokens = tokenize(text);
  check(bool(tokens) == !checkUtf8(text), "only invalid UTF-8 is refused");
  if (!tokens)
    return 0;
  std::size_t end = 0, endCodePoint = 0;
  for (const Token &token : *tokens) {
    check(!token.text.empty(), "a token is not empty");
    check(end <= token.span.beginByte && token.span.beginByte < token.span.endByte,
          "tokens are in order");
    check(endCodePoint <= token.span.beginCodePoint &&
              token.span.beginCodePoint < token.span.endCodePoint,
          "tokens are in order by code points");
    end = token.span.endByte;
    endCodePoint = token.span.endCodePoint;
    keys.compute(token.text);
    for (std::size_t i = 0; i < keys.size(); ++i)
      check(!keys[i].empty() && !checkUtf8(keys[i]), "keys are text");
    std::string_view form = characterForm(token.text, 16);
    check(!form.empty() && !checkUtf8(form), "forms are text");
    for (const std::string &word : splitHashtag(token.text))
      check(!word.empty() && !checkUtf8(word), "hashtag words are text");
  }
  check(end <= size, "tokens are inside the text");
  return 0;
}
