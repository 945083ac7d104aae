// Entity precision, recall and F1 of tags against tagged posts.
//
// A found entity is right if a gold entity has its span and its class; over all classes entities
// are counted together (micro average). This is what the CoNLL scorer and seqeval by default count:
// an I- that continues no entity of its class starts one (Entities.h). With r right, f found and g
// gold entities, precision is r / f, recall r / g, and F1 2 p r / (p + r); each is 0 where its
// denominator is 0.
#ifndef TRIMOD_RUNTIME_EVALUATION_H
#define TRIMOD_RUNTIME_EVALUATION_H

#include "runtime/Post.h"

#include <string_view>
#include <unordered_map>

namespace trimod {

struct EntityCounts {
  std::size_t gold = 0, found = 0, right = 0;

  EntityCounts &operator+=(const EntityCounts &other);

  double precision() const;
  double recall() const;
  double f1() const;
};

class Evaluation {
public:
  // Gold tags must be among the model's labels. Twitter-2015 calls the class OTHER that CoNLL calls
  // MISC: it reads as MISC in a model that has only that.
  explicit Evaluation(const std::vector<std::string_view> &labels);

  // Why the post cannot be compared, if it has no tags. Tags that the model does not have are
  // noted for failure(). `source` names the file in messages; empty if there is only one.
  MaybeError check(const Post &post, std::string_view source);

  // Counts a post that passed the check. As many tags as tokens.
  void add(const Post &post, const std::vector<std::string_view> &tags);

  // One more post that could not be compared.
  void leaveOut() { ++leftOut; }

  // Adds what another evaluation of the same labels counted of the posts that come next.
  void append(const Evaluation &next);

  // Why the figures would mean nothing: there were no posts, or the model lacks some gold tags.
  MaybeError failure() const;

  const EntityCounts &total() const { return all; }
  // One class of the model; null if it does not have it.
  const EntityCounts *find(std::string_view type) const;
  std::size_t repairedTags() const { return repaired; }

  // Several lines, to be read.
  std::string table() const;
  // One line: {"precision", "recall", "f1", "gold", "found", "right", "classes": {"PER": {...}},
  // "posts", "left_out", "captions", "tokens", "repaired", "renamed"}.
  std::string json() const;

private:
  struct ClassCounts {
    std::string type;
    EntityCounts counts;
  };

  EntityCounts *countsOf(std::string_view type);
  void noteUnknown(const std::string &tag, const std::string &place);
  void countRepairs(const std::vector<std::string_view> &gold);

  std::vector<std::string> labels;
  std::unordered_map<std::string, std::string> readings; // of each tag that gold may have
  std::vector<ClassCounts> classes;                      // in the order of the labels
  EntityCounts all;
  std::size_t posts = 0, leftOut = 0, captions = 0, tokens = 0, repaired = 0, renamed = 0;
  std::vector<std::pair<std::string, std::string>> unknownTags; // with the place of the first
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_EVALUATION_H
