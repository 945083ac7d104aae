#include "runtime/Tokenizer.h"

#include "runtime/Unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <iterator>

namespace trimod {
namespace {

// One character after entities are replaced.
struct Character {
  std::int32_t codePoint;
  TextSpan span;
};

struct Entity {
  std::string_view spelling;
  std::int32_t codePoint;
};

constexpr Entity kEntities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}};

std::vector<Character> decodeCharacters(std::string_view text) {
  std::vector<Character> characters;
  characters.reserve(text.size());
  std::size_t byte = 0, codePoint = 0;
  auto append = [&](std::int32_t value, std::size_t bytes, std::size_t codePoints) {
    characters.push_back({value, {byte, byte + bytes, codePoint, codePoint + codePoints}});
    byte += bytes;
    codePoint += codePoints;
  };
  while (byte < text.size()) {
    std::string_view rest = text.substr(byte);
    const Entity *entity =
        std::find_if(std::begin(kEntities), std::end(kEntities), [rest](const Entity &candidate) {
          return rest.substr(0, candidate.spelling.size()) == candidate.spelling;
        });
    if (entity != std::end(kEntities)) {
      append(entity->codePoint, entity->spelling.size(), entity->spelling.size());
      continue;
    }
    CodePoint next = firstCodePoint(rest);
    append(next.value, next.bytes, 1);
  }
  return characters;
}

enum class ClusterKind { Space, Word, Ideograph, Symbol };

// What a reader sees as one character (a grapheme cluster of Unicode): a base with its marks, an
// emoji sequence, a flag.
struct Cluster {
  std::size_t begin, end; // characters
  ClusterKind kind;
};

class Scanner {
public:
  explicit Scanner(std::string_view text) : characters(decodeCharacters(text)) { findClusters(); }

  std::vector<Token> scan() const {
    std::vector<Token> tokens;
    for (std::size_t position = 0; position < clusters.size();) {
      if (kind(position) == ClusterKind::Space) {
        ++position;
        continue;
      }
      std::size_t end = matchToken(position);
      tokens.push_back(makeToken(position, end));
      position = end;
    }
    return tokens;
  }

private:
  void findClusters() {
    utf8proc_int32_t state = 0;
    std::size_t begin = 0;
    for (std::size_t i = 1; i <= characters.size(); ++i) {
      if (i < characters.size() && !isBreakBefore(i, state))
        continue;
      clusters.push_back({begin, i, classify(begin, i)});
      begin = i;
    }
  }

  bool isBreakBefore(std::size_t i, utf8proc_int32_t &state) const {
    std::int32_t before = characters[i - 1].codePoint;
    bool isBreak = utf8proc_grapheme_break_stateful(before, characters[i].codePoint, &state);
    // A mark that follows a space is not part of the space.
    bool isAfterSpace = utf8proc_category(before) == UTF8PROC_CATEGORY_ZS;
    return isBreak || isAfterSpace;
  }

  ClusterKind classify(std::size_t begin, std::size_t end) const {
    constexpr std::int32_t kEnclosingKeycap = 0x20E3;
    bool isAllInvisible = true;
    for (std::size_t i = begin; i < end; ++i) {
      if (characters[i].codePoint == kEnclosingKeycap)
        return ClusterKind::Symbol;
      isAllInvisible &= isInvisible(characters[i].codePoint);
    }
    if (isAllInvisible)
      return ClusterKind::Space;
    std::int32_t base = characters[begin].codePoint;
    if (isIdeograph(base))
      return ClusterKind::Ideograph;
    return isWordCharacter(base) ? ClusterKind::Word : ClusterKind::Symbol;
  }

  std::size_t size() const { return clusters.size(); }

  // Space outside the text, so that rules need not ask where it ends.
  ClusterKind kind(std::size_t position) const {
    return position < size() ? clusters[position].kind : ClusterKind::Space;
  }

  bool isWord(std::size_t position) const { return kind(position) == ClusterKind::Word; }

  bool isWordBefore(std::size_t position) const { return position > 0 && isWord(position - 1); }

  // The only character of the cluster, or 0 if it has several.
  std::int32_t single(std::size_t position) const {
    if (position >= size() || clusters[position].end - clusters[position].begin != 1)
      return 0;
    return characters[clusters[position].begin].codePoint;
  }

  bool isOneOf(std::size_t position, std::string_view ascii) const {
    std::int32_t value = single(position);
    return value > 0 && value < 0x80 && ascii.find(static_cast<char>(value)) != ascii.npos;
  }

  // The position after `word` (lower-case ASCII), in any case, or `position` itself.
  std::size_t skipWord(std::size_t position, std::string_view word) const {
    for (std::size_t i = 0; i < word.size(); ++i) {
      std::int32_t value = single(position + i);
      if (value >= 'A' && value <= 'Z')
        value += 'a' - 'A';
      if (value != word[i])
        return position;
    }
    return position + word.size();
  }

  // Each match gives the position after the token, or `position` itself if the rule does not apply.
  std::size_t matchToken(std::size_t position) const {
    using Rule = std::size_t (Scanner::*)(std::size_t) const;
    constexpr Rule kRules[] = {&Scanner::matchLink,    &Scanner::matchMention,
                               &Scanner::matchHashtag, &Scanner::matchEmoticon,
                               &Scanner::matchWord,    &Scanner::matchDots};
    for (Rule rule : kRules)
      if (std::size_t end = (this->*rule)(position); end != position)
        return end;
    return position + 1;
  }

  std::size_t matchLink(std::size_t position) const {
    std::size_t body = position;
    for (std::string_view prefix : {"https://", "http://", "www."})
      if (body == position)
        body = skipWord(position, prefix);
    if (body == position)
      return position;
    std::size_t end = body;
    bool hasParenthesis = false;
    while (isLinkCharacter(end)) {
      hasParenthesis |= single(end) == '(';
      ++end;
    }
    // Punctuation at the end belongs to the sentence; a closing parenthesis only if none was opened
    // inside.
    while (end > body && isOneOf(end - 1, hasParenthesis ? ".,;:!?'*" : ".,;:!?'*)]}"))
      --end;
    return end > body ? end : position;
  }

  bool isLinkCharacter(std::size_t position) const {
    if (isWord(position))
      return true;
    std::int32_t value = single(position);
    return value > 0x20 && value < 0x7f && !isOneOf(position, "\"<>`{}|\\^");
  }

  std::size_t matchMention(std::size_t position) const {
    if (single(position) != '@')
      return position;
    std::size_t end = position + 1;
    while (isWord(end) && single(end) > 0 && single(end) < 0x80)
      ++end;
    return end > position + 1 ? end : position;
  }

  std::size_t matchHashtag(std::size_t position) const {
    if (single(position) != '#')
      return position;
    std::size_t end = position + 1;
    while (isWord(end) || kind(end) == ClusterKind::Ideograph)
      ++end;
    return end > position + 1 ? end : position;
  }

  std::size_t matchEmoticon(std::size_t position) const {
    for (std::string_view face : {"^_^", "^.^", "-_-", ">_<", ">.<", "^^", "</3", "<3"})
      if (std::size_t end = skipWord(position, face); end != position && !isWord(end))
        return end;
    if (!isOneOf(position, ":;="))
      return position;
    std::size_t mouth = position + 1;
    if (isOneOf(mouth, "-'^~"))
      ++mouth;
    if (isOneOf(mouth, ")(][}{|*\\"))
      return mouth + 1;
    // ":D" in "4:Dinner", ":/" in "and:/or" and ":3" in "12:30" are no faces.
    bool isFace = isOneOf(mouth, "DPpOoSsXx3/$") && !isWord(mouth + 1) &&
                  single(mouth + 1) != '/' && !isWordBefore(position);
    return isFace ? mouth + 1 : position;
  }

  std::size_t matchWord(std::size_t position) const {
    std::size_t end = position;
    while (isWord(end) || (end > position && isJoiner(end) && isWord(end + 1)))
      ++end;
    return end;
  }

  // No apostrophe: the tagged posts that models learn from have "Obama's" as three tokens.
  bool isJoiner(std::size_t position) const {
    constexpr std::int32_t kHyphen = 0x2010, kNonBreakingHyphen = 0x2011;
    std::int32_t value = single(position);
    return value == '-' || value == kHyphen || value == kNonBreakingHyphen;
  }

  std::size_t matchDots(std::size_t position) const {
    std::size_t end = position;
    while (single(end) == '.')
      ++end;
    return end;
  }

  Token makeToken(std::size_t position, std::size_t end) const {
    std::size_t first = clusters[position].begin, last = clusters[end - 1].end - 1;
    Token token;
    for (std::size_t i = first; i <= last; ++i)
      appendUtf8(characters[i].codePoint, token.text);
    token.span.beginByte = characters[first].span.beginByte;
    token.span.endByte = characters[last].span.endByte;
    token.span.beginCodePoint = characters[first].span.beginCodePoint;
    token.span.endCodePoint = characters[last].span.endCodePoint;
    return token;
  }

  std::vector<Character> characters;
  std::vector<Cluster> clusters;
};

} // namespace

Result<std::vector<Token>> tokenize(std::string_view text) {
  if (MaybeError error = checkUtf8(text))
    return *error;
  return Scanner(text).scan();
}

} // namespace trimod
