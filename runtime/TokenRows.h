// What a token alone decides of the function "tag", computed once for each distinct token of a
// batch and kept for later batches.
//
// The compiler splits such a function (trimod-share-tokens): "tag.tokens" takes distinct tokens,
//   words                   i32[U]
//   chars                   i32[?]
//   chars.item_offsets      index[U+1]
// or some of these, and gives a row for each; "tag" takes rows of any tokens and the row of each
// token of the batch.
//   token_rows              f32[U,W], f32[R,W]
//   tokens                  i32[T]
// A row depends on its token alone, so results are the same bits whatever is kept.
#ifndef TRIMOD_RUNTIME_TOKENROWS_H
#define TRIMOD_RUNTIME_TOKENROWS_H

#include "runtime/PostBatch.h"
#include "runtime/SlotCache.h"

namespace trimod {

// One thread at a time: a copy serves another one, and keeps rows of its own.
class TokenRows {
public:
  TokenRows(TokenRows &&) = default;
  TokenRows &operator=(TokenRows &&) = default;
  TokenRows(const TokenRows &other) : TokenRows(other.entry, other.width, other.keySize) {}

  // For a function "tag" that takes rows.
  static Result<TokenRows> load(const Model &model, const Entry &tag, VocabularyView vocabulary);

  // Computes the rows that are not kept. Allocates only where a buffer has to grow.
  MaybeError compute(const PostBatch &batch);

  // Of the batch that compute() was last called with.
  void setInputs(Entry &tag) const;

private:
  TokenRows(Entry entry, std::size_t width, std::size_t keySize);

  MaybeError reserve(std::size_t tokens);
  void makeKey(const PostBatch &batch, std::size_t token);
  void addFresh(const PostBatch &batch, std::size_t token, std::size_t slot);
  MaybeError computeFresh();
  float *row(std::size_t slot) const { return static_cast<float *>(rows.data()) + slot * width; }

  Entry entry;
  std::size_t width, keySize;
  SlotCache cache;
  AlignedBuffer rows; // [slots, width]
  std::vector<std::int32_t> rowOfToken, key;
  // Tokens whose rows are missing, and these rows.
  std::vector<std::int32_t> words, characters;
  std::vector<std::int64_t> characterOffsets;
  std::vector<std::size_t> freshSlots;
  AlignedBuffer freshRows;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_TOKENROWS_H
