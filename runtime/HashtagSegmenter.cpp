#include "runtime/HashtagSegmenter.h"

#include "runtime/Unicode.h"

#include <algorithm>
#include <cmath>

namespace trimod {
namespace {

constexpr std::size_t kMaxCallCharacters = 4096;

enum Input { Characters, Offsets };
constexpr ValueSpec kInputs[] = {
    {"characters", TRIMOD_I32, {Dimension::Any}},
    {"characters.offsets", TRIMOD_INDEX, {Dimension::PostOffsets}},
};

enum Output { Split };
constexpr ValueSpec kOutputs[] = {{"split", TRIMOD_F32, {Dimension::Any}}};

} // namespace

Result<HashtagSegmenter> HashtagSegmenter::load(const Model &model, VocabularyView vocabulary) {
  Result<Entry> entry = Entry::load(model, "segment", kInputs, kOutputs, /*labelCount=*/0);
  if (!entry)
    return entry.error();
  if (MaybeError error = entry->checkOutputs())
    return *error;
  if (MaybeError error = vocabulary.check(entry->description()))
    return *error;
  return HashtagSegmenter(std::move(*entry), vocabulary);
}

// False, and nothing added, if the network cannot read the hashtag.
bool HashtagSegmenter::addCharacters(std::string_view hashtag) {
  std::size_t begin = characters.size();
  bool hasLetter = false;
  for (std::string_view rest = hashtag.substr(1); !rest.empty();) {
    CodePoint first = firstCodePoint(rest);
    std::int32_t id =
        vocabulary.list(VocabularyList::HashtagCharacters).find(rest.substr(0, first.bytes));
    if (id < 0 || characters.size() - begin == kMaxCharacters) {
      characters.resize(begin);
      return false;
    }
    hasLetter = hasLetter || isLetter(first.value);
    characters.push_back(id);
    rest.remove_prefix(first.bytes);
  }
  if (!hasLetter) {
    characters.resize(begin);
    return false;
  }
  offsets.push_back(std::int64_t(characters.size()));
  return true;
}

MaybeError HashtagSegmenter::splitWaiting(const std::vector<std::string_view> &hashtags,
                                          std::vector<HashtagSplit> &splits) {
  endsWord.resize(characters.size());
  entry.setInput(Characters, characters.data(), {characters.size()});
  entry.setInput(Offsets, offsets.data(), {offsets.size()});
  entry.setOutput(Split, endsWord.data(), {characters.size()});
  if (MaybeError error = waiting.empty() ? std::nullopt : entry.call())
    return error;
  auto isFinite = [](float value) { return std::isfinite(value); };
  if (!std::all_of(endsWord.begin(), endsWord.end(), isFinite))
    return Error{"function 'segment': the model gave a probability that is not finite"};
  for (std::size_t i = 0; i < waiting.size(); ++i)
    splits[waiting[i]] = {
        decoder.decode(hashtags[waiting[i]], endsWord.data() + std::size_t(offsets[i])),
        HashtagSource::Network};
  waiting.clear();
  characters.clear();
  offsets.assign(1, 0);
  return std::nullopt;
}

MaybeError HashtagSegmenter::split(const std::vector<std::string_view> &hashtags,
                                   std::vector<HashtagSplit> &splits) {
  splits.assign(hashtags.size(), {});
  waiting.clear();
  characters.clear();
  offsets.assign(1, 0);
  for (std::size_t i = 0; i < hashtags.size(); ++i) {
    if (addCharacters(hashtags[i]))
      waiting.push_back(i);
    else
      splits[i].words = splitHashtag(hashtags[i]);
    bool isFull = !entry.takesBatches() || characters.size() >= kMaxCallCharacters;
    if (!isFull)
      continue;
    if (MaybeError error = splitWaiting(hashtags, splits))
      return error;
  }
  return splitWaiting(hashtags, splits);
}

} // namespace trimod
