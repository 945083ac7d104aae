// Threads of a run, and how many of them are of use.
#ifndef TRIMOD_RUNTIME_THREADS_H
#define TRIMOD_RUNTIME_THREADS_H

#include <cstddef>
#include <functional>
#include <mutex>
#include <pthread.h>
#include <string_view>
#include <vector>

namespace trimod {

// The processors that this process may use: those of its affinity mask, and no more than the quota
// of its control group allows (containers).
std::size_t countProcessors();

// The processors that a quota in the words of Linux's cpu.max is worth, rounded up: 2 for
// "150000 100000". 0 if there is no limit.
std::size_t processorsOfQuota(std::string_view quota);

class ThreadGroup {
public:
  ThreadGroup() = default;
  ThreadGroup(const ThreadGroup &) = delete;
  ~ThreadGroup() { join(); }

  // Runs `work` on another thread; may be called by the group's own threads. False if the system
  // gives no more threads.
  bool start(std::function<void()> work);

  // Waits until all work is done, also what it has started itself.
  void join();

private:
  std::mutex mutex;
  std::vector<pthread_t> running;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_THREADS_H
