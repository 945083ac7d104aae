#include "runtime/PostWriter.h"

#include "runtime/Entities.h"
#include "runtime/Json.h"
#include "runtime/JsonText.h"

#include <algorithm>
#include <cmath>

namespace trimod {
namespace {

// Writes the commas between the elements of an array or object.
class Separator {
public:
  explicit Separator(std::string &json) : json(json) {}
  void next() {
    if (!isFirst)
      json += ',';
    isFirst = false;
  }

private:
  std::string &json;
  bool isFirst = true;
};

void appendKey(std::string_view key, std::string &json) {
  json += ",\"";
  json += key;
  json += "\":";
}

void appendCount(std::string_view key, std::size_t value, std::string &json) {
  appendKey(key, json);
  json += std::to_string(value);
}

void openPost(const Post &post, std::string &json) {
  json += "{\"id\":";
  json += post.id;
  if (post.id == "null")
    appendCount("line", post.line, json);
}

void appendTokens(const Post &post, std::string &json) {
  appendKey("tokens", json);
  json += '[';
  Separator separator(json);
  for (const Token &token : post.tokens) {
    separator.next();
    appendJsonString(token.text, json);
  }
  json += ']';
}

// Four digits are more than a model knows.
void appendProbability(double probability, std::string &json) {
  appendKey("probability", json);
  appendJsonNumber(std::round(probability * 1e4) / 1e4, json);
}

void appendTags(const std::vector<std::string_view> &tags, std::string &json) {
  appendKey("tags", json);
  json += '[';
  Separator separator(json);
  for (std::string_view tag : tags) {
    separator.next();
    appendJsonString(tag, json);
  }
  json += ']';
}

// The words of an entity as they stand in the text, or the caller's tokens with spaces between.
void appendEntityText(const Post &post, const Entity &entity, std::string &json) {
  if (post.hasText) {
    std::size_t begin = post.tokens[entity.firstToken].span.beginByte;
    std::size_t end = post.tokens[entity.lastToken].span.endByte;
    appendJsonString(std::string_view(post.text).substr(begin, end - begin), json);
    return;
  }
  std::string text;
  for (std::size_t i = entity.firstToken; i <= entity.lastToken; ++i) {
    if (i != entity.firstToken)
      text += ' ';
    text += post.tokens[i].text;
  }
  appendJsonString(text, json);
}

void appendEntity(const Post &post, const Entity &entity, const double *probability,
                  std::string &json) {
  json += "{\"type\":";
  appendJsonString(entity.type, json);
  appendKey("text", json);
  appendEntityText(post, entity, json);
  if (post.hasText) {
    appendCount("start", post.tokens[entity.firstToken].span.beginCodePoint, json);
    appendCount("end", post.tokens[entity.lastToken].span.endCodePoint, json);
  }
  appendCount("first_token", entity.firstToken, json);
  appendCount("last_token", entity.lastToken, json);
  if (probability)
    appendProbability(*probability, json);
  json += '}';
}

void appendEntities(const Post &post, const PostTags &result, std::string &json) {
  appendKey("entities", json);
  json += '[';
  Separator separator(json);
  const std::vector<double> &probabilities = result.entityProbabilities;
  const double *probability = probabilities.empty() ? nullptr : probabilities.data();
  visitEntities(result.tags, [&](const Entity &entity) {
    separator.next();
    appendEntity(post, entity, probability, json);
    probability += probability != nullptr;
  });
  json += ']';
}

// The best label sequences, if they were asked for.
void appendSequences(const PostTags &result, std::string &json) {
  if (result.sequences.empty())
    return;
  appendKey("n_best", json);
  json += '[';
  Separator separator(json);
  for (const TagSequence &sequence : result.sequences) {
    separator.next();
    json += "{\"score\":";
    appendJsonNumber(sequence.score, json);
    if (sequence.probability)
      appendProbability(*sequence.probability, json);
    appendTags(sequence.tags, json);
    json += '}';
  }
  json += ']';
}

// That of all hashtags, but for those that the network could not read.
HashtagSource hashtagSource(const PostFeatures &features) {
  bool usesNetwork = std::any_of(
      features.hashtags.begin(), features.hashtags.end(),
      [](const HashtagWords &hashtag) { return hashtag.source == HashtagSource::Network; });
  return usesNetwork ? HashtagSource::Network : HashtagSource::Case;
}

void appendHashtags(const PostFeatures &features, std::string &json) {
  HashtagSource source = hashtagSource(features);
  appendKey("hashtags", json);
  json += '[';
  Separator separator(json);
  for (const HashtagWords &hashtag : features.hashtags) {
    separator.next();
    json += "{\"hashtag\":";
    appendJsonString(hashtag.hashtag, json);
    appendKey("words", json);
    appendJsonStrings(hashtag.words, json);
    if (hashtag.source != source) {
      appendKey("source", json);
      appendJsonString(hashtagSourceName(hashtag.source), json);
    }
    json += '}';
  }
  json += ']';
  if (!features.hashtags.empty()) {
    appendKey("hashtag_source", json);
    appendJsonString(hashtagSourceName(source), json);
  }
}

void appendVisualWords(const PostFeatures &features, std::string &json) {
  appendKey("visual_words", json);
  appendJsonStrings(features.visualWords, json);
  if (const char *source = visualSourceName(features.visualSource)) {
    appendKey("visual_source", json);
    appendJsonString(source, json);
  }
}

void appendResult(const Post &post, const PostFeatures &features, const PostTags &result,
                  std::string &json) {
  openPost(post, json);
  appendTokens(post, json);
  appendTags(result.tags, json);
  appendEntities(post, result, json);
  appendSequences(result, json);
  appendHashtags(features, json);
  appendVisualWords(features, json);
  if (!post.notes.empty()) {
    appendKey("notes", json);
    appendJsonStrings(post.notes, json);
  }
}

void appendEmissions(const PostTags &result, const std::vector<std::string_view> &labels,
                     std::string &json) {
  appendKey("emissions", json);
  json += '[';
  Separator tokens(json);
  for (std::size_t begin = 0; begin + labels.size() <= result.emissions.size();
       begin += labels.size()) {
    tokens.next();
    json += '{';
    Separator separator(json);
    for (std::size_t label = 0; label < labels.size(); ++label) {
      separator.next();
      appendJsonString(labels[label], json);
      json += ':';
      appendJsonNumber(result.emissions[begin + label], json);
    }
    json += '}';
  }
  json += ']';
}

void appendConllField(std::string_view text, std::string &line) {
  if (text.empty())
    line += '_';
  for (char character : text) {
    bool isSpace = static_cast<unsigned char>(character) <= ' ';
    line += isSpace ? '_' : character;
  }
}

// The id as it was before it became JSON text.
void appendConllId(const Post &post, std::string &text) {
  if (post.id == "null")
    return;
  text += "IMGID:";
  Result<nlohmann::json> id = parseJson(post.id);
  if (id && id->is_string()) {
    for (char character : id->get_ref<const std::string &>())
      text += static_cast<unsigned char>(character) < ' ' ? '_' : character;
  } else {
    text += post.id;
  }
  text += '\n';
}

} // namespace

void appendTagsJson(const Post &post, const PostFeatures &features, const PostTags &result,
                    std::string &json) {
  appendResult(post, features, result, json);
  json += "}\n";
}

void appendExplainedJson(const Post &post, const PostFeatures &features, const PostTags &result,
                         const std::vector<std::string_view> &labels, std::string &json) {
  appendResult(post, features, result, json);
  if (result.score) {
    appendKey("score", json);
    appendJsonNumber(*result.score, json);
  }
  if (!labels.empty())
    appendEmissions(result, labels, json);
  json += "}\n";
}

void appendErrorConll(const Post &post, std::string_view complaint, std::string &text) {
  appendConllId(post, text);
  text += "# error ";
  text += complaint;
  text += "\n\n";
}

void appendTagsConll(const Post &post, const PostTags &result, std::string &text) {
  appendConllId(post, text);
  for (std::size_t i = 0; i < post.tokens.size(); ++i) {
    appendConllField(post.tokens[i].text, text);
    if (!post.goldTags.empty()) {
      text += '\t';
      appendConllField(post.goldTags[i], text);
    }
    text += '\t';
    text += result.tags[i];
    text += '\n';
  }
  text += '\n';
}

void appendFeaturesJson(const Post &post, const PostFeatures &features, const TextOptions &options,
                        std::string &json) {
  openPost(post, json);
  appendTokens(post, json);
  appendKey("word_keys", json);
  json += '[';
  Separator tokens(json);
  WordKeys keys;
  for (const Token &token : post.tokens) {
    tokens.next();
    json += '[';
    keys.compute(token.text);
    Separator separator(json);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      separator.next();
      appendJsonString(keys[i], json);
    }
    json += ']';
  }
  json += ']';
  appendKey("char_form", json);
  json += '[';
  Separator forms(json);
  for (const Token &token : post.tokens) {
    forms.next();
    appendJsonString(characterForm(token.text, options.maxCharacters), json);
  }
  json += ']';
  std::vector<std::string> hashtagWords;
  for (const HashtagWords &hashtag : features.hashtags)
    hashtagWords.insert(hashtagWords.end(), hashtag.usedWords.begin(), hashtag.usedWords.end());
  appendKey("hashtag_words", json);
  appendJsonStrings(hashtagWords, json);
  appendVisualWords(features, json);
  json += "}\n";
}

void appendErrorJson(const Post &post, std::string_view source, const std::string &message,
                     std::string &json) {
  json += "{\"id\":";
  json += post.id;
  if (!source.empty()) {
    appendKey("file", json);
    appendJsonString(source, json);
  }
  appendCount("line", post.line, json);
  appendKey("error", json);
  appendJsonString(message, json);
  json += "}\n";
}

} // namespace trimod
