#include "runtime/Entities.h"

namespace trimod {

std::string_view entityType(std::string_view tag) { return tag.size() > 2 ? tag.substr(2) : ""; }

std::vector<Entity> findEntities(const std::vector<std::string_view> &tags) {
  std::vector<Entity> entities;
  bool isOpen = false;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    std::string_view tag = tags[i];
    if (tag.empty() || tag == "O") {
      isOpen = false;
      continue;
    }
    bool continues = isOpen && tag.front() == 'I' && entityType(tag) == entities.back().type;
    if (continues)
      entities.back().lastToken = i;
    else
      entities.push_back({entityType(tag), i, i});
    isOpen = true;
  }
  return entities;
}

} // namespace trimod
