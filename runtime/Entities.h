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

// Calls `visit` with each entity, in the order of the text.
// Tags are "O", "B-TYPE" or "I-TYPE", read as the CoNLL scorer reads them: an I- that continues no
// entity of its type starts one.
template <typename Visit>
void visitEntities(const std::vector<std::string_view> &tags, Visit visit) {
  Entity entity;
  bool isOpen = false;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    std::string_view tag = tags[i];
    bool isInside = !tag.empty() && tag != "O";
    if (isOpen && isInside && tag.front() == 'I' && entityType(tag) == entity.type) {
      entity.lastToken = i;
      continue;
    }
    if (isOpen)
      visit(entity);
    isOpen = isInside;
    entity = {entityType(tag), i, i};
  }
  if (isOpen)
    visit(entity);
}

std::vector<Entity> findEntities(const std::vector<std::string_view> &tags);

} // namespace trimod

#endif // TRIMOD_RUNTIME_ENTITIES_H
