// A batch of posts as the compiled function "tag" reads it: ids and offsets, without padding.
#ifndef TRIMOD_RUNTIME_POSTBATCH_H
#define TRIMOD_RUNTIME_POSTBATCH_H

#include "runtime/Entry.h"
#include "runtime/Vocabulary.h"

namespace trimod {

struct TaggerInput {
  const Post *post;
  const PostFeatures *features;
};

class PostBatch {
public:
  // The inputs of "tag" (Tagger.h), for Entry::load and setInputs.
  static ValueSpecs inputSpecs();
  // Positions in inputSpecs() of what a batch does not set (TokenRows.h).
  static const std::size_t kTokens, kTokenRows;

  explicit PostBatch(VocabularyView vocabulary) : vocabulary(vocabulary) {}

  void clear();
  // Allocates only where a buffer has to grow.
  void add(const TaggerInput &input);

  std::size_t postCount() const { return offsets[TokenOffsets].size() - 1; }
  std::size_t tokenCount() const { return ids[Words].size(); }
  const std::vector<std::int64_t> &tokenOffsets() const { return offsets[TokenOffsets]; }

  const std::vector<std::int32_t> &words() const { return ids[Words]; }
  // Of a token, or of the one behind the last: where its characters begin.
  const std::int32_t *charactersBegin(std::size_t token) const {
    return ids[Characters].data() + offsets[CharacterOffsets][token];
  }

  // Of an entry that was loaded with inputSpecs(). The batch must not change before the call.
  void setInputs(Entry &entry) const;

private:
  enum Input {
    Words,
    TokenOffsets,
    Characters,
    CharacterOffsets,
    Visual,
    VisualOffsets,
    Hashtags,
    HashtagItemOffsets,
    HashtagOffsets,
    InputCount
  };

  void addWord(std::string_view word, std::vector<std::int32_t> &wordIds);
  void addCharacters(std::string_view token);

  VocabularyView vocabulary;
  // By Input; each uses one of the two.
  std::vector<std::int32_t> ids[InputCount];
  std::vector<std::int64_t> offsets[InputCount];
  WordKeys keys;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_POSTBATCH_H
