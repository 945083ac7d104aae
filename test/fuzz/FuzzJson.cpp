// One line of JSON: a post or an error, and what is written about it is JSON again.

#include "Check.h"
#include "runtime/HashtagDecoder.h"
#include "runtime/Json.h"
#include "runtime/PostReader.h"
#include "runtime/PostWriter.h"

using namespace trimod;
using namespace trimod::test;

namespace {

HashtagDecoder &decoder() {
  static const std::string image = *buildVocabularyImage(
      {{"words", R"({"words": ["<pad>", "<unk>", "<url>", "<user>", "<num>", "a", "ab"],
                     "chars": ["<pad>", "<unk>"], "labels": ["O"]})"}});
  static HashtagDecoder decoder(*VocabularyView::open(image));
  return decoder;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  std::string_view line(reinterpret_cast<const char *>(data), size);
  Post post;
  std::string json;
  if (MaybeError error = parsePost(line, post)) {
    check(error->message.find('\n') == std::string::npos, "an error is one line");
    appendErrorJson(post, "", error->message, json);
    check(bool(parseJson(json)), "an error record is JSON");
    return 0;
  }
  TextOptions options;
  std::vector<HashtagSplit> splits;
  std::vector<float> endsWord(size);
  for (std::size_t i = 0; i < size; ++i)
    endsWord[i] = float(data[i]) / 255;
  for (std::string_view hashtag : findHashtags(post))
    if (hashtag.size() <= 100) // longer ones are not asked about
      splits.push_back({decoder().decode(hashtag, endsWord.data()), HashtagSource::Network});
    else
      splits.push_back({splitHashtag(hashtag), HashtagSource::Case});
  PostFeatures features = computeFeatures(post, options, splits);
  appendFeaturesJson(post, features, options, json);
  check(json.find('\n') == json.size() - 1, "features are one line");
  check(bool(parseJson(json)), "features are JSON");

  constexpr std::string_view kTags[] = {"B-PER", "I-PER", "O", "I-LOC"};
  PostTags result;
  for (std::size_t i = 0; i < post.tokens.size(); ++i)
    result.tags.push_back(kTags[(i + size) % 4]);
  for (std::size_t i = 0; i < post.tokens.size(); ++i)
    result.entityProbabilities.push_back(double(i) / double(size));
  json.clear();
  appendTagsJson(post, features, result, json);
  Result<nlohmann::json> written = parseJson(json);
  check(bool(written), "a result is JSON");
  check((*written)["tokens"].size() == (*written)["tags"].size(), "a tag a token");
  return 0;
}
