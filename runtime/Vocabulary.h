// What the strings of a model mean: words, characters and labels with their ids, and the options of
// the text rules.
//
// The source is JSON: {"words": [...], "chars": [...], "labels": [...], "options": {...}}. Words
// start with <pad>, <unk>, <url>, <user>, <num>, characters with <pad>, <unk>; the id of a string
// is its position. Labels are O, B-X and I-X. Options, all of them optional: "max_chars",
// "visual_words", "hashtag_words".
//
// The compiler turns it into an image that is embedded in the artefact, with a hash table for each
// list, so that the runtime reads it in place: nothing is parsed or allocated when a model is
// loaded.
#ifndef TRIMOD_RUNTIME_VOCABULARY_H
#define TRIMOD_RUNTIME_VOCABULARY_H

#include "runtime/TextFeatures.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace trimod {

inline constexpr std::int32_t kUnknownId = 1;

// The image of a vocabulary. Errors name the list and the element. The same JSON always gives the
// same bytes.
Result<std::string> buildVocabularyImage(std::string_view json);

// Strings with their ids, in place in an image.
class StringTable {
public:
  // -1 if the table does not have it.
  std::int32_t find(std::string_view text) const;
  std::uint32_t size() const { return count; }
  std::string_view operator[](std::uint32_t id) const;

private:
  friend class VocabularyView;

  bool isSound(std::uint32_t textBytes) const;

  std::uint32_t count = 0, slotCount = 0;
  const std::uint32_t *offsets = nullptr; // count + 1 positions in `text`
  const std::uint32_t *slots = nullptr;   // id + 1, or 0 for a free slot
  const char *text = nullptr;
};

class VocabularyView {
public:
  // Checks the whole image, so that look-ups need not. The bytes must outlive the view and be
  // aligned to 4.
  static Result<VocabularyView> open(std::string_view image);

  // The id of the first of these keys that the vocabulary has, or kUnknownId.
  std::int32_t wordId(const WordKeys &keys) const;
  // `character` is one code point in UTF-8.
  std::int32_t characterId(std::string_view character) const;

  const StringTable &words() const { return wordTable; }
  const StringTable &characters() const { return characterTable; }
  const StringTable &labels() const { return labelTable; }
  const TextOptions &options() const { return textOptions; }

private:
  StringTable wordTable, characterTable, labelTable;
  TextOptions textOptions;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_VOCABULARY_H
