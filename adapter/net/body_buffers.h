// BodyBuffers: the memory that scraped bodies are read into, reused and bounded
// over all scrapes together. One target may send 16 MiB; five thousand doing so at
// once must not take 80 GB.
//
// Threads     Safe from any thread.
// Cost        One lock per scrape, one atomic addition per piece of body.
// Limits      Options: bytes in use by all scrapes; a piece that would cross the
//             bound is refused and its scrape fails. What is kept idle is less.
#ifndef TACHO_ADAPTER_NET_BODY_BUFFERS_H_
#define TACHO_ADAPTER_NET_BODY_BUFFERS_H_

#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

#include "adapter/net/mutex.h"

namespace tacho::adapter {

class BodyBuffers {
 public:
  struct Options {
    size_t max_bytes_in_use = size_t{256} << 20;
    size_t max_idle_buffers = 16;
    size_t max_idle_capacity = size_t{4} << 20;  // of one buffer; a larger one is freed
  };
  explicit BodyBuffers(const Options& options) : options_(options) {}

  // An empty buffer, with the capacity that an earlier body left it.
  [[nodiscard]] std::string Take();
  void Give(std::string buffer);

  // Accounts for bytes about to be used. False: over the bound, nothing accounted.
  [[nodiscard]] bool Charge(size_t bytes);
  void Release(size_t bytes) { in_use_.fetch_sub(bytes, std::memory_order_relaxed); }
  [[nodiscard]] size_t in_use() const { return in_use_.load(std::memory_order_relaxed); }

 private:
  const Options options_;
  std::atomic<size_t> in_use_{0};
  Mutex mutex_;
  std::vector<std::string> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_BODY_BUFFERS_H_
