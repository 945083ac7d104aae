#include "runtime/SlotCache.h"

#include <algorithm>

namespace trimod {

void SlotCache::reset(std::size_t slotCount, std::size_t size) {
  keySize = size;
  hand = 0;
  round = 0;
  slots.assign(slotCount, {});
  keys.assign(slotCount * size, 0);
  std::size_t bucketCount = 1;
  while (bucketCount < slotCount)
    bucketCount *= 2;
  buckets.assign(bucketCount, kNone);
}

// FNV-1a over whole numbers; the high bits are mixed into those that choose the bucket.
std::uint32_t SlotCache::hashOf(const std::int32_t *key) const {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (std::size_t i = 0; i < keySize; ++i)
    hash = (hash ^ std::uint32_t(key[i])) * 0x100000001b3u;
  return std::uint32_t(hash ^ (hash >> 32));
}

bool SlotCache::holds(std::size_t slot, std::uint32_t hash, const std::int32_t *key) const {
  return slots[slot].hash == hash && std::equal(key, key + keySize, keys.data() + slot * keySize);
}

void SlotCache::removeFromBucket(std::size_t slot) {
  std::int32_t *link = &bucketOf(slots[slot].hash);
  while (std::size_t(*link) != slot)
    link = &slots[std::size_t(*link)].next;
  *link = slots[slot].next;
}

std::size_t SlotCache::freeSlot() {
  for (;; hand = (hand + 1) % slots.size()) {
    Slot &slot = slots[hand];
    if (slot.round == 0)
      return hand;
    if (slot.round == round)
      continue;
    if (!slot.isRecent)
      break;
    slot.isRecent = false;
  }
  removeFromBucket(hand);
  return hand;
}

SlotCache::Place SlotCache::find(const std::int32_t *key) {
  std::uint32_t hash = hashOf(key);
  for (std::int32_t found = bucketOf(hash); found != kNone;) {
    Slot &slot = slots[std::size_t(found)];
    if (holds(std::size_t(found), hash, key)) {
      slot.isRecent = slot.isRecent || slot.round != round;
      slot.round = round;
      return {std::size_t(found), false};
    }
    found = slot.next;
  }
  std::size_t slot = freeSlot();
  std::copy(key, key + keySize, keys.data() + slot * keySize);
  std::int32_t &bucket = bucketOf(hash);
  slots[slot] = {round, hash, bucket, false};
  bucket = std::int32_t(slot);
  hand = (hand + 1) % slots.size();
  return {slot, true};
}

} // namespace trimod
