// Which slot of a fixed number holds what belongs to a key, so that what was used lately is found
// again.
//
// A key is a list of numbers, all of one size. Who needs a slot and has none gets one that was not
// used since the hand of a clock last passed it, and never one that was used in the same round.
#ifndef TRIMOD_RUNTIME_SLOTCACHE_H
#define TRIMOD_RUNTIME_SLOTCACHE_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace trimod {

class SlotCache {
public:
  struct Place {
    std::size_t slot;
    bool isNew; // the slot held another key, or nothing
  };

  // Forgets all keys.
  void reset(std::size_t slotCount, std::size_t keySize);

  std::size_t slotCount() const { return slots.size(); }

  // Keys that are looked up from here on keep their slots until the next round.
  void beginRound() { ++round; }

  // The slot of this key. There must be as many slots as different keys in a round.
  Place find(const std::int32_t *key);

private:
  struct Slot {
    std::uint64_t round = 0; // in which it was last used; 0 if it holds nothing
    std::uint32_t hash = 0;
    std::int32_t next = kNone; // slot of the same bucket
    bool isRecent = false;     // used again since the hand passed
  };

  static constexpr std::int32_t kNone = -1;

  std::uint32_t hashOf(const std::int32_t *key) const;
  bool holds(std::size_t slot, std::uint32_t hash, const std::int32_t *key) const;
  std::int32_t &bucketOf(std::uint32_t hash) { return buckets[hash & (buckets.size() - 1)]; }
  std::size_t freeSlot();
  void removeFromBucket(std::size_t slot);

  std::size_t keySize = 0, hand = 0;
  std::uint64_t round = 0;
  std::vector<Slot> slots;
  std::vector<std::int32_t> keys;    // [slots, keySize]
  std::vector<std::int32_t> buckets; // first slot of each, a power of two of them
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_SLOTCACHE_H
