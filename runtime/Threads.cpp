#include "runtime/Threads.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fcntl.h>
#include <memory>
#include <sched.h>
#include <unistd.h>

namespace trimod {
namespace {

std::size_t readQuota() {
  int descriptor = ::open("/sys/fs/cgroup/cpu.max", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return 0;
  char text[64];
  ssize_t size = ::read(descriptor, text, sizeof text);
  ::close(descriptor);
  return size > 0 ? processorsOfQuota({text, std::size_t(size)}) : 0;
}

void *runWork(void *work) {
  std::unique_ptr<std::function<void()>> owned(static_cast<std::function<void()> *>(work));
  (*owned)();
  return nullptr;
}

} // namespace

std::size_t processorsOfQuota(std::string_view quota) {
  std::uint32_t limit = 0, period = 0;
  const char *end = quota.data() + quota.size();
  std::from_chars_result read = std::from_chars(quota.data(), end, limit);
  if (read.ec != std::errc() || read.ptr == end || *read.ptr != ' ')
    return 0;
  read = std::from_chars(read.ptr + 1, end, period);
  if (read.ec != std::errc() || period == 0)
    return 0;
  return std::max<std::size_t>(1, (std::size_t(limit) + period - 1) / period);
}

std::size_t countProcessors() {
  cpu_set_t mask;
  // A machine of more processors than the mask has bits.
  bool isKnown = ::sched_getaffinity(0, sizeof mask, &mask) == 0;
  std::size_t count = std::size_t(isKnown ? CPU_COUNT(&mask) : CPU_SETSIZE);
  std::size_t quota = readQuota();
  return quota == 0 ? count : std::min(count, quota);
}

bool ThreadGroup::start(std::function<void()> work) {
  auto owned = std::make_unique<std::function<void()>>(std::move(work));
  std::lock_guard<std::mutex> lock(mutex);
  pthread_t thread;
  if (::pthread_create(&thread, nullptr, runWork, owned.get()) != 0)
    return false;
  owned.release();
  running.push_back(thread);
  return true;
}

void ThreadGroup::join() {
  for (;;) {
    pthread_t thread;
    {
      std::lock_guard<std::mutex> lock(mutex);
      if (running.empty())
        return;
      thread = running.back();
      running.pop_back();
    }
    ::pthread_join(thread, nullptr);
  }
}

} // namespace trimod
