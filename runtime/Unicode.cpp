#include "runtime/Unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <iterator>

namespace trimod {
namespace {

struct Range {
  std::int32_t first, last;
};

bool isInRanges(std::int32_t codePoint, const Range *begin, const Range *end) {
  return std::any_of(begin, end, [codePoint](const Range &range) {
    return codePoint >= range.first && codePoint <= range.last;
  });
}

utf8proc_category_t categoryOf(std::int32_t codePoint) { return utf8proc_category(codePoint); }

bool isInCategories(std::int32_t codePoint, utf8proc_category_t first, utf8proc_category_t last) {
  utf8proc_category_t category = categoryOf(codePoint);
  return category >= first && category <= last;
}

bool isPictograph(std::int32_t codePoint) {
  return utf8proc_get_property(codePoint)->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

utf8proc_ssize_t decode(std::string_view text, utf8proc_int32_t &value) {
  return utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t *>(text.data()),
                          static_cast<utf8proc_ssize_t>(text.size()), &value);
}

} // namespace

MaybeError checkUtf8(std::string_view text) {
  for (std::size_t position = 0; position < text.size();) {
    if (static_cast<unsigned char>(text[position]) < 0x80) {
      ++position;
      continue;
    }
    utf8proc_int32_t value;
    utf8proc_ssize_t bytes = decode(text.substr(position), value);
    if (bytes <= 0)
      return Error{"expected UTF-8, found an invalid sequence at byte " + std::to_string(position)};
    position += static_cast<std::size_t>(bytes);
  }
  return std::nullopt;
}

CodePoint firstCodePoint(std::string_view text) {
  if (unsigned char first = static_cast<unsigned char>(text.front()); first < 0x80)
    return {first, 1};
  utf8proc_int32_t value;
  utf8proc_ssize_t bytes = decode(text, value);
  if (bytes <= 0)
    return {0xFFFD, 1};
  return {value, static_cast<std::size_t>(bytes)};
}

void appendUtf8(std::int32_t codePoint, std::string &text) {
  utf8proc_uint8_t bytes[4];
  utf8proc_ssize_t count = utf8proc_encode_char(codePoint, bytes);
  text.append(reinterpret_cast<const char *>(bytes), static_cast<std::size_t>(count));
}

void appendLowerCase(std::string_view text, std::string &result) {
  while (!text.empty()) {
    unsigned char first = static_cast<unsigned char>(text.front());
    if (first < 0x80) {
      result +=
          first >= 'A' && first <= 'Z' ? static_cast<char>(first + ('a' - 'A')) : text.front();
      text.remove_prefix(1);
      continue;
    }
    CodePoint codePoint = firstCodePoint(text);
    appendUtf8(utf8proc_tolower(codePoint.value), result);
    text.remove_prefix(codePoint.bytes);
  }
}

std::string lowerCase(std::string_view text) {
  std::string result;
  appendLowerCase(text, result);
  return result;
}

bool isDecimalDigit(std::int32_t codePoint) {
  return categoryOf(codePoint) == UTF8PROC_CATEGORY_ND;
}

bool isLowerCase(std::int32_t codePoint) { return categoryOf(codePoint) == UTF8PROC_CATEGORY_LL; }

bool isUpperCase(std::int32_t codePoint) {
  return isInCategories(codePoint, UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LU) ||
         categoryOf(codePoint) == UTF8PROC_CATEGORY_LT;
}

bool isLetter(std::int32_t codePoint) {
  return isInCategories(codePoint, UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LO);
}

bool isMark(std::int32_t codePoint) {
  return isInCategories(codePoint, UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_ME);
}

bool isInvisible(std::int32_t codePoint) {
  static constexpr Range kVariationSelectors[] = {{0xFE00, 0xFE0F}, {0xE0100, 0xE01EF}};
  return isInCategories(codePoint, UTF8PROC_CATEGORY_ZS, UTF8PROC_CATEGORY_CF) ||
         isInRanges(codePoint, std::begin(kVariationSelectors), std::end(kVariationSelectors));
}

bool isIdeograph(std::int32_t codePoint) {
  static constexpr Range kRanges[] = {
      {0x2E80, 0x2FDF}, {0x3005, 0x3007},   {0x3021, 0x3029},   {0x3031, 0x3035}, {0x3041, 0x312F},
      {0x31A0, 0x31BF}, {0x31F0, 0x31FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF}, {0xF900, 0xFAFF},
      {0xFF66, 0xFF9D}, {0x1B000, 0x1B16F}, {0x20000, 0x3FFFD},
  };
  return codePoint >= 0x2E80 && isInRanges(codePoint, std::begin(kRanges), std::end(kRanges)) &&
         !isMark(codePoint) &&
         !isInCategories(codePoint, UTF8PROC_CATEGORY_PC, UTF8PROC_CATEGORY_PO);
}

bool isWordCharacter(std::int32_t codePoint) {
  if (codePoint == '_')
    return true;
  bool isAlphanumeric =
      isLetter(codePoint) || isInCategories(codePoint, UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NO);
  return isAlphanumeric && !isIdeograph(codePoint) && !isPictograph(codePoint);
}

} // namespace trimod
