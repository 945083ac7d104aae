// The text rules: what the model sees of a post's strings. This is the only implementation; the
// trainer reads what `trimod-run --features` prints, so that training and serving cannot drift
// apart.
#ifndef TRIMOD_RUNTIME_TEXTFEATURES_H
#define TRIMOD_RUNTIME_TEXTFEATURES_H

#include "runtime/Post.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trimod {

struct TextOptions {
  std::uint32_t maxCharacters = 16;  // of a token that the character encoder reads
  std::uint32_t maxVisualWords = 4;  // of a post
  std::uint32_t maxHashtagWords = 8; // of a post
};

// The vocabulary keys of a token in order of preference; the first one that the vocabulary has is
// used. Keys are lower-case.
//   a link            <url>
//   @name             @name, <user>
//   #words            #words, words
//   starts with digit the token, <num>
//   anything else     the token, the token without what only modifies an emoji (❤️: ❤, 👍🏽: 👍)
// There is always a key, and no key is empty: an empty token reads as "_". The object is meant to
// be reused; once its buffer has grown, computing keys allocates nothing.
class WordKeys {
public:
  void compute(std::string_view token);

  std::size_t size() const { return count; }
  // Valid until the next compute().
  std::string_view operator[](std::size_t index) const { return keys[index]; }

private:
  void add(std::string_view key) { keys[count++] = key; }

  std::string lowered, plain;
  std::string_view keys[2];
  std::size_t count = 0;
};

// What the character encoder reads: the first code points of the token. Every link reads "http".
// The result is a part of `token` or a constant.
std::string_view characterForm(std::string_view token, std::uint32_t maxCharacters);

// How many code points that is at most.
std::size_t longestCharacterForm(std::uint32_t maxCharacters);

// The tokens of a post that are hashtags, in order; they stay valid as long as the post.
std::vector<std::string_view> findHashtags(const Post &post);

// The words of a hashtag, lower-case: it is split where case or the kind of character changes
// (#MadeInUSA2016: made, in, usa, 2016). Empty for anything but a hashtag.
std::vector<std::string> splitHashtag(std::string_view token);

enum class HashtagSource { Case, Network };

// "case" or "network".
const char *hashtagSourceName(HashtagSource source);

struct HashtagSplit {
  std::vector<std::string> words;
  HashtagSource source = HashtagSource::Case;
};

// The first `limit` distinct content words of a caption, lower-case: no stop words, nothing shorter
// than three characters.
std::vector<std::string> contentWords(std::string_view caption, std::uint32_t limit);

struct HashtagWords {
  std::string hashtag;
  std::vector<std::string> words;
  // Those of its words that no earlier hashtag gave, up to the post's limit: what the model reads.
  std::vector<std::string> usedWords;
  HashtagSource source = HashtagSource::Case;
};

enum class VisualSource { None, Caption, Objects };

// "caption" or "objects"; null for None.
const char *visualSourceName(VisualSource source);

struct PostFeatures {
  std::vector<HashtagWords> hashtags;
  std::vector<std::string> visualWords;
  VisualSource visualSource = VisualSource::None;
};

// Visual words come from the caption if it has content words, else from the objects. `splits` are
// those of the post's hashtags, in their order.
PostFeatures computeFeatures(const Post &post, const TextOptions &options,
                             const std::vector<HashtagSplit> &splits);

// The same with hashtags split by case.
PostFeatures computeFeatures(const Post &post, const TextOptions &options);

} // namespace trimod

#endif // TRIMOD_RUNTIME_TEXTFEATURES_H
