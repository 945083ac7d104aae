// Words of hashtags by a model's own network: the entry "segment", a function of the characters of
// all hashtags without their # (C characters, N hashtags):
//   characters           i32[C]      ids
//   characters.offsets   index[N+1]  where each hashtag's characters start
// It gives
//   split                f32[C]      the probability that a word ends after the character
// HashtagDecoder makes words of it.
//
// A hashtag of more than kMaxCharacters, without a letter (#2016), or with a character that the
// network has never seen (which is what Chinese and emoji are to a network for English), is split
// by case: what the network says of it would mean nothing.
#ifndef TRIMOD_RUNTIME_HASHTAGSEGMENTER_H
#define TRIMOD_RUNTIME_HASHTAGSEGMENTER_H

#include "runtime/Entry.h"
#include "runtime/HashtagDecoder.h"
#include "runtime/Vocabulary.h"

namespace trimod {

class HashtagSegmenter {
public:
  static constexpr std::size_t kMaxCharacters = 64;

  // Loads the entry and checks that the vocabulary fits its table.
  static Result<HashtagSegmenter> load(const Model &model, VocabularyView vocabulary);

  // The split of each hashtag (with its #), in one call for all of them; several if they are very
  // many, so that memory is bounded. Fails if there is no memory, or if a probability is not
  // finite.
  MaybeError split(const std::vector<std::string_view> &hashtags,
                   std::vector<HashtagSplit> &splits);

private:
  HashtagSegmenter(Entry entry, VocabularyView vocabulary)
      : entry(std::move(entry)), vocabulary(vocabulary), decoder(vocabulary) {}

  bool addCharacters(std::string_view hashtag);
  MaybeError splitWaiting(const std::vector<std::string_view> &hashtags,
                          std::vector<HashtagSplit> &splits);

  Entry entry;
  VocabularyView vocabulary;
  HashtagDecoder decoder;
  // The next call.
  std::vector<std::int32_t> characters;
  std::vector<std::int64_t> offsets;
  std::vector<float> endsWord;
  std::vector<std::size_t> waiting; // positions of its hashtags
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_HASHTAGSEGMENTER_H
