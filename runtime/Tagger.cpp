#include "runtime/Tagger.h"

#include <algorithm>
#include <cmath>

namespace trimod {

const ValueSpec Tagger::kOutputs[] = {
    {"labels", TRIMOD_I32, {Dimension::Any}},
    {"score", TRIMOD_F32, {Dimension::Posts}},
    {"emissions", TRIMOD_F32, {Dimension::Any, Dimension::Labels}},
};

Tagger::Tagger(Model model, Entry entry, VocabularyView vocabulary,
               std::vector<std::string_view> labelNames)
    : model(std::move(model)), entry(std::move(entry)), vocabulary(vocabulary),
      labelNames(std::move(labelNames)), entityProbability(this->labelNames), batch(vocabulary) {}

Result<Tagger> Tagger::create(const trimod_model *description, const ModelOptions &options,
                              const TaggerWishes &wishes) {
  Result<Model> model = Model::open(description, options);
  if (!model)
    return model.error();
  const trimod_bytes &image = description->vocabulary;
  if (image.size == 0)
    return Error{"expected a model with a vocabulary, found none: compile it with --vocabulary"};
  Result<VocabularyView> vocabulary =
      VocabularyView::open({static_cast<const char *>(image.data), image.size});
  if (!vocabulary)
    return vocabulary.error();
  std::vector<std::string_view> labelNames;
  for (std::uint32_t id = 0; id < vocabulary->labels().size(); ++id)
    labelNames.push_back(vocabulary->labels()[id]);
  Result<Entry> entry =
      Entry::load(*model, "tag", PostBatch::inputSpecs(), kOutputs, labelNames.size());
  if (!entry)
    return entry.error();
  Tagger tagger(std::move(*model), std::move(*entry), *vocabulary, std::move(labelNames));
  if (!tagger.gives(Labels))
    return Error{"function 'tag': expected an output 'labels', found none"};
  if (MaybeError error = vocabulary->check(tagger.entry.description()))
    return *error;
  if (MaybeError error = tagger.loadTokenRows())
    return *error;
  if (MaybeError error = tagger.loadCrf(wishes))
    return *error;
  return tagger;
}

MaybeError Tagger::loadTokenRows() {
  if (!entry.findInput(PostBatch::kTokens) && !entry.findInput(PostBatch::kTokenRows))
    return std::nullopt;
  Result<TokenRows> loaded = TokenRows::load(model, entry, vocabulary);
  if (!loaded)
    return loaded.error();
  tokenRows.emplace(std::move(*loaded));
  return std::nullopt;
}

MaybeError Tagger::loadCrf(const TaggerWishes &wishes) {
  wantedSequences = wishes.sequences;
  if (wishes.entityProbabilities && gives(Emissions) && model.has("posterior")) {
    Result<PosteriorEntry> loaded = PosteriorEntry::load(model, labelNames.size());
    if (!loaded)
      return loaded.error();
    posterior.emplace(std::move(*loaded));
  }
  if (wantedSequences == 0)
    return std::nullopt;
  if (!gives(Emissions))
    return Error{"function 'tag': expected an output 'emissions' for 'nbest', found none"};
  Result<NBestEntry> loaded = NBestEntry::load(model, labelNames.size());
  if (!loaded)
    return loaded.error();
  if (wantedSequences > loaded->count())
    return Error{"expected at most the " + std::to_string(loaded->count()) +
                 " best label sequences, which this model gives, found " +
                 std::to_string(wantedSequences)};
  nBest.emplace(std::move(*loaded));
  return std::nullopt;
}

void Tagger::setOutputs() {
  std::size_t tokenCount = batch.tokenCount(), postCount = batch.postCount();
  labelIds.resize(tokenCount);
  scores.resize(postCount);
  emissions.resize(gives(Emissions) ? tokenCount * labelNames.size() : 0);
  entry.setOutput(Labels, labelIds.data(), {tokenCount});
  entry.setOutput(Score, scores.data(), {postCount});
  entry.setOutput(Emissions, emissions.data(), {tokenCount, labelNames.size()});
}

// Weights with NaN give labels all the same, but none that mean anything.
MaybeError Tagger::checkResults() const {
  auto isFinite = [](float value) { return std::isfinite(value); };
  bool areFinite = (!gives(Score) || std::all_of(scores.begin(), scores.end(), isFinite)) &&
                   std::all_of(emissions.begin(), emissions.end(), isFinite);
  if (!areFinite)
    return Error{"the model gave a score that is not finite"};
  for (std::int32_t label : labelIds)
    if (label < 0 || std::size_t(label) >= labelNames.size())
      return Error{"function 'tag': expected labels below " + std::to_string(labelNames.size()) +
                   ", found " + std::to_string(label)};
  return std::nullopt;
}

void Tagger::readResults(std::size_t post, PostTags &result) const {
  std::size_t begin = firstToken(post), end = firstToken(post + 1);
  result.tags.clear();
  for (std::size_t token = begin; token < end; ++token)
    result.tags.push_back(labelNames[std::size_t(labelIds[token])]);
  result.score = gives(Score) ? std::optional<float>(scores[post]) : std::nullopt;
  result.emissions.clear();
  if (gives(Emissions))
    result.emissions.assign(emissions.begin() + begin * labelNames.size(),
                            emissions.begin() + end * labelNames.size());
}

void Tagger::readProbabilities(std::size_t post, PostTags &result) const {
  std::size_t begin = firstToken(post);
  LabelProbabilities probabilities = posterior->probabilities(begin, result.tags.size());
  result.entityProbabilities.clear();
  visitEntities(result.tags, [&](const Entity &entity) {
    result.entityProbabilities.push_back(entityProbability.compute(entity, probabilities));
  });
}

void Tagger::readSequences(std::size_t post, PostTags &result) {
  result.sequences.resize(wantedSequences);
  for (std::size_t rank = 0; rank < wantedSequences; ++rank) {
    TagSequence &sequence = result.sequences[rank];
    sequence.score = nBest->score(post, rank);
    if (!std::isfinite(sequence.score)) {
      result.sequences.resize(rank); // the post has no more
      return;
    }
    sequence.tags.clear();
    sequenceLabels.clear();
    for (std::size_t token = firstToken(post); token < firstToken(post + 1); ++token) {
      sequenceLabels.push_back(std::size_t(nBest->label(token, rank)));
      sequence.tags.push_back(labelNames[sequenceLabels.back()]);
    }
    if (posterior)
      sequence.probability = sequenceProbability(
          sequenceLabels, posterior->probabilities(firstToken(post), sequenceLabels.size()));
  }
}

MaybeError Tagger::callCrf(PostTags *results) {
  EmissionBatch given = {emissions, batch.tokenOffsets()};
  if (posterior)
    if (MaybeError error = posterior->call(given))
      return error;
  if (nBest)
    if (MaybeError error = nBest->call(given))
      return error;
  for (std::size_t post = 0; post < batch.postCount(); ++post) {
    if (posterior)
      readProbabilities(post, results[post]);
    if (nBest)
      readSequences(post, results[post]);
  }
  return std::nullopt;
}

MaybeError Tagger::tagBatch(const TaggerInput *posts, std::size_t count, PostTags *results) {
  batch.clear();
  for (std::size_t i = 0; i < count; ++i)
    batch.add(posts[i]);
  if (MaybeError error = tokenRows ? tokenRows->compute(batch) : std::nullopt)
    return error;
  batch.setInputs(entry);
  if (tokenRows)
    tokenRows->setInputs(entry);
  setOutputs();
  if (MaybeError error = entry.call())
    return error;
  if (MaybeError error = checkResults())
    return error;
  for (std::size_t i = 0; i < count; ++i)
    readResults(i, results[i]);
  return callCrf(results);
}

MaybeError Tagger::tag(const std::vector<TaggerInput> &posts, std::vector<PostTags> &results) {
  if (results.size() < posts.size())
    results.resize(posts.size());
  auto isForOne = [](const auto &function) { return function && !function->takesBatches(); };
  bool isOneByOne = !entry.takesBatches() || isForOne(posterior) || isForOne(nBest);
  std::size_t step = isOneByOne ? 1 : posts.size();
  for (std::size_t i = 0; i < posts.size(); i += step)
    if (MaybeError error = tagBatch(&posts[i], step, &results[i]))
      return error;
  return std::nullopt;
}

} // namespace trimod
