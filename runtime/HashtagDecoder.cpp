#include "runtime/HashtagDecoder.h"

#include "runtime/Unicode.h"

#include <algorithm>
#include <cmath>

namespace trimod {
namespace {

constexpr double kWordWeight = 0.2;
constexpr double kRankOffset = 10, kNumber = -11, kUnknown = -10, kUnknownLetter = -1.5;
constexpr double kSure = 1e-6; // no probability of the network counts as less

} // namespace

void HashtagDecoder::readRun(std::string_view run, const float *endsWord) {
  text.clear();
  characters.clear();
  for (; !run.empty(); ++endsWord) {
    CodePoint first = firstCodePoint(run);
    double ends = std::clamp(double(*endsWord), kSure, 1 - kSure);
    characters.push_back(
        {text.size(), isDecimalDigit(first.value), std::log(1 - ends), std::log(ends)});
    appendLowerCase(run.substr(0, first.bytes), text);
    run.remove_prefix(first.bytes);
  }
}

std::string_view HashtagDecoder::word(std::size_t begin, std::size_t end) const {
  std::size_t first = characters[begin].begin;
  std::size_t last = end < characters.size() ? characters[end].begin : text.size();
  return std::string_view(text).substr(first, last - first);
}

double HashtagDecoder::wordScore(std::size_t begin, std::size_t end, bool isNumber) const {
  std::int32_t row = vocabulary.words().find(word(begin, end));
  double score = row >= 0   ? -std::log(row + kRankOffset)
                 : isNumber ? kNumber
                            : kUnknown + kUnknownLetter * double(end - begin);
  return kWordWeight * score;
}

HashtagDecoder::Best HashtagDecoder::findBest(std::size_t end) const {
  // The end of the run is certain.
  double network = end < characters.size() ? characters[end - 1].logEnds : 0;
  Best found = {-INFINITY, 0};
  bool isNumber = true;
  for (std::size_t begin = end; begin-- > 0;) {
    if (begin + 1 < end)
      network += characters[begin].logInside;
    isNumber = isNumber && characters[begin].isDigit;
    double score = best[begin].score + network + wordScore(begin, end, isNumber);
    if (score > found.score)
      found = {score, begin};
  }
  return found;
}

void HashtagDecoder::addWords(std::vector<std::string> &words) const {
  std::size_t firstWord = words.size();
  for (std::size_t end = characters.size(); end > 0; end = best[end].begin)
    words.emplace_back(word(best[end].begin, end));
  std::reverse(words.begin() + std::ptrdiff_t(firstWord), words.end());
}

std::vector<std::string> HashtagDecoder::decode(std::string_view hashtag, const float *endsWord) {
  std::vector<std::string> words;
  for (std::string_view rest = hashtag.substr(1); !rest.empty();) {
    std::string_view run = rest.substr(0, rest.find('_'));
    readRun(run, endsWord);
    best.assign(1, {0, 0});
    for (std::size_t end = 1; end <= characters.size(); ++end)
      best.push_back(findBest(end));
    addWords(words);
    std::size_t underscore = run.size() < rest.size();
    endsWord += characters.size() + underscore;
    rest.remove_prefix(run.size() + underscore);
  }
  return words;
}

} // namespace trimod
