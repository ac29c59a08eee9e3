// PeerLimit: how many connections each address has, so that no one takes them all.
//
// Ownership   A Slot gives its place back when it ends; the limit outlives its slots.
// Threads     Safe from any thread.
// Cost        One search among the addresses per connection; an entry per address with connections.
#ifndef TACHO_ADAPTER_NET_PEER_LIMIT_H_
#define TACHO_ADAPTER_NET_PEER_LIMIT_H_

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <utility>

#include "adapter/net/asio.h"
#include "adapter/net/mutex.h"

namespace tacho::adapter {

class PeerLimit {
 public:
  explicit PeerLimit(size_t max_per_peer) : max_per_peer_(max_per_peer) {}

  class Slot {
   public:
    Slot(PeerLimit* limit, asio::ip::address peer) : limit_(limit), peer_(std::move(peer)) {}
    ~Slot() { limit_->Release(peer_); }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

   private:
    PeerLimit* const limit_;
    const asio::ip::address peer_;
  };

  // Null if the peer has as many as it may.
  [[nodiscard]] std::unique_ptr<Slot> Take(const asio::ip::address& peer) {
    const MutexLock lock(mutex_);
    size_t& count = counts_[peer];
    if (count >= max_per_peer_) return nullptr;
    ++count;
    return std::make_unique<Slot>(this, peer);
  }

 private:
  void Release(const asio::ip::address& peer) {
    const MutexLock lock(mutex_);
    const auto it = counts_.find(peer);
    if (--it->second == 0) counts_.erase(it);
  }

  const size_t max_per_peer_;
  Mutex mutex_;
  std::map<asio::ip::address, size_t> counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_PEER_LIMIT_H_
