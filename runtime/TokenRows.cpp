#include "runtime/TokenRows.h"

#include <algorithm>

namespace trimod {
namespace {

// Rows that are kept. On 1000 posts of Twitter-2015 in batches of 32, 4 MiB of the bundled model's
// rows hold all but 47 % of the tokens, 8 MiB all but 42 %, and no rows could hold more than 62 %.
constexpr std::size_t kKeptBytes = std::size_t(4) << 20;

// Rows that are computed by one call: enough for the matrix product, few enough for the cache.
constexpr std::size_t kMaxFresh = 256;

enum Input { Words, Characters, CharacterOffsets };
constexpr ValueSpec kInputs[] = {
    {"words", TRIMOD_I32, {Dimension::Any}},
    {"chars", TRIMOD_I32, {Dimension::Any}},
    {"chars.item_offsets", TRIMOD_INDEX, {Dimension::Any}},
};

enum Output { Rows };
constexpr ValueSpec kOutputs[] = {{"token_rows", TRIMOD_F32, {Dimension::Any, Dimension::Any}}};

constexpr char kName[] = "tag.tokens";

} // namespace

Result<TokenRows> TokenRows::load(const Model &model, const Entry &tag, VocabularyView vocabulary) {
  Result<Entry> entry = Entry::load(model, kName, kInputs, kOutputs, /*labelCount=*/0);
  if (!entry)
    return entry.error();
  if (MaybeError error = entry->checkOutputs())
    return *error;
  if (MaybeError error = vocabulary.check(entry->description()))
    return *error;
  const trimod_value &made = *entry->findOutput(Rows);
  const trimod_value *taken = tag.findInput(PostBatch::kTokenRows);
  if (!taken || !tag.findInput(PostBatch::kTokens) || made.shape[1] < 1 ||
      made.shape[1] != taken->shape[1])
    return Error{std::string("function 'tag': expected inputs 'tokens' and 'token_rows' as '") +
                 kName + "' gives them, " + describeValue(made.dtype, made.rank, made.shape) +
                 ", found " +
                 (taken ? describeValue(taken->dtype, taken->rank, taken->shape) : "none")};
  std::size_t characters =
      entry->findInput(Characters) ? longestCharacterForm(vocabulary.options().maxCharacters) : 0;
  return TokenRows(std::move(*entry), std::size_t(made.shape[1]), 1 + characters);
}

TokenRows::TokenRows(Entry entry, std::size_t width, std::size_t keySize)
    : entry(std::move(entry)), width(width), keySize(keySize) {}

// At least one slot for each token of the batch.
MaybeError TokenRows::reserve(std::size_t tokens) {
  std::size_t rowBytes = width * sizeof(float);
  std::size_t wanted = std::max({tokens, kKeptBytes / rowBytes, std::size_t(1)});
  if (wanted > cache.slotCount()) {
    cache.reset(0, 0);
    if (!rows.reserve(wanted * rowBytes))
      return Error{"no memory for the rows of " + std::to_string(wanted) + " tokens"};
    cache.reset(wanted, keySize);
  }
  if (!freshRows.reserve(std::min(kMaxFresh, tokens) * rowBytes))
    return Error{"no memory for the rows of " + std::to_string(tokens) + " tokens"};
  return std::nullopt;
}

void TokenRows::makeKey(const PostBatch &batch, std::size_t token) {
  constexpr std::int32_t kNoCharacter = -1;
  key.assign(keySize, kNoCharacter);
  key[0] = batch.words()[token];
  if (keySize > 1)
    std::copy(batch.charactersBegin(token), batch.charactersBegin(token + 1), key.begin() + 1);
}

void TokenRows::addFresh(const PostBatch &batch, std::size_t token, std::size_t slot) {
  words.push_back(batch.words()[token]);
  characters.insert(characters.end(), batch.charactersBegin(token),
                    batch.charactersBegin(token + 1));
  characterOffsets.push_back(std::int64_t(characters.size()));
  freshSlots.push_back(slot);
}

MaybeError TokenRows::computeFresh() {
  std::size_t count = freshSlots.size();
  const float *fresh = static_cast<const float *>(freshRows.data());
  entry.setInput(Words, words.data(), {count});
  entry.setInput(Characters, characters.data(), {characters.size()});
  entry.setInput(CharacterOffsets, characterOffsets.data(), {characterOffsets.size()});
  entry.setOutput(Rows, freshRows.data(), {count, width});
  if (MaybeError error = count == 0 ? std::nullopt : entry.call())
    return error;
  for (std::size_t i = 0; i < count; ++i)
    std::copy_n(fresh + i * width, width, row(freshSlots[i]));
  words.clear();
  characters.clear();
  characterOffsets.assign(1, 0);
  freshSlots.clear();
  return std::nullopt;
}

MaybeError TokenRows::compute(const PostBatch &batch) {
  if (MaybeError error = reserve(batch.tokenCount()))
    return error;
  cache.beginRound();
  characterOffsets.assign(1, 0);
  rowOfToken.clear();
  MaybeError error;
  for (std::size_t token = 0; token < batch.tokenCount() && !error; ++token) {
    makeKey(batch, token);
    SlotCache::Place place = cache.find(key.data());
    rowOfToken.push_back(std::int32_t(place.slot));
    if (place.isNew)
      addFresh(batch, token, place.slot);
    if (freshSlots.size() == kMaxFresh)
      error = computeFresh();
  }
  if (!error)
    error = computeFresh();
  // Slots without their rows would be found by the next batch.
  if (error)
    *this = TokenRows(std::move(entry), width, keySize);
  return error;
}

void TokenRows::setInputs(Entry &tag) const {
  tag.setInput(PostBatch::kTokens, rowOfToken.data(), {rowOfToken.size()});
  tag.setInput(PostBatch::kTokenRows, rows.data(), {cache.slotCount(), width});
}

} // namespace trimod
