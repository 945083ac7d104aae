// The most likely words of a hashtag, from what the network says of its characters and from how
// usual the words are:
//
//   argmax  sum over characters of log P(a word ends here, or not; network)
//           + 0.2 * sum over words of log P(word)
//
// P(word) by Zipf's law is 1 / (row + 10) for a word of the vocabulary, where the usual words stand
// first; e^-11 for a number; e^(-10 - 1.5 * letters) for all else. Without it a word would end
// where that is more likely than not; but the network has not seen every word, and the vocabulary
// is there. The constants were chosen on STAN_large dev (models/hashtag/README.md).
#ifndef TRIMOD_RUNTIME_HASHTAGDECODER_H
#define TRIMOD_RUNTIME_HASHTAGDECODER_H

#include "runtime/Vocabulary.h"

#include <string>
#include <string_view>
#include <vector>

namespace trimod {

class HashtagDecoder {
public:
  explicit HashtagDecoder(VocabularyView vocabulary) : vocabulary(vocabulary) {}

  // The words, in lower case, of a hashtag (with its #). endsWord[i] is the network's probability
  // that a word ends after character i, which is finite. An underscore ends a word and is none.
  std::vector<std::string> decode(std::string_view hashtag, const float *endsWord);

private:
  struct Character {
    std::size_t begin; // in `text`
    bool isDigit;
    double logInside, logEnds; // log P that no word ends after it, and that one does
  };
  // Of the characters before one: the score of their best words, and where the last one begins.
  struct Best {
    double score;
    std::size_t begin;
  };

  void readRun(std::string_view run, const float *endsWord);
  std::string_view word(std::size_t begin, std::size_t end) const;
  double wordScore(std::size_t begin, std::size_t end, bool isNumber) const;
  Best findBest(std::size_t end) const;
  void addWords(std::vector<std::string> &words) const;

  VocabularyView vocabulary;
  // Of a run of characters without underscore.
  std::string text; // in lower case
  std::vector<Character> characters;
  std::vector<Best> best;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_HASHTAGDECODER_H
