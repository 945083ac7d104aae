#include "runtime/TextFeatures.h"

#include "runtime/Unicode.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace trimod {
namespace {

constexpr std::string_view kEmptyToken = "_";
constexpr std::string_view kLinkForm = "http";

// Sorted.
constexpr std::string_view kStopWords[] = {
    "a",     "about", "all",   "also", "an",    "and",   "any",   "are",   "as",    "at",    "back",
    "be",    "been",  "being", "but",  "by",    "can",   "do",    "does",  "down",  "each",  "for",
    "four",  "from",  "front", "had",  "has",   "have",  "he",    "her",   "his",   "i",     "if",
    "in",    "into",  "is",    "it",   "it's",  "its",   "just",  "me",    "my",    "near",  "next",
    "no",    "not",   "of",    "off",  "on",    "one",   "onto",  "or",    "other", "our",   "out",
    "over",  "she",   "side",  "so",   "some",  "than",  "that",  "the",   "their", "them",  "then",
    "there", "these", "they",  "this", "those", "three", "to",    "top",   "two",   "under", "up",
    "very",  "was",   "we",    "were", "what",  "when",  "where", "which", "while", "who",   "will",
    "with",  "you",   "your",
};

bool isStopWord(std::string_view word) {
  return std::binary_search(std::begin(kStopWords), std::end(kStopWords), word);
}

bool startsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool startsWithIgnoringCase(std::string_view text, std::string_view lowerCasePrefix) {
  if (text.size() < lowerCasePrefix.size())
    return false;
  return std::equal(lowerCasePrefix.begin(), lowerCasePrefix.end(), text.begin(),
                    [](char expected, char found) {
                      bool isUpper = found >= 'A' && found <= 'Z';
                      return expected == (isUpper ? static_cast<char>(found + ('a' - 'A')) : found);
                    });
}

bool contains(const std::vector<std::string> &words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool isHashtag(std::string_view token) { return token.size() > 1 && token.front() == '#'; }

std::size_t countCodePoints(std::string_view text) {
  // Every code point has one byte that is no continuation byte.
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

enum class CharacterClass { Separator, Upper, Lower, Digit, Other };

CharacterClass classOf(std::int32_t codePoint) {
  if (isUpperCase(codePoint))
    return CharacterClass::Upper;
  if (isLowerCase(codePoint))
    return CharacterClass::Lower;
  if (isDecimalDigit(codePoint))
    return CharacterClass::Digit;
  bool isOther = codePoint != '_' && (isWordCharacter(codePoint) || isIdeograph(codePoint));
  return isOther ? CharacterClass::Other : CharacterClass::Separator;
}

struct ClassifiedCharacter {
  std::size_t begin; // byte
  CharacterClass kind;
};

// Combining marks take the class of their base.
std::vector<ClassifiedCharacter> classifyCharacters(std::string_view text) {
  std::vector<ClassifiedCharacter> result;
  for (std::size_t position = 0; position < text.size();) {
    CodePoint next = firstCodePoint(text.substr(position));
    CharacterClass kind = classOf(next.value);
    if (isMark(next.value) && !result.empty())
      kind = result.back().kind;
    result.push_back({position, kind});
    position += next.bytes;
  }
  return result;
}

// The end of the word that starts at `begin`. A capital starts a word, except that of several in a
// row only the last one does, and only if a small letter follows: HTMLPage is html, page.
std::size_t findWordEnd(const std::vector<ClassifiedCharacter> &characters, std::size_t begin) {
  auto kindAt = [&](std::size_t index) {
    return index < characters.size() ? characters[index].kind : CharacterClass::Separator;
  };
  auto skip = [&](std::size_t index, CharacterClass kind) {
    while (index < characters.size() && characters[index].kind == kind)
      ++index;
    return index;
  };
  CharacterClass kind = kindAt(begin);
  std::size_t end = skip(begin, kind);
  if (kind != CharacterClass::Upper || kindAt(end) != CharacterClass::Lower)
    return end;
  bool isCapitalised = end == begin + 1;
  return isCapitalised ? skip(end, CharacterClass::Lower) : end - 1;
}

// Emoji or text style, and skin tones.
bool isEmojiModifier(std::int32_t codePoint) {
  return codePoint == 0xFE0E || codePoint == 0xFE0F ||
         (codePoint >= 0x1F3FB && codePoint <= 0x1F3FF);
}

void appendWithoutEmojiModifiers(std::string_view text, std::string &result) {
  while (!text.empty()) {
    CodePoint next = firstCodePoint(text);
    if (!isEmojiModifier(next.value))
      result += text.substr(0, next.bytes);
    text.remove_prefix(next.bytes);
  }
}

// `seen` are the words that the model reads of the post so far.
HashtagWords readHashtag(std::string_view token, const HashtagSplit &split, std::size_t maxWords,
                         std::vector<std::string> &seen) {
  HashtagWords entry;
  entry.hashtag = token;
  entry.words = split.words;
  entry.source = split.source;
  for (const std::string &word : entry.words) {
    if (seen.size() == maxWords)
      break;
    if (contains(seen, word))
      continue;
    seen.push_back(word);
    entry.usedWords.push_back(word);
  }
  return entry;
}

} // namespace

void WordKeys::compute(std::string_view token) {
  lowered.clear();
  appendLowerCase(token.empty() ? kEmptyToken : token, lowered);
  count = 0;
  std::string_view word = lowered;
  if (startsWith(word, "http") || startsWith(word, "www.")) {
    add("<url>");
    return;
  }
  add(word);
  bool hasMore = word.size() > 1;
  if (hasMore && word.front() == '@')
    add("<user>");
  else if (hasMore && word.front() == '#')
    add(word.substr(1));
  else if (isDecimalDigit(firstCodePoint(word).value))
    add("<num>");
  if (count == 2)
    return;
  plain.clear();
  appendWithoutEmojiModifiers(word, plain);
  if (!plain.empty() && plain != word)
    add(plain);
}

std::string_view characterForm(std::string_view token, std::uint32_t maxCharacters) {
  if (startsWithIgnoringCase(token, "http"))
    return kLinkForm;
  if (token.empty())
    return kEmptyToken;
  std::size_t bytes = 0;
  for (std::uint32_t i = 0; i < maxCharacters && bytes < token.size(); ++i)
    bytes += firstCodePoint(token.substr(bytes)).bytes;
  return token.substr(0, bytes);
}

std::size_t longestCharacterForm(std::uint32_t maxCharacters) {
  return std::max<std::size_t>(maxCharacters, kLinkForm.size());
}

std::vector<std::string_view> findHashtags(const Post &post) {
  std::vector<std::string_view> hashtags;
  for (const Token &token : post.tokens)
    if (isHashtag(token.text))
      hashtags.push_back(token.text);
  return hashtags;
}

std::vector<std::string> splitHashtag(std::string_view token) {
  std::vector<std::string> words;
  if (!isHashtag(token))
    return words;
  std::vector<ClassifiedCharacter> characters = classifyCharacters(token);
  for (std::size_t begin = 0; begin < characters.size();) {
    std::size_t end = findWordEnd(characters, begin);
    std::size_t endByte = end < characters.size() ? characters[end].begin : token.size();
    std::size_t beginByte = characters[begin].begin;
    if (characters[begin].kind != CharacterClass::Separator)
      words.push_back(lowerCase(token.substr(beginByte, endByte - beginByte)));
    begin = end;
  }
  return words;
}

const char *hashtagSourceName(HashtagSource source) {
  return source == HashtagSource::Network ? "network" : "case";
}

std::vector<std::string> contentWords(std::string_view caption, std::uint32_t limit) {
  constexpr std::size_t kMinCodePoints = 3;
  std::string lowered = lowerCase(caption);
  std::vector<std::string> words;
  std::string_view rest = lowered;
  auto isPartOfWord = [](std::int32_t value) {
    return value == '\'' || isLetter(value) || isMark(value);
  };
  while (!rest.empty() && words.size() < limit) {
    std::size_t bytes = 0;
    while (bytes < rest.size()) {
      CodePoint next = firstCodePoint(rest.substr(bytes));
      if (!isPartOfWord(next.value))
        break;
      bytes += next.bytes;
    }
    std::string_view word = rest.substr(0, bytes);
    if (countCodePoints(word) >= kMinCodePoints && !isStopWord(word) && !contains(words, word))
      words.emplace_back(word);
    rest.remove_prefix(bytes ? bytes : firstCodePoint(rest).bytes);
  }
  return words;
}

const char *visualSourceName(VisualSource source) {
  switch (source) {
  case VisualSource::Caption:
    return "caption";
  case VisualSource::Objects:
    return "objects";
  case VisualSource::None:
    break;
  }
  return nullptr;
}

PostFeatures computeFeatures(const Post &post, const TextOptions &options) {
  std::vector<HashtagSplit> splits;
  for (std::string_view hashtag : findHashtags(post))
    splits.push_back({splitHashtag(hashtag), HashtagSource::Case});
  return computeFeatures(post, options, splits);
}

PostFeatures computeFeatures(const Post &post, const TextOptions &options,
                             const std::vector<HashtagSplit> &splits) {
  PostFeatures features;
  std::vector<std::string> seen;
  std::vector<std::string_view> hashtags = findHashtags(post);
  for (std::size_t i = 0; i < hashtags.size(); ++i)
    features.hashtags.push_back(readHashtag(hashtags[i], splits[i], options.maxHashtagWords, seen));
  features.visualWords = contentWords(post.caption, options.maxVisualWords);
  features.visualSource = VisualSource::Caption;
  if (features.visualWords.empty()) {
    std::string objects;
    for (const std::string &object : post.objects)
      objects += object + ' ';
    features.visualWords = contentWords(objects, options.maxVisualWords);
    features.visualSource = VisualSource::Objects;
  }
  if (features.visualWords.empty())
    features.visualSource = VisualSource::None;
  return features;
}

} // namespace trimod
