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
// A model may do without any of these except `labels`; it may not ask for others. A function
// without any N+1 input was compiled for one post: it is called for each, and its score has rank 0.
//
// Ids are rows of embedding tables, which compiled code reads unchecked. The interface does not say
// which parameter an input's ids select from, so the function must have a matrix with exactly as
// many rows as the vocabulary has words (if it takes words), and one for the characters likewise.
#ifndef TRIMOD_RUNTIME_TAGGER_H
#define TRIMOD_RUNTIME_TAGGER_H

#include "runtime/Model.h"
#include "runtime/PostWriter.h"
#include "runtime/Vocabulary.h"

namespace trimod {

struct TaggerInput {
  const Post *post;
  const PostFeatures *features;
};

class Tagger {
public:
  // Loads the function "tag" and checks that its inputs and outputs are those above and that the
  // vocabulary fits its tables. `model` must outlive the tagger.
  static Result<Tagger> create(const trimod_model *model, const ModelOptions &options);

  // Tags all posts in one call of the compiled function; results[i] belongs to posts[i]. Once the
  // buffers have grown, neither the batch nor the call allocates. Fails only if there is no memory,
  // or if the model gives a label that it does not have or a score that is not finite.
  MaybeError tag(const std::vector<TaggerInput> &posts, std::vector<PostTags> &results);

  const TextOptions &textOptions() const { return vocabulary.options(); }
  const std::vector<std::string_view> &labels() const { return labelNames; }
  const trimod_function &function() const { return compiled.description(); }

private:
  enum InputKind {
    Words,
    TokenOffsets,
    Characters,
    CharacterOffsets,
    Visual,
    VisualOffsets,
    Hashtags,
    HashtagItemOffsets,
    HashtagOffsets,
    InputKindCount
  };
  enum OutputKind { Labels, Score, Emissions, OutputKindCount };

  Tagger(Model model, CompiledFunction compiled, VocabularyView vocabulary);

  MaybeError bindInputs();
  MaybeError bindOutputs();
  MaybeError checkVocabulary() const;
  MaybeError checkTable(std::uint32_t rows, const char *what) const;

  void clearBatch();
  void addPost(const TaggerInput &input);
  void addWord(std::string_view word, std::vector<std::int32_t> &ids);
  void addCharacters(std::string_view token);
  MaybeError tagBatch(const TaggerInput *posts, std::size_t count, PostTags *results);
  void setInputs();
  void setOutputs(std::size_t postCount);
  MaybeError readResults(const TaggerInput *posts, std::size_t count, PostTags *results) const;
  MaybeError checkScores() const;

  Model model; // its weights are used by the compiled function
  CompiledFunction compiled;
  VocabularyView vocabulary;
  std::vector<std::string_view> labelNames;
  std::vector<InputKind> inputs;   // of the compiled function, in its order
  std::vector<OutputKind> outputs; // likewise
  bool takesBatches = false;
  bool givesScore = false, givesEmissions = false;

  // The batch. Ids and offsets stand by InputKind; each kind uses one of the two.
  std::vector<std::int32_t> ids[InputKindCount];
  std::vector<std::int64_t> offsets[InputKindCount];
  std::vector<std::int32_t> labelIds;
  std::vector<float> scores, emissions;
  WordKeys keys;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_TAGGER_H
