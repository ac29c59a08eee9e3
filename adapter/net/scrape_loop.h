// ScrapeLoop: scrapes one target, tick by tick, into the database.
//
// A tick's scrape ends before the next tick is chosen, so a target is never asked
// twice at once, and a loop that was held up (a suspend, a stopped process) does the
// one scrape that is due and not those it missed.
//
// Order       At a tick: GET; then Ingest, or MarkStale where there is no body to
//             ingest; then up and its companions, always, with the same timestamp.
// Ownership   Shared with its handlers under way: make it with std::make_shared. The
//             environment outlives all loops.
// Threads     Start, and then Stop or Abandon, from any thread, once; the rest on the
//             loop's strand.
#ifndef TACHO_ADAPTER_NET_SCRAPE_LOOP_H_
#define TACHO_ADAPTER_NET_SCRAPE_LOOP_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "adapter/core/targets.h"
#include "adapter/net/log.h"
#include "adapter/net/schedule.h"
#include "adapter/net/scrape_client.h"
#include "adapter/net/scrape_stats.h"
#include "tacho/database.h"

namespace tacho::adapter {

// What all loops share.
struct ScrapeEnv {
  Database database;
  const Clock* clock;
  Logger* log;
  ScrapeStats* stats;
  BodyBuffers* buffers;
  Resolver* resolver;
};

// What all targets of one job share: how they are spoken to, and what becomes of their
// series. Immutable; what it points to is safe from any thread.
struct ScrapeJobContext {
  std::shared_ptr<ClientTls> tls;
  std::shared_ptr<const LabelRewriter> rewriter;  // may be null
};

class ScrapeLoop : public std::enable_shared_from_this<ScrapeLoop> {
 public:
  ScrapeLoop(Strand strand, const DiscoveredTarget& target, const ScrapeJobContext& job,
             ScrapeEnv* env);

  void Start();
  // Ends the target in the database, too, with staleness markers.
  void Stop();
  // Reads bodies with it from the next scrape on; null: takes them as they are.
  void SetRewriter(std::shared_ptr<const LabelRewriter> rewriter);
  // Ends the loop alone: the process ends, the target does not.
  void Abandon();

 private:
  // One tick's scrape.
  struct Tick {
    Timestamp time;
    std::chrono::steady_clock::time_point began;
  };

  void Halt();
  void Arm();
  void OnTick(int64_t tick_ms);
  bool EnsureTarget();
  void OnReply(const Tick& tick, ScrapeReply reply);
  void Take(const Tick& tick, ScrapeReply* reply, ScrapeHealth* health);
  void Record(const Tick& tick, const ScrapeReply& reply, ScrapeHealth health);
  void LogOutcome(const ScrapeReply& reply);
  void SetUp(bool up);
  void SetDropped(uint64_t series);

  const Strand strand_;
  ScrapeEnv* const env_;
  const std::string url_;
  const Labels labels_;
  const std::string refusal_;  // not empty: every scrape fails, for this reason
  TargetOptions options_;
  const ScrapeProtocols protocols_;
  const std::chrono::milliseconds timeout_;
  const Cadence cadence_;
  const uint64_t rows_kept_;  // of a target, when it has been scraped for long
  asio::steady_timer timer_;
  const std::shared_ptr<ScrapeClient> client_;
  std::optional<Target> target_;               // once the database has taken it
  std::optional<bool> up_;                     // by the last scrape
  uint64_t dropped_ = 0;                       // series of the last body that were dropped
  std::unique_ptr<TargetBoard::Place> place_;  // until the loop stops
  bool stopped_ = false;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_SCRAPE_LOOP_H_
