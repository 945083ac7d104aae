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
  std::size_t bytes, codePoints; // that it takes in the text
};

struct Entity {
  std::string_view spelling;
  std::int32_t codePoint;
};

constexpr Entity kEntities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}};

// The first character of a text that is not empty.
Character firstCharacter(std::string_view text) {
  for (const Entity &entity : kEntities)
    if (text.substr(0, entity.spelling.size()) == entity.spelling)
      return {entity.codePoint, entity.spelling.size(), entity.spelling.size()};
  CodePoint next = firstCodePoint(text);
  return {next.value, next.bytes, 1};
}

enum class ClusterKind : std::uint8_t { Space, Word, Ideograph, Symbol };

// What a reader sees as one character (a grapheme cluster of Unicode): a base with its marks, an
// emoji sequence, a flag. It ends where the next one begins.
struct Cluster {
  std::size_t beginByte, beginCodePoint;
  std::int32_t single; // its only character, or 0 if it has several
  ClusterKind kind;
};

// The clusters of a text, found when they are asked for: a text may have many more than memory
// should hold.
class ClusterReader {
public:
  explicit ClusterReader(std::string_view text) : text(text) {
    clusters.reserve(std::min(text.size(), kKept));
  }

  // Null past the end. Valid until the next call.
  const Cluster *find(std::size_t index) {
    while (index - base >= clusters.size())
      if (!readCluster())
        return nullptr;
    return &clusters[index - base];
  }

  // Where the cluster before `index` ends.
  std::size_t endByte(std::size_t index) {
    const Cluster *next = find(index);
    return next ? next->beginByte : text.size();
  }
  std::size_t endCodePoint(std::size_t index) {
    const Cluster *next = find(index);
    return next ? next->beginCodePoint : codePoint;
  }

  // Nothing before `index` will be asked for.
  void forgetBefore(std::size_t index) {
    if (index - base < kKept)
      return;
    clusters.erase(clusters.begin(), clusters.begin() + std::ptrdiff_t(index - base));
    base = index;
  }

private:
  static constexpr std::size_t kKept = 4096;

  bool readCluster() {
    if (byte == text.size())
      return false;
    constexpr std::int32_t kEnclosingKeycap = 0x20E3;
    Cluster cluster = {byte, codePoint, 0, ClusterKind::Space};
    std::int32_t first = take(), last = first;
    bool isVisible = !isInvisible(first), hasKeycap = first == kEnclosingKeycap;
    cluster.single = first;
    while (continuesAfter(last)) {
      last = take();
      isVisible |= !isInvisible(last);
      hasKeycap |= last == kEnclosingKeycap;
      cluster.single = 0;
    }
    if (hasKeycap)
      cluster.kind = ClusterKind::Symbol;
    else if (isVisible)
      cluster.kind = kindOf(first);
    clusters.push_back(cluster);
    return true;
  }

  std::int32_t take() {
    Character next = firstCharacter(text.substr(byte));
    byte += next.bytes;
    codePoint += next.codePoints;
    return next.codePoint;
  }

  bool continuesAfter(std::int32_t before) {
    return byte != text.size() &&
           !isBreakBetween(before, firstCharacter(text.substr(byte)).codePoint);
  }

  bool isBreakBetween(std::int32_t before, std::int32_t after) {
    bool isBreak = utf8proc_grapheme_break_stateful(before, after, &state);
    // A mark that follows a space is not part of the space.
    bool isAfterSpace = utf8proc_category(before) == UTF8PROC_CATEGORY_ZS;
    return isBreak || isAfterSpace;
  }

  static ClusterKind kindOf(std::int32_t base) {
    if (isIdeograph(base))
      return ClusterKind::Ideograph;
    return isWordCharacter(base) ? ClusterKind::Word : ClusterKind::Symbol;
  }

  std::string_view text;
  std::size_t byte = 0, codePoint = 0; // where the next cluster begins
  utf8proc_int32_t state = 0;
  std::vector<Cluster> clusters;
  std::size_t base = 0; // the number of the first of them
};

class Scanner {
public:
  explicit Scanner(std::string_view text) : text(text), clusters(text) {}

  std::vector<Token> scan(std::size_t limit) {
    std::vector<Token> tokens;
    for (std::size_t position = 0; tokens.size() < limit && clusters.find(position);) {
      if (kind(position) == ClusterKind::Space) {
        ++position;
        continue;
      }
      std::size_t end = matchToken(position);
      tokens.push_back(makeToken(position, end));
      position = end;
      // Rules look back at one cluster.
      clusters.forgetBefore(position - 1);
    }
    return tokens;
  }

private:
  // Space outside the text, so that rules need not ask where it ends.
  ClusterKind kind(std::size_t position) {
    const Cluster *cluster = clusters.find(position);
    return cluster ? cluster->kind : ClusterKind::Space;
  }

  bool isWord(std::size_t position) { return kind(position) == ClusterKind::Word; }

  bool isWordBefore(std::size_t position) { return position > 0 && isWord(position - 1); }

  // The only character of the cluster, or 0 if it has several.
  std::int32_t single(std::size_t position) {
    const Cluster *cluster = clusters.find(position);
    return cluster ? cluster->single : 0;
  }

  bool isOneOf(std::size_t position, std::string_view ascii) {
    std::int32_t value = single(position);
    return value > 0 && value < 0x80 && ascii.find(static_cast<char>(value)) != ascii.npos;
  }

  // The position after `word` (lower-case ASCII), in any case, or `position` itself.
  std::size_t skipWord(std::size_t position, std::string_view word) {
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
  std::size_t matchToken(std::size_t position) {
    using Rule = std::size_t (Scanner::*)(std::size_t);
    constexpr Rule kRules[] = {&Scanner::matchLink,    &Scanner::matchMention,
                               &Scanner::matchHashtag, &Scanner::matchEmoticon,
                               &Scanner::matchWord,    &Scanner::matchDots};
    for (Rule rule : kRules)
      if (std::size_t end = (this->*rule)(position); end != position)
        return end;
    return position + 1;
  }

  std::size_t matchLink(std::size_t position) {
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

  bool isLinkCharacter(std::size_t position) {
    if (isWord(position))
      return true;
    std::int32_t value = single(position);
    return value > 0x20 && value < 0x7f && !isOneOf(position, "\"<>`{}|\\^");
  }

  std::size_t matchMention(std::size_t position) {
    if (single(position) != '@')
      return position;
    std::size_t end = position + 1;
    while (isWord(end) && single(end) > 0 && single(end) < 0x80)
      ++end;
    return end > position + 1 ? end : position;
  }

  std::size_t matchHashtag(std::size_t position) {
    if (single(position) != '#')
      return position;
    std::size_t end = position + 1;
    while (isWord(end) || kind(end) == ClusterKind::Ideograph)
      ++end;
    return end > position + 1 ? end : position;
  }

  std::size_t matchEmoticon(std::size_t position) {
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

  std::size_t matchWord(std::size_t position) {
    std::size_t end = position;
    while (isWord(end) || (end > position && isJoiner(end) && isWord(end + 1)))
      ++end;
    return end;
  }

  // No apostrophe: the tagged posts that models learn from have "Obama's" as three tokens.
  bool isJoiner(std::size_t position) {
    constexpr std::int32_t kHyphen = 0x2010, kNonBreakingHyphen = 0x2011;
    std::int32_t value = single(position);
    return value == '-' || value == kHyphen || value == kNonBreakingHyphen;
  }

  std::size_t matchDots(std::size_t position) {
    std::size_t end = position;
    while (single(end) == '.')
      ++end;
    return end;
  }

  Token makeToken(std::size_t position, std::size_t end) {
    Token token;
    const Cluster &first = *clusters.find(position);
    token.span.beginByte = first.beginByte;
    token.span.beginCodePoint = first.beginCodePoint;
    token.span.endByte = clusters.endByte(end);
    token.span.endCodePoint = clusters.endCodePoint(end);
    for (std::size_t byte = token.span.beginByte; byte < token.span.endByte;) {
      Character next = firstCharacter(text.substr(byte));
      appendUtf8(next.codePoint, token.text);
      byte += next.bytes;
    }
    return token;
  }

  std::string_view text;
  ClusterReader clusters;
};

} // namespace

Result<std::vector<Token>> tokenize(std::string_view text, std::size_t limit) {
  if (MaybeError error = checkUtf8(text))
    return *error;
  return Scanner(text).scan(limit);
}

} // namespace trimod
