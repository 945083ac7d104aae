// One post, as it came in.
#ifndef TRIMOD_RUNTIME_POST_H
#define TRIMOD_RUNTIME_POST_H

#include "runtime/Tokenizer.h"

#include <string>
#include <vector>

namespace trimod {

// A longer post is an error: memory of a call grows with the tokens of its posts.
inline constexpr std::size_t kMaxPostTokens = 100000;

struct Post {
  std::string id = "null"; // as JSON text ("\"7\"" or "7"), so that it leaves as it came; null if
                           // the post has none
  std::size_t line = 0;    // where it starts in its file, from 1

  // The text and the tokens found in it, or the caller's own tokens: then there is no text, and
  // spans are empty.
  bool hasText = false;
  std::string text;
  std::vector<Token> tokens;

  std::vector<std::string> goldTags; // CoNLL input only; empty, or one for each token
  std::string caption;
  std::vector<std::string> objects;
  std::vector<std::string> notes; // what the reader did not use, for the output
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_POST_H
