// What the strings of a model mean: words, characters and labels with their ids, and the options of
// the text rules.
//
// The source is JSON: {"words": [...], "chars": [...], "labels": [...], "hashtag_characters":
// [...], "options": {...}}. Words start with <pad>, <unk>, <url>, <user>, <num>; characters, those
// of tokens and those of hashtags, with <pad>, <unk>; the id of a string is its position. Labels
// are O, B-X and I-X. "hashtag_characters" may be left out (the model segments no hashtags), and so
// may "options" and each of them: "max_chars", "visual_words", "hashtag_words". The keys may stand
// in several files, so that each model of an artefact keeps its own.
//
// The compiler turns it into an image that is embedded in the artefact, with a hash table for each
// list, so that the runtime reads it in place: nothing is parsed or allocated when a model is
// loaded.
#ifndef TRIMOD_RUNTIME_VOCABULARY_H
#define TRIMOD_RUNTIME_VOCABULARY_H

#include "runtime/TextFeatures.h"
#include "trimod/runtime.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trimod {

inline constexpr std::int32_t kUnknownId = 1;

enum class VocabularyList { Words, Characters, Labels, HashtagCharacters };
inline constexpr std::size_t kVocabularyListCount = 4;

// The list whose positions are the numbers of this input of a compiled function; none if they are
// no ids.
std::optional<VocabularyList> listOfInput(std::string_view input);

// "words", for messages.
const char *describeList(VocabularyList list);

// A source file, or the part of a vocabulary that it has.
struct VocabularyFile {
  std::string name;
  std::string_view json;
};

// The image of the vocabulary that the files are together. Errors name the file, the list and the
// element; a key that two files have is one. The same JSON always gives the same bytes.
Result<std::string> buildVocabularyImage(const std::vector<VocabularyFile> &files);

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

  const StringTable &list(VocabularyList list) const {
    return tables[static_cast<std::size_t>(list)];
  }
  const StringTable &words() const { return list(VocabularyList::Words); }
  const StringTable &characters() const { return list(VocabularyList::Characters); }
  const StringTable &labels() const { return list(VocabularyList::Labels); }
  const TextOptions &options() const { return textOptions; }

  // Whether ids of this vocabulary are rows of the tables that the function reads: every list that
  // an input takes has as many strings as the tables have rows. An error says that the vocabulary
  // is of another model.
  MaybeError check(const trimod_function &function) const;

private:
  StringTable tables[kVocabularyListCount];
  TextOptions textOptions;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_VOCABULARY_H
