#include "runtime/CrfEntries.h"

#include <algorithm>
#include <cmath>

namespace trimod {
namespace {

enum Input { Emissions, TokenOffsets };
constexpr ValueSpec kInputs[] = {
    {"emissions", TRIMOD_F32, {Dimension::Any, Dimension::Labels}},
    {"tokens.offsets", TRIMOD_INDEX, {Dimension::PostOffsets}},
};

enum PosteriorOutput { Marginals, Pairs, LogPartition };
constexpr ValueSpec kPosteriorOutputs[] = {
    {"marginals", TRIMOD_F32, {Dimension::Any, Dimension::Labels}},
    {"pairs", TRIMOD_F32, {Dimension::Any, Dimension::Labels, Dimension::Labels}},
    {"log_partition", TRIMOD_F32, {Dimension::Posts}},
};

enum NBestOutput { Paths, Scores };
constexpr ValueSpec kNBestOutputs[] = {
    {"paths", TRIMOD_I32, {Dimension::Any, Dimension::Any}},
    {"scores", TRIMOD_F32, {Dimension::Posts, Dimension::Any}},
};

void setInputs(Entry &entry, const EmissionBatch &batch, std::size_t labelCount) {
  entry.setInput(Emissions, batch.emissions.data(), {batch.tokenCount(), labelCount});
  entry.setInput(TokenOffsets, batch.offsets.data(), {batch.offsets.size()});
}

} // namespace

Result<PosteriorEntry> PosteriorEntry::load(const Model &model, std::size_t labelCount) {
  Result<Entry> entry = Entry::load(model, "posterior", kInputs, kPosteriorOutputs, labelCount);
  if (!entry)
    return entry.error();
  if (MaybeError error = entry->checkOutputs())
    return *error;
  return PosteriorEntry(std::move(*entry), labelCount);
}

MaybeError PosteriorEntry::call(const EmissionBatch &batch) {
  marginals.resize(batch.tokenCount() * labelCount);
  pairs.resize(marginals.size() * labelCount);
  logPartitions.resize(batch.postCount());
  setInputs(entry, batch, labelCount);
  entry.setOutput(Marginals, marginals.data(), {batch.tokenCount(), labelCount});
  entry.setOutput(Pairs, pairs.data(), {batch.tokenCount(), labelCount, labelCount});
  entry.setOutput(LogPartition, logPartitions.data(), {batch.postCount()});
  if (MaybeError error = entry.call())
    return error;
  auto isFinite = [](float value) { return std::isfinite(value); };
  if (!std::all_of(logPartitions.begin(), logPartitions.end(), isFinite))
    return Error{"function 'posterior': the model gave a log partition that is not finite"};
  return std::nullopt;
}

LabelProbabilities PosteriorEntry::probabilities(std::size_t firstToken,
                                                 std::size_t tokenCount) const {
  return {marginals.data() + firstToken * labelCount,
          pairs.data() + firstToken * labelCount * labelCount, tokenCount, labelCount};
}

Result<NBestEntry> NBestEntry::load(const Model &model, std::size_t labelCount) {
  Result<Entry> entry = Entry::load(model, "nbest", kInputs, kNBestOutputs, labelCount);
  if (!entry)
    return entry.error();
  if (MaybeError error = entry->checkOutputs())
    return *error;
  const trimod_value &paths = *entry->findOutput(Paths), &scores = *entry->findOutput(Scores);
  std::int64_t count = paths.shape[1], scoreCount = scores.shape[scores.rank - 1];
  if (count < 1 || scoreCount != count)
    return Error{"function 'nbest': expected a fixed number of sequences, found " +
                 describeValue(paths.dtype, paths.rank, paths.shape) + " paths and " +
                 describeValue(scores.dtype, scores.rank, scores.shape) + " scores"};
  return NBestEntry(std::move(*entry), labelCount, std::size_t(count));
}

MaybeError NBestEntry::call(const EmissionBatch &batch) {
  paths.resize(batch.tokenCount() * pathCount);
  scores.resize(batch.postCount() * pathCount);
  setInputs(entry, batch, labelCount);
  entry.setOutput(Paths, paths.data(), {batch.tokenCount(), pathCount});
  entry.setOutput(Scores, scores.data(), {batch.postCount(), pathCount});
  if (MaybeError error = entry.call())
    return error;
  for (std::int32_t label : paths)
    if (label < 0 || std::size_t(label) >= labelCount)
      return Error{"function 'nbest': expected labels below " + std::to_string(labelCount) +
                   ", found " + std::to_string(label)};
  return std::nullopt;
}

} // namespace trimod
