#include "runtime/Vocabulary.h"

#include "runtime/Json.h"
#include "runtime/Unicode.h"

#include <cstring>
#include <limits>
#include <vector>

namespace trimod {
namespace {

using nlohmann::json;

// The image: a Header, then for each list the offsets, the slots, and the text padded to 4 bytes.
// All numbers are little-endian, as on every machine that the compiler has code for.
constexpr std::uint32_t kMagic = 0x4F564D54; // "TMVO"
constexpr std::uint32_t kVersion = 2;

struct TableHeader {
  std::uint32_t count, slotCount, textBytes;
};

struct Header {
  std::uint32_t magic, version;
  std::uint32_t maxCharacters, maxVisualWords, maxHashtagWords;
  TableHeader tables[kVocabularyListCount];
};

constexpr std::uint32_t kMaxStrings = 1u << 24;

// In the order of VocabularyList.
constexpr const char *kListKeys[kVocabularyListCount] = {"words", "chars", "labels",
                                                         "hashtag_characters"};
constexpr const char *kListDescriptions[kVocabularyListCount] = {"words", "characters", "labels",
                                                                 "hashtag characters"};
constexpr const char kOptionsKey[] = "options";

// FNV-1a.
std::uint32_t hashString(std::string_view text) {
  std::uint32_t hash = 2166136261u;
  for (char byte : text)
    hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619u;
  return hash;
}

std::size_t paddedTo4(std::size_t bytes) { return (bytes + 3) & ~std::size_t(3); }

// ---- Building

Result<std::vector<std::string>> readList(const json &object, const char *key) {
  auto found = object.find(key);
  std::string expected = std::string("expected '") + key + "' to be an array of strings, ";
  if (found == object.end())
    return Error{expected + "found no such key"};
  if (!found->is_array())
    return Error{expected + "found " + describeJsonType(*found)};
  if (found->size() > kMaxStrings)
    return Error{std::string("expected '") + key + "' to have at most " +
                 std::to_string(kMaxStrings) + " strings, found " + std::to_string(found->size())};
  std::vector<std::string> list;
  for (const json &element : *found) {
    std::string where = std::string("'") + key + "' element " + std::to_string(list.size());
    if (!element.is_string())
      return Error{where + ": expected a string, found " + describeJsonType(element)};
    list.push_back(element.get<std::string>());
    if (list.back().empty())
      return Error{where + ": expected a string that is not empty"};
  }
  return list;
}

MaybeError checkSpecials(const std::vector<std::string> &list, const char *key,
                         const std::vector<std::string> &specials) {
  for (std::size_t i = 0; i < specials.size(); ++i)
    if (i >= list.size() || list[i] != specials[i])
      return Error{std::string("'") + key + "' element " + std::to_string(i) + ": expected " +
                   quote(specials[i]) + ", found " +
                   (i < list.size() ? quote(list[i]) : "the end of the list")};
  return std::nullopt;
}

MaybeError checkCharacters(const std::vector<std::string> &characters, const char *key) {
  constexpr std::size_t kSpecials = 2;
  if (MaybeError error = checkSpecials(characters, key, {"<pad>", "<unk>"}))
    return error;
  for (std::size_t i = kSpecials; i < characters.size(); ++i)
    if (firstCodePoint(characters[i]).bytes != characters[i].size())
      return Error{std::string("'") + key + "' element " + std::to_string(i) +
                   ": expected one code point, found " + quote(characters[i])};
  return std::nullopt;
}

MaybeError checkLabels(const std::vector<std::string> &labels) {
  if (labels.empty())
    return Error{"expected 'labels' to hold at least one label"};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::string_view label = labels[i];
    bool isEntity = label.size() > 2 && (label[0] == 'B' || label[0] == 'I') && label[1] == '-';
    if (label != "O" && !isEntity)
      return Error{"'labels' element " + std::to_string(i) + ": expected O, B-X or I-X, found " +
                   quote(label)};
  }
  return std::nullopt;
}

MaybeError readOption(const json &options, const char *key, std::uint32_t &value) {
  constexpr std::uint32_t kMax = 1024;
  auto found = options.find(key);
  if (found == options.end())
    return std::nullopt;
  if (!found->is_number_unsigned() || found->get<std::uint64_t>() > kMax)
    return Error{std::string("option '") + key + "': expected a number from 0 to " +
                 std::to_string(kMax) + ", found " + quote(found->dump())};
  value = found->get<std::uint32_t>();
  return std::nullopt;
}

MaybeError readOptions(const json &object, TextOptions &options) {
  auto found = object.find(kOptionsKey);
  if (found == object.end())
    return std::nullopt;
  if (!found->is_object())
    return Error{std::string("expected 'options' to be an object, found ") +
                 describeJsonType(*found)};
  if (MaybeError error = readOption(*found, "max_chars", options.maxCharacters))
    return error;
  if (MaybeError error = readOption(*found, "visual_words", options.maxVisualWords))
    return error;
  return readOption(*found, "hashtag_words", options.maxHashtagWords);
}

// The keys of all files in one object.
struct JoinedFiles {
  json object = json::object();
  std::vector<std::pair<std::string, std::string>> origins; // keys with their files
  std::string names;                                        // of all files

  // The file that has `key`, or if none has it, all files.
  const std::string &where(std::string_view key) const {
    for (const auto &[known, file] : origins)
      if (known == key)
        return file;
    return names;
  }

  // Takes the value of `key` out of a file's object, if it is there.
  MaybeError take(const char *key, json &from, const std::string &file) {
    auto found = from.find(key);
    if (found == from.end())
      return std::nullopt;
    if (object.contains(key))
      return Error{"vocabulary key " + quote(key) + ": expected it in one file, found it in " +
                   where(key) + " and in " + file};
    object[key] = std::move(*found);
    origins.emplace_back(key, file);
    return std::nullopt;
  }
};

Result<JoinedFiles> joinFiles(const std::vector<VocabularyFile> &files) {
  JoinedFiles joined;
  for (const VocabularyFile &file : files) {
    Result<json> object = parseJson(file.json);
    if (!object)
      return object.error().in(file.name);
    if (!object->is_object())
      return Error{file.name + ": expected an object, found " + describeJsonType(*object)};
    for (const char *key : kListKeys)
      if (MaybeError error = joined.take(key, *object, file.name))
        return *error;
    if (MaybeError error = joined.take(kOptionsKey, *object, file.name))
      return *error;
    joined.names += (joined.names.empty() ? "" : ", ") + file.name;
  }
  return joined;
}

void appendNumber(std::uint32_t value, std::string &image) {
  image.append(reinterpret_cast<const char *>(&value), sizeof value);
}

// Open addressing with linear probing; at most half of the slots are taken.
Result<std::vector<std::uint32_t>> makeSlots(const std::vector<std::string> &list) {
  std::size_t slotCount = 4;
  while (slotCount < 2 * list.size())
    slotCount *= 2;
  std::vector<std::uint32_t> slots(slotCount, 0);
  for (std::uint32_t id = 0; id < list.size(); ++id) {
    std::size_t slot = hashString(list[id]) & (slotCount - 1);
    for (; slots[slot] != 0; slot = (slot + 1) & (slotCount - 1))
      if (list[slots[slot] - 1] == list[id])
        return Error{"element " + std::to_string(id) + ": " + quote(list[id]) +
                     " stands already at element " + std::to_string(slots[slot] - 1)};
    slots[slot] = id + 1;
  }
  return slots;
}

MaybeError appendTable(const std::vector<std::string> &list, TableHeader &header,
                       std::string &image) {
  Result<std::vector<std::uint32_t>> slots = makeSlots(list);
  if (!slots)
    return slots.error();
  std::string text;
  appendNumber(0, image);
  for (const std::string &element : list) {
    text += element;
    if (text.size() > std::numeric_limits<std::uint32_t>::max())
      return Error{"expected less than 4 GiB of text"};
    appendNumber(static_cast<std::uint32_t>(text.size()), image);
  }
  for (std::uint32_t slot : *slots)
    appendNumber(slot, image);
  header = {static_cast<std::uint32_t>(list.size()), static_cast<std::uint32_t>(slots->size()),
            static_cast<std::uint32_t>(text.size())};
  text.resize(paddedTo4(text.size()));
  image += text;
  return std::nullopt;
}

MaybeError checkList(VocabularyList list, const std::vector<std::string> &strings,
                     const char *key) {
  switch (list) {
  case VocabularyList::Words:
    return checkSpecials(strings, key, {"<pad>", "<unk>", "<url>", "<user>", "<num>"});
  case VocabularyList::Characters:
  case VocabularyList::HashtagCharacters:
    return checkCharacters(strings, key);
  case VocabularyList::Labels:
    return checkLabels(strings);
  }
  return std::nullopt;
}

// Reads, checks and appends one list. The model may do without characters of hashtags.
MaybeError appendList(std::size_t number, const json &object, TableHeader &header,
                      std::string &tables) {
  const auto list = static_cast<VocabularyList>(number);
  const char *key = kListKeys[number];
  if (list == VocabularyList::HashtagCharacters && !object.contains(key))
    return appendTable({}, header, tables);
  Result<std::vector<std::string>> strings = readList(object, key);
  if (!strings)
    return strings.error();
  if (MaybeError error = checkList(list, *strings, key))
    return error;
  if (MaybeError error = appendTable(*strings, header, tables))
    return error->in(quote(key));
  return std::nullopt;
}

// ---- Reading

Error damaged(const std::string &what) {
  return Error{"vocabulary image: " + what + ": it is damaged, or of another version"};
}

} // namespace

std::optional<VocabularyList> listOfInput(std::string_view input) {
  if (input == "words" || input == "visual" || input == "hashtags")
    return VocabularyList::Words;
  if (input == "chars")
    return VocabularyList::Characters;
  if (input == "characters")
    return VocabularyList::HashtagCharacters;
  return std::nullopt;
}

const char *describeList(VocabularyList list) {
  return kListDescriptions[static_cast<std::size_t>(list)];
}

Result<std::string> buildVocabularyImage(const std::vector<VocabularyFile> &files) {
  Result<JoinedFiles> joined = joinFiles(files);
  if (!joined)
    return joined.error();
  TextOptions options;
  if (MaybeError error = readOptions(joined->object, options))
    return error->in(joined->where(kOptionsKey));
  Header header = {
      kMagic, kVersion, options.maxCharacters, options.maxVisualWords, options.maxHashtagWords, {}};
  std::string tables;
  for (std::size_t i = 0; i < kVocabularyListCount; ++i)
    if (MaybeError error = appendList(i, joined->object, header.tables[i], tables))
      return error->in(joined->where(kListKeys[i]));
  return std::string(reinterpret_cast<const char *>(&header), sizeof header) + tables;
}

std::int32_t StringTable::find(std::string_view wanted) const {
  std::uint32_t mask = slotCount - 1;
  for (std::uint32_t slot = hashString(wanted) & mask; slots[slot] != 0; slot = (slot + 1) & mask)
    if ((*this)[slots[slot] - 1] == wanted)
      return static_cast<std::int32_t>(slots[slot] - 1);
  return -1;
}

std::string_view StringTable::operator[](std::uint32_t id) const {
  return std::string_view(text + offsets[id], offsets[id + 1] - offsets[id]);
}

Result<VocabularyView> VocabularyView::open(std::string_view image) {
  Header header;
  if (image.size() < sizeof header)
    return damaged("expected at least " + std::to_string(sizeof header) + " bytes, found " +
                   std::to_string(image.size()));
  if (reinterpret_cast<std::uintptr_t>(image.data()) % alignof(std::uint32_t) != 0)
    return Error{"vocabulary image: expected an address that is a multiple of 4"};
  std::memcpy(&header, image.data(), sizeof header);
  if (header.magic != kMagic || header.version != kVersion)
    return damaged("expected version " + std::to_string(kVersion) + ", found " +
                   std::to_string(header.version));
  VocabularyView view;
  view.textOptions = {header.maxCharacters, header.maxVisualWords, header.maxHashtagWords};
  image.remove_prefix(sizeof header);
  for (std::size_t i = 0; i < kVocabularyListCount; ++i) {
    const TableHeader &entry = header.tables[i];
    std::size_t bytes =
        4 * (std::size_t(entry.count) + 1 + entry.slotCount) + paddedTo4(entry.textBytes);
    if (bytes > image.size())
      return damaged(std::string("expected ") + std::to_string(bytes) + " bytes of " +
                     kListDescriptions[i] + ", found " + std::to_string(image.size()));
    StringTable &table = view.tables[i];
    table.count = entry.count;
    table.slotCount = entry.slotCount;
    table.offsets = reinterpret_cast<const std::uint32_t *>(image.data());
    table.slots = table.offsets + entry.count + 1;
    table.text = reinterpret_cast<const char *>(table.slots + entry.slotCount);
    if (!table.isSound(entry.textBytes))
      return damaged(std::string("the table of ") + kListDescriptions[i] + " is not sound");
    image.remove_prefix(bytes);
  }
  if (!image.empty())
    return damaged("found " + std::to_string(image.size()) + " bytes too many");
  return view;
}

// Look-ups end at a free slot, so there must be one; every slot and offset must lie inside.
bool StringTable::isSound(std::uint32_t textBytes) const {
  bool isPowerOf2 = slotCount != 0 && (slotCount & (slotCount - 1)) == 0;
  if (!isPowerOf2 || offsets[0] != 0 || offsets[count] != textBytes)
    return false;
  for (std::uint32_t id = 0; id < count; ++id)
    if (offsets[id] > offsets[id + 1])
      return false;
  bool hasFreeSlot = false;
  for (std::uint32_t slot = 0; slot < slotCount; ++slot) {
    if (slots[slot] > count)
      return false;
    hasFreeSlot |= slots[slot] == 0;
  }
  return hasFreeSlot;
}

MaybeError VocabularyView::check(const trimod_function &function) const {
  for (std::uint32_t i = 0; i < function.input_count; ++i) {
    const trimod_value &input = function.inputs[i];
    std::optional<VocabularyList> wanted = listOfInput(input.name);
    if (!wanted || input.index_bound == 0 || input.index_bound == list(*wanted).size())
      continue;
    return Error{std::string("function '") + function.name + "': input " + quote(input.name) +
                 ": expected a vocabulary of " + std::to_string(input.index_bound) + " " +
                 describeList(*wanted) + ", found " + std::to_string(list(*wanted).size()) +
                 ": it is of another model"};
  }
  return std::nullopt;
}

std::int32_t VocabularyView::wordId(const WordKeys &keys) const {
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (std::int32_t id = words().find(keys[i]); id >= 0)
      return id;
  return kUnknownId;
}

std::int32_t VocabularyView::characterId(std::string_view character) const {
  std::int32_t id = characters().find(character);
  return id >= 0 ? id : kUnknownId;
}

} // namespace trimod
