//===- Compare.cpp - two runs held against each other ----------------------===//

#include "tools/bench/Compare.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace trimod::bench;

Change Comparison::change() const {
  if (after.high < before.low && ratio() < 1 - kSmallestChange)
    return Change::Slower;
  if (after.low > before.high && ratio() > 1 + kSmallestChange)
    return Change::Faster;
  return Change::Same;
}

Expected<std::vector<Comparison>> trimod::bench::compare(const ComparableReport &before,
                                                         const ComparableReport &after) {
  for (auto [what, old, now] : {std::tuple("instruction level", before.level, after.level),
                                std::tuple("processor", before.cpu, after.cpu)})
    if (old != now)
      return createStringError(
          formatv("expected a run of {0} '{1}', as this one, got '{2}'", what, now, old).str());
  std::vector<Comparison> comparisons;
  for (const ComparableReport::Entry &entry : after.entries) {
    auto old = llvm::find_if(
        before.entries, [&](const ComparableReport::Entry &e) { return e.name == entry.name; });
    if (old != before.entries.end())
      comparisons.push_back({entry.name, old->share, entry.share});
  }
  if (comparisons.empty())
    return createStringError("nothing was measured in both runs");
  return comparisons;
}
