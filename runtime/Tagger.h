// Posts in, tags out: ids from the vocabulary, one call of the compiled function, labels back.
//
// The function is "tag". It is called with a batch of posts, laid out without padding (names and
// types; T tokens, N posts):
//   words                   i32[T]      ids of the tokens
//   tokens.offsets          index[N+1]  where each post's tokens start
//   chars                   i32[?]      ids of the characters of all tokens
//   chars.item_offsets      index[T+1]  where each token's characters start
//   visual                  i32[?]      ids of the visual words of all posts
//   visual.offsets          index[N+1]  where each post's visual words start
//   hashtags                i32[?]      ids of the words of all hashtags
//   hashtags.item_offsets   index[?]    where each hashtag's words start
//   hashtags.offsets        index[N+1]  where each post's hashtags start, counted in hashtags
// and gives
//   labels                  i32[T]
//   score                   f32[N]      of each post's labels
//   emissions               f32[T,L]    scores of the L labels before the CRF
// A model may do without any of these except `labels`; it may ask for others only if what a token
// alone decides has a function of its own (TokenRows.h). A function
// without any N+1 input was compiled for one post: it is called for each, and its score has rank 0.
//
// Probabilities and further label sequences come from other functions of the model, which are
// called on the emissions only if a caller wants them (CrfEntries.h).
#ifndef TRIMOD_RUNTIME_TAGGER_H
#define TRIMOD_RUNTIME_TAGGER_H

#include "runtime/CrfEntries.h"
#include "runtime/PostBatch.h"
#include "runtime/PostWriter.h"
#include "runtime/TokenRows.h"

namespace trimod {

// What a caller wants besides the tags.
struct TaggerWishes {
  bool entityProbabilities = false; // where the model can tell them
  std::size_t sequences = 0;        // the N best label sequences; an error if it cannot
};

// One thread at a time: a copy serves another one, with the same weights and buffers of its own.
class Tagger {
public:
  // Loads the functions and checks that their inputs and outputs are those above and that the
  // vocabulary fits their tables. `model` must outlive the tagger.
  static Result<Tagger> create(const trimod_model *model, const ModelOptions &options,
                               const TaggerWishes &wishes = {});

  // Tags all posts in one call of the compiled function; results[i] belongs to posts[i]. Once the
  // buffers have grown, neither the batch nor the call allocates (but for what TaggerWishes adds).
  // Fails only if there is no memory, or if the model gives a label that it does not have or a
  // score that is not finite.
  MaybeError tag(const std::vector<TaggerInput> &posts, std::vector<PostTags> &results);

  const TextOptions &textOptions() const { return vocabulary.options(); }
  const std::vector<std::string_view> &labels() const { return labelNames; }

private:
  enum Output { Labels, Score, Emissions };
  static const ValueSpec kOutputs[3];

  Tagger(Model model, Entry entry, VocabularyView vocabulary,
         std::vector<std::string_view> labelNames);

  MaybeError loadTokenRows();
  MaybeError loadCrf(const TaggerWishes &wishes);
  bool gives(Output output) const { return entry.findOutput(output); }

  MaybeError tagBatch(const TaggerInput *posts, std::size_t count, PostTags *results);
  void setOutputs();
  MaybeError checkResults() const;
  void readResults(std::size_t post, PostTags &result) const;
  MaybeError callCrf(PostTags *results);
  void readProbabilities(std::size_t post, PostTags &result) const;
  void readSequences(std::size_t post, PostTags &result);
  std::size_t firstToken(std::size_t post) const { return std::size_t(batch.tokenOffsets()[post]); }

  Model model; // its weights are used by the compiled functions
  Entry entry;
  VocabularyView vocabulary;
  std::vector<std::string_view> labelNames;
  EntityProbability entityProbability;
  std::optional<PosteriorEntry> posterior;
  std::optional<NBestEntry> nBest;
  std::size_t wantedSequences = 0;

  PostBatch batch;
  std::optional<TokenRows> tokenRows;
  std::vector<std::int32_t> labelIds;
  std::vector<float> scores, emissions;
  std::vector<std::size_t> sequenceLabels; // of one of the best
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_TAGGER_H
