#include "runtime/Evaluation.h"

#include "runtime/Entities.h"
#include "runtime/JsonText.h"

#include <algorithm>
#include <cstdio>

namespace trimod {
namespace {

constexpr std::string_view kOther = "OTHER", kMisc = "MISC";
// A file of another kind may have any number of unknown tags.
constexpr std::size_t kMaxUnknownTags = 8;

double ratio(double numerator, double denominator) {
  return denominator > 0 ? numerator / denominator : 0;
}

bool isInside(std::string_view tag) { return tag.front() == 'I'; }

// No two entities of a post start at one token.
bool contains(const std::vector<Entity> &entities, const Entity &wanted) {
  auto found = std::lower_bound(
      entities.begin(), entities.end(), wanted,
      [](const Entity &left, const Entity &right) { return left.firstToken < right.firstToken; });
  return found != entities.end() && *found == wanted;
}

void appendRow(std::string_view name, const EntityCounts &counts, std::string &text) {
  char row[128];
  std::snprintf(row, sizeof row, " %6.2f %6.2f %6.2f %7zu %7zu %7zu\n", 100 * counts.precision(),
                100 * counts.recall(), 100 * counts.f1(), counts.gold, counts.found, counts.right);
  std::string cell(name);
  cell.resize(std::max<std::size_t>(cell.size(), 8), ' ');
  text += cell + row;
}

void appendNumber(const char *what, std::size_t value, const char *remark, std::string &text) {
  char row[128];
  std::snprintf(row, sizeof row, "%-16s %7zu%s\n", what, value, remark);
  text += row;
}

void appendMember(const char *key, std::size_t value, std::string &json) {
  json += std::string(",\"") + key + "\":" + std::to_string(value);
}

void appendMembers(const EntityCounts &counts, std::string &json) {
  json += "\"precision\":";
  appendJsonNumber(counts.precision(), json);
  json += ",\"recall\":";
  appendJsonNumber(counts.recall(), json);
  json += ",\"f1\":";
  appendJsonNumber(counts.f1(), json);
  appendMember("gold", counts.gold, json);
  appendMember("found", counts.found, json);
  appendMember("right", counts.right, json);
}

} // namespace

EntityCounts &EntityCounts::operator+=(const EntityCounts &other) {
  gold += other.gold;
  found += other.found;
  right += other.right;
  return *this;
}

double EntityCounts::precision() const { return ratio(double(right), double(found)); }

double EntityCounts::recall() const { return ratio(double(right), double(gold)); }

double EntityCounts::f1() const {
  return ratio(2 * precision() * recall(), precision() + recall());
}

Evaluation::Evaluation(const std::vector<std::string_view> &modelLabels)
    : labels(modelLabels.begin(), modelLabels.end()) {
  for (const std::string &label : labels) {
    readings.emplace(label, label);
    std::string_view type = entityType(label);
    if (!type.empty() && !find(type))
      classes.push_back({std::string(type), {}});
  }
  if (!find(kMisc) || find(kOther))
    return;
  for (const char *prefix : {"B-", "I-"})
    if (std::string label = std::string(prefix) + std::string(kMisc); readings.count(label))
      readings.emplace(std::string(prefix) + std::string(kOther), label);
}

const EntityCounts *Evaluation::find(std::string_view type) const {
  for (const ClassCounts &entry : classes)
    if (entry.type == type)
      return &entry.counts;
  return nullptr;
}

EntityCounts *Evaluation::countsOf(std::string_view type) {
  return const_cast<EntityCounts *>(find(type));
}

MaybeError Evaluation::check(const Post &post, std::string_view source) {
  if (post.goldTags.size() != post.tokens.size())
    return Error{"expected a tag for every token, found none"};
  for (std::size_t i = 0; i < post.goldTags.size(); ++i) {
    const std::string &tag = post.goldTags[i];
    if (readings.count(tag))
      continue;
    // Each token has a line of its own.
    std::string place = source.empty() ? "" : std::string(source) + " ";
    noteUnknown(tag, place + "line " + std::to_string(post.line + i));
  }
  return std::nullopt;
}

// One more than are listed tells that there are others.
void Evaluation::noteUnknown(const std::string &tag, const std::string &place) {
  bool isKnown = std::any_of(unknownTags.begin(), unknownTags.end(),
                             [&](const auto &known) { return known.first == tag; });
  if (!isKnown && unknownTags.size() <= kMaxUnknownTags)
    unknownTags.emplace_back(tag, place);
}

void Evaluation::append(const Evaluation &next) {
  all += next.all;
  for (std::size_t i = 0; i < classes.size(); ++i)
    classes[i].counts += next.classes[i].counts;
  posts += next.posts;
  leftOut += next.leftOut;
  captions += next.captions;
  tokens += next.tokens;
  repaired += next.repaired;
  renamed += next.renamed;
  for (const auto &[tag, place] : next.unknownTags)
    noteUnknown(tag, place);
}

void Evaluation::countRepairs(const std::vector<std::string_view> &gold) {
  for (std::size_t i = 0; i < gold.size(); ++i) {
    bool continues = i != 0 && gold[i - 1] != "O" && entityType(gold[i - 1]) == entityType(gold[i]);
    repaired += isInside(gold[i]) && !continues;
  }
}

void Evaluation::add(const Post &post, const std::vector<std::string_view> &tags) {
  ++posts;
  tokens += post.tokens.size();
  captions += !post.caption.empty();
  std::vector<std::string_view> gold;
  for (const std::string &tag : post.goldTags) {
    auto reading = readings.find(tag);
    if (reading == readings.end())
      return; // failure() says so
    renamed += reading->second != tag;
    gold.push_back(reading->second);
  }
  countRepairs(gold);
  std::vector<Entity> goldEntities = findEntities(gold), foundEntities = findEntities(tags);
  for (const Entity &entity : goldEntities) {
    bool isRight = contains(foundEntities, entity);
    for (EntityCounts *counts : {&all, countsOf(entity.type)}) {
      ++counts->gold;
      counts->right += isRight;
    }
  }
  for (const Entity &entity : foundEntities)
    for (EntityCounts *counts : {&all, countsOf(entity.type)})
      ++counts->found;
}

MaybeError Evaluation::failure() const {
  if (posts == 0)
    return Error{"expected posts with tags, found none" +
                 (leftOut ? " that is whole; " + std::to_string(leftOut) + " left out" : "")};
  if (unknownTags.empty())
    return std::nullopt;
  std::string message = "expected tags among the model's labels ";
  for (const std::string &label : labels)
    message += (&label == &labels.front() ? "" : ", ") + label;
  message += "; found ";
  std::size_t listed = 0;
  for (const auto &[tag, place] : unknownTags) {
    if (listed == kMaxUnknownTags) {
      message += ", and others";
      break;
    }
    message += (listed++ ? ", " : "") + quote(tag) + " in " + place;
  }
  return Error{message};
}

std::string Evaluation::table() const {
  std::string text = "class         P      R     F1    gold   found   right\n";
  appendRow("all", all, text);
  for (const ClassCounts &entry : classes)
    appendRow(entry.type, entry.counts, text);
  text += '\n';
  appendNumber("posts", posts, "", text);
  appendNumber("posts left out", leftOut, leftOut ? "  (the messages say why)" : "", text);
  appendNumber("with a caption", captions, "", text);
  appendNumber("tokens", tokens, "", text);
  appendNumber("repaired tags", repaired, "  (an I- that continues nothing reads as B-)", text);
  if (renamed)
    appendNumber("renamed tags", renamed, "  (the class OTHER reads as MISC)", text);
  return text;
}

std::string Evaluation::json() const {
  std::string json = "{";
  appendMembers(all, json);
  json += ",\"classes\":{";
  for (const ClassCounts &entry : classes) {
    if (&entry != &classes.front())
      json += ',';
    appendJsonString(entry.type, json);
    json += ":{";
    appendMembers(entry.counts, json);
    json += '}';
  }
  json += '}';
  appendMember("posts", posts, json);
  appendMember("left_out", leftOut, json);
  appendMember("captions", captions, json);
  appendMember("tokens", tokens, json);
  appendMember("repaired", repaired, json);
  appendMember("renamed", renamed, json);
  json += "}\n";
  return json;
}

} // namespace trimod
