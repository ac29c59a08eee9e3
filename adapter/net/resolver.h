// Resolver: host names to addresses, off the threads that scrape.
//
// getaddrinfo blocks for as long as a name server keeps silent, and cannot be
// called off. So it runs on threads of its own, a few, and a caller whose deadline
// passes first simply no longer wants the answer. Addresses written as such, which
// is what discovery gives in a cluster, do not come here at all.
//
// Threads     Safe from any thread; the callback runs on one of the resolver's.
// Limits      4 lookups at a time, 1,024 waiting; more are answered with nothing.
#ifndef TACHO_ADAPTER_NET_RESOLVER_H_
#define TACHO_ADAPTER_NET_RESOLVER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tacho::adapter {

class Resolver {
 public:
  // Numeric addresses, in the order in which to try them; none if there are none.
  using Callback = std::function<void(std::vector<std::string>)>;

  Resolver();
  // Waits for no lookup: one that is still running finds nobody to tell.
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  void Resolve(const std::string& host, Callback callback);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_RESOLVER_H_
