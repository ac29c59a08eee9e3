#include "adapter/net/resolver.h"

#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <condition_variable>
#include <deque>
#include <thread>
#include <utility>

#include "adapter/net/mutex.h"

namespace tacho::adapter {
namespace {

constexpr int kMaxThreads = 4;
constexpr size_t kMaxWaiting = 1024;

std::vector<std::string> Lookup(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  std::vector<std::string> addresses;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return addresses;
  for (const addrinfo* a = list; a != nullptr; a = a->ai_next) {
    std::array<char, NI_MAXHOST> text;
    if (getnameinfo(a->ai_addr, a->ai_addrlen, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text.data());
    }
  }
  freeaddrinfo(list);
  return addresses;
}

struct Job {
  std::string host;
  Resolver::Callback callback;
};

}  // namespace

// Outlives the Resolver while a lookup runs. Callbacks never do: they may hold on to
// what their owner is about to destroy.
struct Resolver::State {
  Mutex mutex;
  std::condition_variable_any changed;
  bool stopped ABSL_GUARDED_BY(mutex) = false;
  int threads ABSL_GUARDED_BY(mutex) = 0;
  int idle ABSL_GUARDED_BY(mutex) = 0;
  std::deque<std::shared_ptr<Job>> waiting ABSL_GUARDED_BY(mutex);
  std::array<std::shared_ptr<Job>, kMaxThreads> running ABSL_GUARDED_BY(mutex);

  void Run(size_t slot);
  bool Next(size_t slot, std::string* host);
  void Answer(size_t slot, std::vector<std::string> addresses);
};

bool Resolver::State::Next(size_t slot, std::string* host) {
  const MutexLock lock(mutex);
  ++idle;
  while (waiting.empty() && !stopped) changed.wait(mutex);
  --idle;
  if (stopped) return false;
  running[slot] = std::move(waiting.front());
  waiting.pop_front();
  *host = running[slot]->host;
  return true;
}

// Under the lock, so that ~Resolver knows that no callback runs after it.
void Resolver::State::Answer(size_t slot, std::vector<std::string> addresses) {
  const MutexLock lock(mutex);
  const std::shared_ptr<Job> job = std::exchange(running[slot], nullptr);
  if (job != nullptr) job->callback(std::move(addresses));
}

void Resolver::State::Run(size_t slot) {
  std::string host;
  while (Next(slot, &host)) Answer(slot, Lookup(host));
}

Resolver::Resolver() : state_(std::make_shared<State>()) {}

Resolver::~Resolver() {
  std::deque<std::shared_ptr<Job>> dropped;
  const MutexLock lock(state_->mutex);
  state_->stopped = true;
  dropped.swap(state_->waiting);
  for (std::shared_ptr<Job>& job : state_->running) job.reset();
  state_->changed.notify_all();
}

void Resolver::Resolve(const std::string& host, Callback callback) {
  {
    const MutexLock lock(state_->mutex);
    if (state_->waiting.size() < kMaxWaiting) {
      state_->waiting.push_back(std::make_shared<Job>(Job{host, std::move(callback)}));
      if (state_->idle == 0 && state_->threads < kMaxThreads) {
        const auto slot = static_cast<size_t>(state_->threads++);
        std::thread([state = state_, slot] { state->Run(slot); }).detach();
      }
      state_->changed.notify_one();
      return;
    }
  }
  callback({});
}

}  // namespace tacho::adapter
