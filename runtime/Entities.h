// Entities in a sequence of BIO2 tags.
#ifndef TRIMOD_RUNTIME_ENTITIES_H
#define TRIMOD_RUNTIME_ENTITIES_H

#include <cstddef>
#include <string_view>
#include <vector>

namespace trimod {

struct Entity {
  std::string_view type; // part of its first tag
  std::size_t firstToken, lastToken;

  bool operator==(const Entity &other) const {
    return type == other.type && firstToken == other.firstToken && lastToken == other.lastToken;
  }
};

// The class of a label or tag: "PER" of "B-PER", nothing of "O".
std::string_view entityType(std::string_view tag);

// Tags are "O", "B-TYPE" or "I-TYPE", read as the CoNLL scorer reads them: an I- that continues no
// entity of its type starts one.
// Entities are in the order of the text.
std::vector<Entity> findEntities(const std::vector<std::string_view> &tags);

} // namespace trimod

#endif // TRIMOD_RUNTIME_ENTITIES_H
