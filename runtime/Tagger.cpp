#include "runtime/Tagger.h"

#include "runtime/Unicode.h"

#include <algorithm>
#include <cmath>

namespace trimod {
namespace {

struct ValueSpec {
  const char *name;
  trimod_dtype dtype;
  std::int32_t rank;
};

// In the order of Tagger::InputKind.
constexpr ValueSpec kInputs[] = {
    {"words", TRIMOD_I32, 1},
    {"tokens.offsets", TRIMOD_INDEX, 1},
    {"chars", TRIMOD_I32, 1},
    {"chars.item_offsets", TRIMOD_INDEX, 1},
    {"visual", TRIMOD_I32, 1},
    {"visual.offsets", TRIMOD_INDEX, 1},
    {"hashtags", TRIMOD_I32, 1},
    {"hashtags.item_offsets", TRIMOD_INDEX, 1},
    {"hashtags.offsets", TRIMOD_INDEX, 1},
};

// In the order of Tagger::OutputKind. The score's rank depends on whether the function takes
// batches.
constexpr ValueSpec kOutputs[] = {
    {"labels", TRIMOD_I32, 1},
    {"score", TRIMOD_F32, 1},
    {"emissions", TRIMOD_F32, 2},
};

// The position of a value of the model in a table. Errors list what there is.
template <std::size_t N>
Result<std::size_t> findSpec(const ValueSpec (&specs)[N], const trimod_value &value,
                             const char *role) {
  std::string known;
  for (std::size_t i = 0; i < N; ++i) {
    if (std::string_view(value.name) == specs[i].name)
      return i;
    known += (i ? ", " : "") + std::string(specs[i].name);
  }
  return Error{std::string("function 'tag': expected ") + role + "s among " + known + "; found " +
               quote(value.name)};
}

MaybeError checkValue(const ValueSpec &spec, std::int32_t rank, const trimod_value &value) {
  constexpr std::int64_t kAnySizes[TRIMOD_MAX_RANK] = {-1, -1, -1, -1};
  if (value.dtype == spec.dtype && value.rank == rank)
    return std::nullopt;
  return Error{"function 'tag': " + quote(spec.name) + ": expected " +
               describeValue(spec.dtype, rank, kAnySizes) + ", found " +
               describeValue(value.dtype, std::clamp(value.rank, 0, TRIMOD_MAX_RANK), value.shape)};
}

} // namespace

Tagger::Tagger(Model model, CompiledFunction compiled, VocabularyView vocabulary)
    : model(std::move(model)), compiled(std::move(compiled)), vocabulary(vocabulary) {
  for (std::uint32_t id = 0; id < vocabulary.labels().size(); ++id)
    labelNames.push_back(vocabulary.labels()[id]);
}

Result<Tagger> Tagger::create(const trimod_model *description, const ModelOptions &options) {
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
  Result<CompiledFunction> compiled = model->load("tag");
  if (!compiled)
    return compiled.error();
  Tagger tagger(std::move(*model), std::move(*compiled), *vocabulary);
  if (MaybeError error = tagger.bindInputs())
    return *error;
  if (MaybeError error = tagger.bindOutputs())
    return *error;
  if (MaybeError error = tagger.checkVocabulary())
    return *error;
  return tagger;
}

MaybeError Tagger::bindInputs() {
  for (std::uint32_t i = 0; i < function().input_count; ++i) {
    const trimod_value &value = function().inputs[i];
    Result<std::size_t> found = findSpec(kInputs, value, "input");
    if (!found)
      return found.error();
    if (MaybeError error = checkValue(kInputs[*found], kInputs[*found].rank, value))
      return error;
    inputs.push_back(static_cast<InputKind>(*found));
    takesBatches |= *found == TokenOffsets || *found == VisualOffsets || *found == HashtagOffsets;
  }
  return std::nullopt;
}

MaybeError Tagger::bindOutputs() {
  bool givesLabels = false;
  for (std::uint32_t i = 0; i < function().output_count; ++i) {
    const trimod_value &value = function().outputs[i];
    Result<std::size_t> found = findSpec(kOutputs, value, "output");
    if (!found)
      return found.error();
    OutputKind kind = static_cast<OutputKind>(*found);
    std::int32_t rank = kind == Score && !takesBatches ? 0 : kOutputs[kind].rank;
    if (MaybeError error = checkValue(kOutputs[kind], rank, value))
      return error;
    if (kind == Emissions && value.shape[1] != std::int64_t(labelNames.size()))
      return Error{"function 'tag': 'emissions': expected a column for each of the vocabulary's " +
                   std::to_string(labelNames.size()) + " labels, found " +
                   std::to_string(value.shape[1])};
    outputs.push_back(kind);
    givesLabels |= kind == Labels;
    givesScore |= kind == Score;
    givesEmissions |= kind == Emissions;
  }
  if (!givesLabels)
    return Error{"function 'tag': expected an output 'labels', found none"};
  return std::nullopt;
}

MaybeError Tagger::checkVocabulary() const {
  auto takes = [this](InputKind kind) {
    return std::find(inputs.begin(), inputs.end(), kind) != inputs.end();
  };
  if (takes(Words) || takes(Visual) || takes(Hashtags))
    if (MaybeError error = checkTable(vocabulary.words().size(), "words"))
      return error;
  return takes(Characters) ? checkTable(vocabulary.characters().size(), "characters")
                           : std::nullopt;
}

MaybeError Tagger::checkTable(std::uint32_t rows, const char *what) const {
  std::string found;
  for (std::uint32_t i = 0; i < function().parameter_count; ++i) {
    const trimod_parameter &parameter = model.description().parameters[function().parameters[i]];
    if (parameter.rank != 2)
      continue;
    if (parameter.shape[0] == std::int64_t(rows))
      return std::nullopt;
    found += (found.empty() ? "" : ", ") + std::to_string(parameter.shape[0]) + " in " +
             quote(parameter.key);
  }
  return Error{"function 'tag': expected a table with a row for each of the vocabulary's " +
               std::to_string(rows) + " " + what + ", found " +
               (found.empty() ? "no table" : "rows: " + found) +
               ": the vocabulary is of another model"};
}

void Tagger::clearBatch() {
  for (int kind = 0; kind < InputKindCount; ++kind) {
    ids[kind].clear();
    offsets[kind].assign(1, 0);
  }
}

void Tagger::addWord(std::string_view word, std::vector<std::int32_t> &wordIds) {
  keys.compute(word);
  wordIds.push_back(vocabulary.wordId(keys));
}

void Tagger::addCharacters(std::string_view token) {
  std::string_view form = characterForm(token, textOptions().maxCharacters);
  while (!form.empty()) {
    std::size_t bytes = firstCodePoint(form).bytes;
    ids[Characters].push_back(vocabulary.characterId(form.substr(0, bytes)));
    form.remove_prefix(bytes);
  }
  offsets[CharacterOffsets].push_back(std::int64_t(ids[Characters].size()));
}

void Tagger::addPost(const TaggerInput &input) {
  for (const Token &token : input.post->tokens) {
    addWord(token.text, ids[Words]);
    addCharacters(token.text);
  }
  offsets[TokenOffsets].push_back(std::int64_t(ids[Words].size()));
  for (const std::string &word : input.features->visualWords)
    addWord(word, ids[Visual]);
  offsets[VisualOffsets].push_back(std::int64_t(ids[Visual].size()));
  for (const HashtagWords &hashtag : input.features->hashtags) {
    if (hashtag.usedWords.empty())
      continue;
    for (const std::string &word : hashtag.usedWords)
      addWord(word, ids[Hashtags]);
    offsets[HashtagItemOffsets].push_back(std::int64_t(ids[Hashtags].size()));
  }
  offsets[HashtagOffsets].push_back(std::int64_t(offsets[HashtagItemOffsets].size()) - 1);
}

void Tagger::setInputs() {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    InputKind kind = inputs[i];
    trimod_tensor &tensor = compiled.input(i);
    bool isOffsets = kInputs[kind].dtype == TRIMOD_INDEX;
    tensor.data = isOffsets ? static_cast<void *>(offsets[kind].data()) : ids[kind].data();
    tensor.shape[0] = std::int64_t(isOffsets ? offsets[kind].size() : ids[kind].size());
  }
}

void Tagger::setOutputs(std::size_t postCount) {
  std::size_t tokenCount = ids[Words].size();
  labelIds.resize(tokenCount);
  scores.resize(postCount);
  emissions.resize(givesEmissions ? tokenCount * labelNames.size() : 0);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    trimod_tensor &tensor = compiled.output(i);
    switch (outputs[i]) {
    case Labels:
      tensor.data = labelIds.data();
      tensor.shape[0] = std::int64_t(tokenCount);
      break;
    case Score:
      tensor.data = scores.data();
      tensor.shape[0] = std::int64_t(postCount);
      break;
    case Emissions:
      tensor.data = emissions.data();
      tensor.shape[0] = std::int64_t(tokenCount);
      tensor.shape[1] = std::int64_t(labelNames.size());
      break;
    case OutputKindCount:
      break;
    }
  }
}

// Weights with NaN give labels all the same, but none that mean anything.
MaybeError Tagger::checkScores() const {
  auto isFinite = [](float value) { return std::isfinite(value); };
  bool areFinite = (!givesScore || std::all_of(scores.begin(), scores.end(), isFinite)) &&
                   std::all_of(emissions.begin(), emissions.end(), isFinite);
  if (areFinite)
    return std::nullopt;
  return Error{"the model gave a score that is not finite"};
}

MaybeError Tagger::readResults(const TaggerInput *posts, std::size_t count,
                               PostTags *results) const {
  if (MaybeError error = checkScores())
    return error;
  std::size_t token = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t tokenCount = posts[i].post->tokens.size();
    PostTags &result = results[i];
    result.tags.clear();
    for (std::size_t j = 0; j < tokenCount; ++j) {
      std::int32_t label = labelIds[token + j];
      if (label < 0 || std::size_t(label) >= labelNames.size())
        return Error{"function 'tag': expected labels below " + std::to_string(labelNames.size()) +
                     ", found " + std::to_string(label)};
      result.tags.push_back(labelNames[std::size_t(label)]);
    }
    result.score = givesScore ? std::optional<float>(scores[i]) : std::nullopt;
    result.emissions.clear();
    if (givesEmissions)
      result.emissions.assign(emissions.begin() + token * labelNames.size(),
                              emissions.begin() + (token + tokenCount) * labelNames.size());
    token += tokenCount;
  }
  return std::nullopt;
}

MaybeError Tagger::tagBatch(const TaggerInput *posts, std::size_t count, PostTags *results) {
  clearBatch();
  for (std::size_t i = 0; i < count; ++i)
    addPost(posts[i]);
  setInputs();
  setOutputs(count);
  if (MaybeError error = compiled.call())
    return error;
  return readResults(posts, count, results);
}

MaybeError Tagger::tag(const std::vector<TaggerInput> &posts, std::vector<PostTags> &results) {
  if (results.size() < posts.size())
    results.resize(posts.size());
  std::size_t step = takesBatches ? posts.size() : 1;
  for (std::size_t i = 0; i < posts.size(); i += step)
    if (MaybeError error = tagBatch(&posts[i], step, &results[i]))
      return error;
  return std::nullopt;
}

} // namespace trimod
