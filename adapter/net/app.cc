#include "adapter/net/app.h"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapter/core/rule_metrics.h"
#include "adapter/net/asio.h"
#include "adapter/net/configuration.h"
#include "adapter/net/deadline_timer.h"
#include "adapter/net/discovery.h"
#include "adapter/net/front_door.h"
#include "adapter/net/listeners.h"
#include "adapter/net/process_status.h"
#include "adapter/net/router.h"
#include "adapter/net/rule_watcher.h"
#include "adapter/net/scrape_manager.h"
#include "adapter/net/target_sources.h"
#include "adapter/net/upstream_client.h"
#include "adapter/net/upstream_querier.h"
#include "adapter/net/upstream_series.h"
#include "adapter/net/version.h"

namespace tacho::adapter {
namespace {

constexpr std::chrono::milliseconds kAdvanceInterval{1'000};
constexpr uint64_t kAdvancesPerReport = 60;
// How long a target that showed a series is expected to go on showing it.
constexpr absl::Duration kUpstreamCoverageReach = absl::Minutes(10);
constexpr std::chrono::milliseconds kDrainGrace{1'000};
// Past this a shutdown is held up by something that will not end, such as a query.
constexpr unsigned kForcedExitSeconds = 2;

// Connections and scrapes each take a descriptor.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

absl::Status WriteAddressFile(const std::string& path, const std::string& address) {
  if (path.empty()) return absl::OkStatus();
  // Renamed into place: who waits for the file never reads half of it.
  const std::string temporary = absl::StrCat(path, ".tmp");
  std::ofstream(temporary) << address;
  if (std::rename(temporary.c_str(), path.c_str()) == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write --address-file ", path));
}

std::shared_ptr<const MetricFilter> FilterFor(const AdapterOptions& options, const RuleSet& rules) {
  if (!options.ingest_rules_only) return nullptr;
  auto filter = std::make_shared<RuleMetricFilter>();
  for (const Rule& rule : rules.rules) filter->Add(rule);
  for (const Rule& rule : rules.external_rules) filter->Add(rule);
  if (rules.resource_rules.has_value()) {
    filter->Add(rules.resource_rules->cpu);
    filter->Add(rules.resource_rules->memory);
  }
  return filter;
}

// What evaluates rules elsewhere: --prometheus-url.
struct Upstream {
  // `client` counts in `counts`.
  Upstream(const AdapterOptions& options, std::unique_ptr<UpstreamStats> counts,
           std::unique_ptr<UpstreamClient> opened, Database parser, const Clock* clock,
           UpstreamSeries::OnPods on_pods)
      : stats(std::move(counts)),
        client(std::move(opened)),
        querier(options.upstream, std::move(parser), client.get(), stats.get()),
        series(
            SeriesOptions(options), client.get(), stats.get(), &querier,
            [clock] { return clock->Now(); }, std::move(on_pods)) {}

  static UpstreamSeries::Options SeriesOptions(const AdapterOptions& options) {
    UpstreamSeries::Options out = options.upstream_series;
    out.series_timeout = options.upstream.series_timeout;
    return out;
  }

  // Null without --prometheus-url. Its URLs have been read by the flag.
  static std::unique_ptr<Upstream> Open(const AdapterOptions& options, const Database& parser,
                                        const Clock* clock, UpstreamSeries::OnPods on_pods) {
    auto counts = std::make_unique<UpstreamStats>();
    absl::StatusOr<std::unique_ptr<UpstreamClient>> client =
        UpstreamClient::Create(options.upstream, counts.get());
    if (!client.ok()) return nullptr;
    return std::make_unique<Upstream>(options, std::move(counts), *std::move(client), parser, clock,
                                      std::move(on_pods));
  }

  const std::unique_ptr<UpstreamStats> stats;
  const std::unique_ptr<UpstreamClient> client;
  UpstreamQuerier querier;
  UpstreamSeries series;
};

// The control loop: discovery, the database's time, signals, on one thread; everything
// that carries load has threads of its own.
class App {
 public:
  App(const AdapterOptions& options, const Configuration& configuration)
      : options_(options),
        log_(options.log_level),
        database_(configuration.database),
        series_(database_),
        querier_(database_, options.query_cache),
        upstream_(Upstream::Open(
            options, database_, &clock_,
            [this](std::shared_ptr<const PodIndex> pods) { router_.SetPods(std::move(pods), 0); })),
        rules_(configuration.rules,
               upstream_ == nullptr ? static_cast<SeriesFinder*>(&series_) : &upstream_->series),
        held_(options.max_held_values),
        queries_(database_, options.query_cache),
        status_(&scrape_stats_.targets, configuration.database, clock_.Now()),
        router_(RouterEnvironment(configuration)),
        rule_watcher_(
            options.rules_file, [this] { return LoadRulesAgain(); }, &rules_, &log_),
        discovery_(configuration.scrape, &log_, &scrape_stats_),
        front_(options, &router_, &server_stats_, &log_),
        signals_(control_, SIGINT, SIGTERM),
        hangups_(control_, SIGHUP),
        rules_timer_(control_),
        advance_timer_(control_),
        front_door_timer_(control_),
        sources_(control_, configuration.scrape, &discovery_, &log_,
                 absl::ToChronoMilliseconds(options.discovery_poll), [this] { ApplyTargets(); }) {
    for (const std::string& problem : configuration.rules->problems) {
      log_.Error("rule", {{"err", problem}});
    }
  }

  absl::Status Run() {
    NoteFlags();
    if (const absl::Status status = front_.Start(); !status.ok()) return status;
    if (const absl::Status status = WriteAddressFile(options_.address_file, front_.addresses());
        !status.ok()) {
      return status;
    }
    {
      ScrapeManager::Options scraping = options_.scraper;
      scraping.filter = FilterFor(options_, *rules_.Get()->rules);
      ScrapeManager scraper(scraping, database_, &clock_, &log_, &scrape_stats_);
      scraper_ = &scraper;
      StartSources();
      Advance();
      PollFrontDoor();
      PollRules();
      AwaitHangup();
      signals_.async_wait([this](const ErrorCode&, int) { BeginStop(); });
      control_.run();
      sources_.Stop();
      LogSavings();
      front_.Stop(kDrainGrace);
      if (upstream_ != nullptr) upstream_->series.Stop();
    }
    log_.Info("stopped");
    return absl::OkStatus();
  }

 private:
  RouterEnv RouterEnvironment(const Configuration& configuration) {
    RouterEnv env = {database_,
                     &rules_,
                     &querier_,
                     configuration.policy,
                     &clock_,
                     &log_,
                     &scrape_stats_,
                     &server_stats_,
                     &held_,
                     {database_, &queries_, &deadlines_, &status_, options_.prom},
                     database_.options().retention};
    if (upstream_ == nullptr) return env;
    env.querier = &upstream_->querier;
    env.coverage_reach = kUpstreamCoverageReach;
    env.upstream = &upstream_->series;
    env.upstream_stats = upstream_->stats.get();
    env.max_query_bytes = options_.upstream.max_query_bytes;
    env.upstream_timeout = options_.upstream.timeout;
    return env;
  }

  absl::StatusOr<RuleSet> LoadRulesAgain() const {
    return upstream_ == nullptr ? LoadRuleFile(options_.rules_file, database_)
                                : LoadUpstreamRuleFile(options_.rules_file);
  }

  // Of what is scraped here; or of what an upstream knows.
  void StartSources() {
    if (upstream_ == nullptr) return sources_.Start();
    // The rules say what to list.
    static_cast<void>(rules_.Get()->registry.Get());
    upstream_->series.Start();
  }

  void BeginStop() {
    log_.Info("stopping");
    std::signal(SIGALRM, [](int) { _exit(EXIT_SUCCESS); });
    alarm(kForcedExitSeconds);
    router_.SetDraining();
    deadlines_.EndWithin(kDrainGrace / 2);
    if (upstream_ != nullptr) upstream_->client->EndWithin(absl::FromChrono(kDrainGrace / 2));
    control_.stop();
  }

  void Advance() {
    database_.Advance(clock_.Now());
    if (++advances_ % kAdvancesPerReport == 0) LogSavings();
    advance_timer_.expires_after(kAdvanceInterval);
    advance_timer_.async_wait([this](const ErrorCode& error) {
      if (!error) Advance();
    });
  }

  void NoteFlags() {
    if (!options_.flags_without_effect.empty()) {
      log_.Info(
          "flags without effect here",
          {{"flags", absl::StrCat("--", absl::StrJoin(options_.flags_without_effect, " --"))}});
    }
  }

  void PollFrontDoor() {
    front_.Poll();
    front_door_timer_.expires_after(absl::ToChronoMilliseconds(options_.front_door_poll));
    front_door_timer_.async_wait([this](const ErrorCode& error) {
      if (!error) PollFrontDoor();
    });
  }

  void LogSavings() {
    const uint64_t series = scrape_stats_.series_dropped.load();
    if (!options_.ingest_rules_only || std::exchange(series_dropped_, series) == series) return;
    log_.Info("series that no rule can read were not kept",
              {{"series", absl::StrCat(series)},
               {"bytes_saved", absl::StrCat(scrape_stats_.bytes_saved.load())}});
  }

  void ApplyTargets() {
    const std::vector<DiscoveredTarget> targets = discovery_.Targets();
    scraper_->SetTargets(targets);
    router_.SetPods(std::make_shared<PodIndex>(targets), targets.size());
    log_.Info("targets", {{"count", absl::StrCat(targets.size())}});
  }

  void PollRules() {
    rule_watcher_.Poll();
    RenewFilter();
    rules_timer_.expires_after(absl::ToChronoMilliseconds(options_.discovery_poll));
    rules_timer_.async_wait([this](const ErrorCode& error) {
      if (!error) PollRules();
    });
  }

  void AwaitHangup() {
    hangups_.async_wait([this](const ErrorCode& error, int) {
      if (error) return;
      rule_watcher_.Reload();
      RenewFilter();
      AwaitHangup();
    });
  }

  // After new rules: other metrics are kept.
  void RenewFilter() {
    const uint64_t loads = rules_.state().loads;
    if (std::exchange(rule_loads_, loads) == loads || !options_.ingest_rules_only) return;
    scraper_->SetFilter(FilterFor(options_, *rules_.Get()->rules));
  }

  const AdapterOptions& options_;
  const Clock clock_;
  Logger log_;
  ScrapeStats scrape_stats_;
  ServerStats server_stats_;
  Database database_;
  DatabaseSeries series_;
  CachingQuerier querier_;
  const std::unique_ptr<Upstream> upstream_;  // null: rules are evaluated here
  RuleStore rules_;
  LastValues held_;
  QueryPool queries_;
  DeadlineTimer deadlines_;
  const ProcessStatus status_;
  Router router_;
  RuleWatcher rule_watcher_;
  Discovery discovery_;
  Listeners front_;
  asio::io_context control_{1};
  asio::signal_set signals_;
  asio::signal_set hangups_;
  asio::steady_timer rules_timer_;
  asio::steady_timer advance_timer_;
  asio::steady_timer front_door_timer_;
  TargetSources sources_;
  uint64_t series_dropped_ = 0;  // as logged last
  uint64_t advances_ = 0;
  uint64_t rule_loads_ = 1;           // as seen last
  ScrapeManager* scraper_ = nullptr;  // while Run runs
};

}  // namespace

absl::Status RunAdapter(const AdapterOptions& options) {
  const absl::StatusOr<Configuration> configuration = LoadConfiguration(options);
  if (!configuration.ok()) return configuration.status();
  RaiseDescriptorLimit();
  std::signal(SIGPIPE, SIG_IGN);
  return App(options, *configuration).Run();
}

namespace {

// Certificates, CAs and tokens; a self-signed pair is not written.
absl::Status CheckFrontDoor(const AdapterOptions& options) {
  if (!options.serve_tls) return absl::OkStatus();
  FrontDoorOptions door = options.front_door;
  door.cert_dir.clear();
  FrontDoorStats stats;
  Logger log(
      LogLevel::kError, [](std::string_view) {}, [] { return int64_t{0}; });
  return FrontDoor::Open(door, &stats, &log).status();
}

}  // namespace

absl::Status CheckConfiguration(const AdapterOptions& options, std::string* report) {
  const absl::StatusOr<Configuration> configuration = LoadConfiguration(options);
  if (!configuration.ok()) return configuration.status();
  ScrapeStats stats;
  size_t complaints = configuration->rules->problems.size();
  const auto complain = [&](std::string_view line) {
    report->append(line);
    ++complaints;
  };
  for (const std::string& problem : configuration->rules->problems) {
    absl::StrAppend(report, problem, "\n");
  }
  Logger log(LogLevel::kWarn, complain, [] { return int64_t{0}; });
  Discovery discovery(configuration->scrape, &log, &stats);
  discovery.Poll();
  const size_t targets = discovery.Targets().size();
  if (const absl::Status status = CheckFrontDoor(options); !status.ok()) {
    complain(absl::StrCat(status.message(), "\n"));
  }
  absl::StrAppend(report, configuration->scrape.jobs.size(), " jobs, ", targets, " targets, ",
                  configuration->rules->size(), " rules, retention ",
                  absl::FormatDuration(configuration->database.retention), "\n");
  if (complaints == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(complaints, " problems"));
}

}  // namespace tacho::adapter
