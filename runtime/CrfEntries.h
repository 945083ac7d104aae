// What the CRF of a model says of posts beyond their best labels: the entries "posterior" and
// "nbest", functions of the emissions that "tag" gave (T tokens, N posts, L labels):
//   emissions        f32[T,L]
//   tokens.offsets   index[N+1]   where each post's tokens start
// "posterior" gives
//   marginals        f32[T,L]     P(y_t = j)
//   pairs            f32[T,L,L]   P(y_t-1 = i, y_t = j), zeros at the first token of a post
//   log_partition    f32[N]
// and "nbest" the n best label sequences of each post, best first; n is the model's:
//   paths            i32[T,n]
//   scores           f32[N,n]     -inf if the post has fewer
#ifndef TRIMOD_RUNTIME_CRFENTRIES_H
#define TRIMOD_RUNTIME_CRFENTRIES_H

#include "runtime/EntityProbability.h"
#include "runtime/Entry.h"

namespace trimod {

// What "tag" gave for a batch.
struct EmissionBatch {
  const std::vector<float> &emissions;
  const std::vector<std::int64_t> &offsets;

  std::size_t tokenCount() const { return std::size_t(offsets.back()); }
  std::size_t postCount() const { return offsets.size() - 1; }
};

class PosteriorEntry {
public:
  static Result<PosteriorEntry> load(const Model &model, std::size_t labelCount);

  bool takesBatches() const { return entry.takesBatches(); }

  // Fails if there is no memory, or if a log partition is not finite, which any number that is not
  // shows in.
  MaybeError call(const EmissionBatch &batch);

  // Of the last call.
  LabelProbabilities probabilities(std::size_t firstToken, std::size_t tokenCount) const;

private:
  PosteriorEntry(Entry entry, std::size_t labelCount)
      : entry(std::move(entry)), labelCount(labelCount) {}

  Entry entry;
  std::size_t labelCount;
  std::vector<float> marginals, pairs, logPartitions;
};

class NBestEntry {
public:
  static Result<NBestEntry> load(const Model &model, std::size_t labelCount);

  bool takesBatches() const { return entry.takesBatches(); }
  // How many sequences it gives.
  std::size_t count() const { return pathCount; }

  // Fails if there is no memory, or if there is a label that the model does not have.
  MaybeError call(const EmissionBatch &batch);

  // Of the last call.
  std::int32_t label(std::size_t token, std::size_t rank) const {
    return paths[token * pathCount + rank];
  }
  float score(std::size_t post, std::size_t rank) const { return scores[post * pathCount + rank]; }

private:
  NBestEntry(Entry entry, std::size_t labelCount, std::size_t pathCount)
      : entry(std::move(entry)), labelCount(labelCount), pathCount(pathCount) {}

  Entry entry;
  std::size_t labelCount, pathCount;
  std::vector<std::int32_t> paths;
  std::vector<float> scores;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_CRFENTRIES_H
