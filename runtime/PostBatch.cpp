#include "runtime/PostBatch.h"

#include "runtime/Unicode.h"

namespace trimod {

namespace {

constexpr ValueSpec kSpecs[] = {
    {"words", TRIMOD_I32, {Dimension::Any}},
    {"tokens.offsets", TRIMOD_INDEX, {Dimension::PostOffsets}},
    {"chars", TRIMOD_I32, {Dimension::Any}},
    {"chars.item_offsets", TRIMOD_INDEX, {Dimension::Any}},
    {"visual", TRIMOD_I32, {Dimension::Any}},
    {"visual.offsets", TRIMOD_INDEX, {Dimension::PostOffsets}},
    {"hashtags", TRIMOD_I32, {Dimension::Any}},
    {"hashtags.item_offsets", TRIMOD_INDEX, {Dimension::Any}},
    {"hashtags.offsets", TRIMOD_INDEX, {Dimension::PostOffsets}},
    {"tokens", TRIMOD_I32, {Dimension::Any}},
    {"token_rows", TRIMOD_F32, {Dimension::Any, Dimension::Any}},
};

} // namespace

const std::size_t PostBatch::kTokens = InputCount, PostBatch::kTokenRows = InputCount + 1;

ValueSpecs PostBatch::inputSpecs() { return kSpecs; }

void PostBatch::clear() {
  for (int input = 0; input < InputCount; ++input) {
    ids[input].clear();
    offsets[input].assign(1, 0);
  }
}

void PostBatch::addWord(std::string_view word, std::vector<std::int32_t> &wordIds) {
  keys.compute(word);
  wordIds.push_back(vocabulary.wordId(keys));
}

void PostBatch::addCharacters(std::string_view token) {
  std::string_view form = characterForm(token, vocabulary.options().maxCharacters);
  while (!form.empty()) {
    std::size_t bytes = firstCodePoint(form).bytes;
    ids[Characters].push_back(vocabulary.characterId(form.substr(0, bytes)));
    form.remove_prefix(bytes);
  }
  offsets[CharacterOffsets].push_back(std::int64_t(ids[Characters].size()));
}

void PostBatch::add(const TaggerInput &input) {
  for (const Token &token : input.post->tokens) {
    addWord(token.text, ids[Words]);
    addCharacters(token.text);
  }
  offsets[TokenOffsets].push_back(std::int64_t(ids[Words].size()));
  for (const std::string &word : input.features->visualWords)
    addWord(word, ids[Visual]);
  offsets[VisualOffsets].push_back(std::int64_t(ids[Visual].size()));
  for (const HashtagWords &hashtag : input.features->hashtags) {
    if (hashtag.usedWords.empty())
      continue;
    for (const std::string &word : hashtag.usedWords)
      addWord(word, ids[Hashtags]);
    offsets[HashtagItemOffsets].push_back(std::int64_t(ids[Hashtags].size()));
  }
  offsets[HashtagOffsets].push_back(std::int64_t(offsets[HashtagItemOffsets].size()) - 1);
}

void PostBatch::setInputs(Entry &entry) const {
  for (std::size_t input = 0; input < InputCount; ++input) {
    if (kSpecs[input].dtype == TRIMOD_INDEX)
      entry.setInput(input, offsets[input].data(), {offsets[input].size()});
    else
      entry.setInput(input, ids[input].data(), {ids[input].size()});
  }
}

} // namespace trimod
