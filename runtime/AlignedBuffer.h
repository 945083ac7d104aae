// Memory aligned for compiled code, that grows and is reused.
#ifndef TRIMOD_RUNTIME_ALIGNEDBUFFER_H
#define TRIMOD_RUNTIME_ALIGNEDBUFFER_H

#include "trimod/runtime.h"

#include <cstddef>
#include <cstdlib>
#include <utility>

namespace trimod {

class AlignedBuffer {
public:
  AlignedBuffer() = default;
  AlignedBuffer(AlignedBuffer &&other) noexcept
      : memory(std::exchange(other.memory, nullptr)), capacity(std::exchange(other.capacity, 0)) {}
  AlignedBuffer &operator=(AlignedBuffer &&other) noexcept {
    std::swap(memory, other.memory);
    std::swap(capacity, other.capacity);
    return *this;
  }
  ~AlignedBuffer() { std::free(memory); }

  // At least this many bytes, and never null; what the buffer held is lost if it grows. False if
  // there is no memory: then the buffer is empty.
  [[nodiscard]] bool reserve(std::size_t bytes) {
    if (memory && bytes <= capacity)
      return true;
    // Some room to grow, so that slowly rising needs do not allocate each time.
    std::size_t wanted = bytes + bytes / 4;
    wanted += TRIMOD_ALIGNMENT - wanted % TRIMOD_ALIGNMENT;
    // First give back, so that both need not fit.
    std::free(memory);
    memory = wanted > bytes ? std::aligned_alloc(TRIMOD_ALIGNMENT, wanted) : nullptr;
    capacity = memory ? wanted : 0;
    return memory;
  }

  void *data() const { return memory; }

private:
  void *memory = nullptr;
  std::size_t capacity = 0;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_ALIGNEDBUFFER_H
