#include "runtime/SlotCache.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>

using namespace trimod;

namespace {

using Key = std::array<std::int32_t, 2>;

SlotCache::Place find(SlotCache &cache, Key key) { return cache.find(key.data()); }

TEST(SlotCache, FindsWhatItHolds) {
  SlotCache cache;
  cache.reset(3, 2);
  cache.beginRound();
  SlotCache::Place a = find(cache, {1, 2}), b = find(cache, {2, 1});
  EXPECT_TRUE(a.isNew);
  EXPECT_TRUE(b.isNew);
  EXPECT_NE(a.slot, b.slot);
  EXPECT_FALSE(find(cache, {1, 2}).isNew);
  cache.beginRound();
  EXPECT_FALSE(find(cache, {2, 1}).isNew);
  EXPECT_EQ(find(cache, {1, 2}).slot, a.slot);
  cache.reset(3, 2);
  cache.beginRound();
  EXPECT_TRUE(find(cache, {1, 2}).isNew);
}

TEST(SlotCache, KeepsWhatIsUsedAgain) {
  SlotCache cache;
  cache.reset(2, 2);
  for (std::int32_t i = 0; i < 10; ++i) {
    cache.beginRound();
    EXPECT_EQ(find(cache, {0, 0}).isNew, i == 0);
    EXPECT_TRUE(find(cache, {1, i}).isNew);
  }
}

TEST(SlotCache, KeepsSlotsOfARound) {
  SlotCache cache;
  cache.reset(4, 2);
  for (std::int32_t round = 0; round < 5; ++round) {
    cache.beginRound();
    std::map<std::size_t, Key> held;
    for (std::int32_t i = 0; i < 4; ++i) {
      Key key = {round, i};
      EXPECT_TRUE(held.emplace(find(cache, key).slot, key).second);
    }
    for (const auto &[slot, key] : held)
      EXPECT_EQ(find(cache, key).slot, slot);
  }
}

// Against a map that knows which key each slot got last.
TEST(SlotCache, NeverGivesTheSlotOfAnotherKey) {
  std::mt19937 random(1);
  for (std::size_t slots : {1u, 2u, 7u, 64u}) {
    SlotCache cache;
    cache.reset(slots, 2);
    std::map<std::size_t, Key> held;
    for (int round = 0; round < 200; ++round) {
      cache.beginRound();
      std::map<Key, std::size_t> used;
      for (std::size_t i = 0; i < slots; ++i) {
        Key key = {std::int32_t(random() % 3), std::int32_t(random() % (2 * slots))};
        SlotCache::Place place = find(cache, key);
        ASSERT_LT(place.slot, slots);
        EXPECT_EQ(place.isNew, held.count(place.slot) == 0 || held[place.slot] != key);
        held[place.slot] = key;
        auto [known, isFirst] = used.emplace(key, place.slot);
        EXPECT_EQ(known->second, place.slot);
      }
    }
  }
}

} // namespace
