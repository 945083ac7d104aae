// Results as JSON Lines or CoNLL. Each function appends whole lines.
//
// JSON Lines, one object a post:
//   id              as it came in; null, and then also `line`, if the post has none
//   tokens, tags    as many tags as tokens, BIO2
//   entities        type and text; first_token and last_token; if the post came as text also start
//                   and end, in code points of the text (what Python's slices count); probability,
//                   if the model gives it, that these tokens and no more are such an entity
//   n_best          with --n-best: [{"score", "probability", "tags"}], best first, probability as
//                   above
//   hashtags        [{"hashtag", "words"}]; hashtag_source says how they were split: "network" or
//                   "case" (and digits). One that the network could not read has its own source
//   visual_words    the content words read in place of the image; visual_source says from where
//                   ("caption", "objects")
//   notes           what of the input was not used; only if there is something to say
//   score           with --explain: the score of the tags,
//   emissions       and each token's score for each label before the CRF
// or, if the post could not be tagged, id, line, and error.
//
// CoNLL, as the usual scorers read it: one line a token (token, gold tag if the input had one,
// tag), divided by tabs, an IMGID line before a post that has an id, a blank line after each post.
// White space inside a token becomes "_". A post with an error keeps its place: a comment
// "# error line N: ..." and a blank line.
#ifndef TRIMOD_RUNTIME_POSTWRITER_H
#define TRIMOD_RUNTIME_POSTWRITER_H

#include "runtime/TextFeatures.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trimod {

// One of the best label sequences of a post.
struct TagSequence {
  std::vector<std::string_view> tags;
  float score;
  std::optional<double> probability; // if the model gives it
};

struct PostTags {
  std::vector<std::string_view> tags;
  std::optional<float> score;                // if the model gives it
  std::vector<float> emissions;              // tokens x labels; empty if the model gives none
  std::vector<double> entityProbabilities{}; // of the entities of `tags`; empty if not asked for
  std::vector<TagSequence> sequences{};      // best first; empty if not asked for
};

void appendTagsJson(const Post &post, const PostFeatures &features, const PostTags &result,
                    std::string &json);

// The same with the scores of --explain.
void appendExplainedJson(const Post &post, const PostFeatures &features, const PostTags &result,
                         const std::vector<std::string_view> &labels, std::string &json);

// `complaint` is the message with its place in the input.
void appendErrorConll(const Post &post, std::string_view complaint, std::string &text);

void appendTagsConll(const Post &post, const PostTags &result, std::string &text);

// What the text rules made of the post: id, tokens, word_keys (a list for each token), char_form,
// hashtag_words, visual_words.
void appendFeaturesJson(const Post &post, const PostFeatures &features, const TextOptions &options,
                        std::string &json);

// `source` names the file if there are several; else it is empty.
void appendErrorJson(const Post &post, std::string_view source, const std::string &message,
                     std::string &json);

} // namespace trimod

#endif // TRIMOD_RUNTIME_POSTWRITER_H
