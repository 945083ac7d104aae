#include "runtime/Entities.h"

namespace trimod {

std::string_view entityType(std::string_view tag) { return tag.size() > 2 ? tag.substr(2) : ""; }

std::vector<Entity> findEntities(const std::vector<std::string_view> &tags) {
  std::vector<Entity> entities;
  visitEntities(tags, [&](const Entity &entity) { entities.push_back(entity); });
  return entities;
}

} // namespace trimod
