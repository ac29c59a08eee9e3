#include "adapter/net/upstream_client.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapter/core/http_url.h"
#include "adapter/core/text.h"
#include "adapter/core/upstream_json.h"
#include "adapter/core/url_escape.h"
#include "adapter/net/asio.h"
#include "adapter/net/scrape_client.h"

namespace tacho::adapter {
namespace {

using Clock = std::chrono::steady_clock;

std::string Encode(const UpstreamClient::Params& params) {
  std::string out;
  for (const auto& [name, value] : params) {
    absl::StrAppend(&out, out.empty() ? "" : "&", EscapeQuery(name), "=", EscapeQuery(value));
  }
  return out;
}

// What a reply means: a body, or an error of ReadErrorReply's kinds.
absl::StatusOr<std::string> ToBody(ScrapeReply* reply) {
  if (reply->failure != ScrapeFailure::kNone) return absl::UnavailableError(reply->error);
  if (reply->status != 200) return ReadErrorReply(reply->status, reply->body);
  return std::move(reply->body);
}

// One server, with its connections.
struct Server {
  std::string name;  // as the configuration writes its URL
  ScrapeEndpoint endpoint;
  std::vector<std::shared_ptr<ScrapeClient>> idle;
  size_t in_use = 0;
};

// One call to one server. I1: finished changes on the strand only.
struct Lease {
  size_t server = 0;
  std::shared_ptr<ScrapeClient> client;
  bool finished = false;
};

// One question to all of them; whoever answers first ends it.
struct Race {
  std::mutex mutex;
  std::condition_variable changed;
  size_t begun = 0;
  size_t ended = 0;
  std::optional<absl::StatusOr<std::string>> answer;
  std::vector<std::string> failures;
};

// A failure only ends its own server's part.
void Settle(absl::StatusOr<std::string> result, const std::string& name, Race* race) {
  const std::lock_guard lock(race->mutex);
  ++race->ended;
  if (absl::IsUnavailable(result.status())) {
    race->failures.push_back(absl::StrCat(name, ": ", result.status().message()));
  } else if (!race->answer.has_value()) {
    race->answer = std::move(result);
  }
  race->changed.notify_all();
}

}  // namespace

class UpstreamClient::Impl {
 public:
  Impl(const UpstreamOptions& options, std::vector<Server> servers, UpstreamStats* stats)
      : options_(options),
        stats_(stats),
        buffers_({.max_bytes_in_use = options.max_buffered_bytes}),
        servers_(std::move(servers)),
        thread_([this] { io_.run(); }) {}

  // A call under way owns its connection, and the connection the call: it must be ended.
  ~Impl() {
    asio::post(strand_, [this] {
      const std::vector<std::shared_ptr<Lease>> active(active_.begin(), active_.end());
      for (const std::shared_ptr<Lease>& lease : active) End(lease);
      io_.stop();
    });
    thread_.join();
  }

  absl::StatusOr<std::string> Ask(std::string_view path, const Params& params,
                                  absl::Duration timeout) {
    ++stats_->calls;
    const auto race = std::make_shared<Race>();
    const Entry entry(this, race.get());
    const Clock::time_point deadline =
        std::min(Clock::now() + absl::ToChronoNanoseconds(timeout), ends_at_.load());
    const std::string encoded = Encode(params);
    std::vector<std::shared_ptr<Lease>> leases;
    const size_t first = preferred_;
    for (size_t i = 0; i < servers_.size(); ++i) {
      const size_t server = (first + i) % servers_.size();
      leases.push_back(Begin(server, CallTo(server, path, encoded), deadline, race));
      const bool last = i + 1 == servers_.size();
      if (AwaitOne(race.get(), last ? deadline : HedgeTime(deadline))) break;
      if (!last) CountNext(race.get());
    }
    for (const std::shared_ptr<Lease>& lease : leases) Abandon(lease);
    return Outcome(deadline, race.get());
  }

  void EndWithin(absl::Duration most) {
    ends_at_ = Clock::now() + absl::ToChronoNanoseconds(most);
    const std::lock_guard lock(races_mutex_);
    for (Race* race : races_) {
      const std::lock_guard wake(race->mutex);
      race->changed.notify_all();
    }
  }

 private:
  // A race is known to EndWithin as long as this.
  struct Entry {
    Entry(Impl* owner, Race* entered) : impl(owner), race(entered) {
      const std::lock_guard lock(impl->races_mutex_);
      impl->races_.insert(race);
    }
    ~Entry() {
      const std::lock_guard lock(impl->races_mutex_);
      impl->races_.erase(race);
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    Impl* const impl;
    Race* const race;
  };

  [[nodiscard]] Clock::time_point HedgeTime(Clock::time_point deadline) const {
    return std::min(deadline, Clock::now() + absl::ToChronoNanoseconds(options_.hedge_after));
  }

  [[nodiscard]] HttpCall CallTo(size_t server, std::string_view path,
                                const std::string& params) const {
    // The URL's own path comes before, and its query, if it has one, after the path.
    std::string base = servers_[server].endpoint.url.path_and_query;
    std::string query;
    if (const size_t mark = base.find('?'); mark != std::string::npos) {
      query = base.substr(mark + 1);
      base.resize(mark);
    }
    while (base.ends_with('/')) base.pop_back();
    absl::StrAppend(&base, Abs(path));
    if (!options_.post) absl::StrAppend(&query, query.empty() ? "" : "&", params);
    if (!query.empty()) absl::StrAppend(&base, "?", query);
    return {base, options_.post ? std::optional<std::string>(params) : std::nullopt};
  }

  // Null: the server has as many calls as it may.
  std::shared_ptr<Lease> Take(size_t server) {
    const std::lock_guard lock(mutex_);
    Server& from = servers_[server];
    if (from.in_use >= options_.max_in_flight) return nullptr;
    ++from.in_use;
    auto lease = std::make_shared<Lease>();
    lease->server = server;
    if (from.idle.empty()) {
      lease->client = std::make_shared<ScrapeClient>(strand_, from.endpoint, &buffers_, &resolver_);
    } else {
      lease->client = std::move(from.idle.back());
      from.idle.pop_back();
    }
    return lease;
  }

  // On the strand.
  void Return(const std::shared_ptr<Lease>& lease) {
    lease->finished = true;
    active_.erase(lease);
    const std::lock_guard lock(mutex_);
    --servers_[lease->server].in_use;
    servers_[lease->server].idle.push_back(std::move(lease->client));
  }

  std::shared_ptr<Lease> Begin(size_t server, HttpCall call, Clock::time_point deadline,
                               const std::shared_ptr<Race>& race) {
    {
      const std::lock_guard lock(race->mutex);
      ++race->begun;
    }
    std::shared_ptr<Lease> lease = Take(server);
    if (lease == nullptr) {
      ++stats_->busy;
      Settle(absl::UnavailableError(absl::StrCat(
                 options_.max_in_flight, " calls are under way; see --prometheus-max-in-flight")),
             servers_[server].name, race.get());
      return nullptr;
    }
    asio::post(strand_, [this, lease, race, deadline, call = std::move(call)]() mutable {
      active_.insert(lease);
      lease->client->Call(std::move(call), deadline, [this, lease, race](ScrapeReply reply) {
        buffers_.Release(reply.charged);
        CountLimit(reply.failure);
        absl::StatusOr<std::string> body = ToBody(&reply);
        if (!absl::IsUnavailable(body.status())) preferred_ = lease->server;
        // Before the caller goes on: its next call finds the connection.
        Return(lease);
        Settle(std::move(body), servers_[lease->server].name, race.get());
      });
    });
    return lease;
  }

  // True: the question is answered, or the time is up.
  bool AwaitOne(Race* race, Clock::time_point until) const {
    std::unique_lock lock(race->mutex);
    while (!race->answer.has_value() && race->ended < race->begun) {
      const Clock::time_point end = std::min(until, ends_at_.load());
      if (Clock::now() >= end) break;
      race->changed.wait_until(lock, end);
    }
    return race->answer.has_value();
  }

  void CountNext(Race* race) {
    const std::lock_guard lock(race->mutex);
    ++(race->ended == race->begun ? stats_->failovers : stats_->hedges);
  }

  void CountLimit(ScrapeFailure failure) {
    if (failure == ScrapeFailure::kBodyLimit) ++stats_->large_replies;
    if (failure == ScrapeFailure::kBuffers) ++stats_->refused_buffers;
  }

  // Ends what nobody waits for any more.
  void Abandon(const std::shared_ptr<Lease>& lease) {
    if (lease == nullptr) return;
    asio::post(strand_, [this, lease] { End(lease); });
  }

  // On the strand.
  void End(const std::shared_ptr<Lease>& lease) {
    if (lease->finished) return;
    lease->client->Cancel();
    Return(lease);
  }

  absl::StatusOr<std::string> Outcome(Clock::time_point deadline, Race* race) {
    const std::lock_guard lock(race->mutex);
    if (race->answer.has_value()) return *std::move(race->answer);
    ++stats_->failures;
    if (Clock::now() >= deadline) ++stats_->timeouts;
    if (race->ended < race->begun) race->failures.emplace_back("no reply in time");
    return absl::UnavailableError(
        absl::StrCat("no upstream has answered: ", absl::StrJoin(race->failures, "; ")));
  }

  const UpstreamOptions options_;
  UpstreamStats* const stats_;
  BodyBuffers buffers_;
  asio::io_context io_{1};
  const Strand strand_{asio::make_strand(io_)};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  Resolver resolver_;                        // goes before what its callbacks post to
  std::set<std::shared_ptr<Lease>> active_;  // on the strand
  std::atomic<Clock::time_point> ends_at_{Clock::time_point::max()};
  std::mutex races_mutex_;
  std::set<Race*> races_;        // guarded by races_mutex_
  std::mutex mutex_;             // guards idle and in_use of servers_
  std::vector<Server> servers_;  // the rest of which does not change
  std::atomic<size_t> preferred_{0};
  std::thread thread_;
};

UpstreamClient::UpstreamClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
UpstreamClient::~UpstreamClient() = default;

absl::StatusOr<std::unique_ptr<UpstreamClient>> UpstreamClient::Create(
    const UpstreamOptions& options, UpstreamStats* stats) {
  const auto tls = std::make_shared<ClientTls>(options.http.tls);
  std::vector<Server> servers;
  for (const std::string& text : options.urls) {
    const absl::StatusOr<HttpUrl> url = ParseHttpUrl(text);
    if (!url.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--prometheus-url: ", text, ": ", url.status().message()));
    }
    Server& server = servers.emplace_back();
    server.name = text;
    server.endpoint = {.url = *url,
                       .accept = "application/json",
                       .extra_header = absl::StrJoin(options.headers, "\r\n"),
                       .compression = false,  // the servers are near; label sets shrink 100:1
                       .max_body = options.max_reply_bytes,
                       .credentials = options.http.credentials,
                       .follow_redirects = false,
                       .tls = tls,
                       .keep_error_body = true};
  }
  if (servers.empty()) return absl::InvalidArgumentError("--prometheus-url: none is given");
  return std::unique_ptr<UpstreamClient>(
      new UpstreamClient(std::make_unique<Impl>(options, std::move(servers), stats)));
}

void UpstreamClient::EndWithin(absl::Duration most) { impl_->EndWithin(most); }

absl::StatusOr<std::string> UpstreamClient::Ask(std::string_view path, const Params& params,
                                                absl::Duration timeout) {
  return impl_->Ask(path, params, timeout);
}

}  // namespace tacho::adapter
