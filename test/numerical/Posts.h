// Random posts, random weights, and taggers run on them one by one or as batches.
#ifndef TRIMOD_TEST_NUMERICAL_POSTS_H
#define TRIMOD_TEST_NUMERICAL_POSTS_H

#include "Program.h"

#include <functional>
#include <random>

namespace trimod::test {

using Random = std::mt19937;

// Rows of the tables: enough for words to repeat and to differ.
constexpr int64_t kVocabulary = 97, kAlphabet = 40, kLabelCount = 9;

/// Parameters by key.
struct Weights {
  std::vector<NamedTensor> tensors;
  Arrays values;

  /// f32 or f16 values, widened, or i8 times the scale of their row.
  std::vector<float> getFloats(const std::string &key) const;
  /// Writes the table `key` as i8 with scales, each row with its own; row 0 becomes zeros.
  void quantizeRows(const std::string &key);
  /// Writes a safetensors file.
  void write(const std::string &path) const;
};

/// Weights of the parameters that `modelText` declares. `sizeOf` gives the sizes that the model
/// leaves open. Transitions and attention scores are large, so that labels and weights differ.
Weights randomWeights(llvm::StringRef modelText, Random &random,
                      const std::function<std::vector<int64_t>(const std::string &key)> &sizeOf);

/// What a tagger takes of a post.
struct Post {
  std::vector<int32_t> words;
  std::vector<std::vector<int32_t>> chars;
  std::vector<int32_t> visual;
  std::vector<std::vector<int32_t>> hashtags;
};

/// 0 to 8 words of 0 to 8 characters, 0 to 3 visual words, 0 to 2 hashtags of 0 to 3 words.
std::vector<Post> randomPosts(size_t count, Random &random);

struct PostResult {
  std::vector<int32_t> labels;
  std::vector<float> emissions;
  float score;

  bool operator==(const PostResult &other) const {
    return labels == other.labels && emissions == other.emissions && score == other.score;
  }
};

/// Tags every post alone with a program of one post.
std::vector<PostResult> runOneByOne(const Program &program, const Arrays &parameters,
                                    const std::vector<Post> &posts);

/// Tags the posts of these numbers as one batch. Results are in the order of `numbers`.
std::vector<PostResult> runAsBatch(const Program &program, const Arrays &parameters,
                                   const std::vector<Post> &posts,
                                   const std::vector<size_t> &numbers);

/// Tags all posts in shuffled batches of at most `size` posts. Results are in the order of `posts`.
std::vector<PostResult> runInBatches(const Program &program, const Arrays &parameters,
                                     const std::vector<Post> &posts, size_t size, Random &random);

} // namespace trimod::test

#endif // TRIMOD_TEST_NUMERICAL_POSTS_H
