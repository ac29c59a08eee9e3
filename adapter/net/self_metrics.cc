#include "adapter/net/self_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "adapter/net/metrics_text.h"
#include "adapter/net/version.h"

namespace tacho::adapter {
namespace {

double Seconds(const Counter& micros) { return static_cast<double>(micros.load()) * 1e-6; }

double Seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
}

uint64_t ResidentBytes() {
  uint64_t size = 0;
  uint64_t resident = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  const int fields = std::fscanf(file, "%lu %lu", &size, &resident);
  std::fclose(file);
  return fields == 2 ? resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

uint64_t OpenFds() {
  DIR* dir = opendir("/proc/self/fd");
  if (dir == nullptr) return 0;
  uint64_t entries = 0;
  while (readdir(dir) != nullptr) ++entries;
  closedir(dir);
  return entries < 3 ? 0 : entries - 3;  // "." and "..", and the folder itself
}

void Process(const ProcessInfo& process, MetricsText* out) {
  out->Gauge("process_resident_memory_bytes", "Resident memory size in bytes.");
  out->Sample(process.resident_bytes);
  out->Counter("process_cpu_seconds_total", "User and system CPU time spent.");
  out->Sample(process.cpu_seconds);
  out->Gauge("process_start_time_seconds", "Start time of the process since the Unix epoch.");
  out->Sample(process.start_time_seconds);
  out->Gauge("process_open_fds", "Number of open file descriptors.");
  out->Sample(process.open_fds);
  out->Gauge("tacho_build_info", "A constant 1, with the version as a label.");
  out->Sample(uint64_t{1}, {{"version", kVersion}});
}

void Refusals(std::string_view name, std::string_view help,
              const std::array<uint64_t, kRefusalCount>& counts, MetricsText* out) {
  out->Counter(name, help);
  for (size_t i = 1; i < kRefusalCount; ++i) {  // 0 is kNone
    out->Sample(counts[i], {{"reason", RefusalName(static_cast<Refusal>(i))}});
  }
}

void Storage(const DatabaseStats& stats, MetricsText* out) {
  out->Gauge("tacho_storage_targets", "Targets in the database, ended ones included.");
  out->Sample(stats.targets);
  out->Gauge("tacho_storage_series", "Series in the database, over all targets.");
  out->Sample(stats.series);
  out->Gauge("tacho_storage_shapes", "Distinct shapes that targets have.");
  out->Sample(stats.shapes);
  out->Gauge("tacho_storage_rows", "Rows kept.");
  out->Sample(stats.rows);
  out->Gauge("tacho_storage_bytes", "Bytes accounted against the limit.");
  out->Sample(stats.bytes);
  out->Counter("tacho_storage_samples_stored_total", "Samples stored.");
  out->Sample(stats.samples_stored);
  out->Counter("tacho_storage_samples_replayed_total",
               "Samples read by comparison with the previous body.");
  out->Sample(stats.samples_replayed);
  out->Counter("tacho_storage_scrapes_stored_total", "Scrapes stored.");
  out->Sample(stats.scrapes_stored);
  Refusals("tacho_storage_refused_samples_total", "Samples refused one by one.",
           stats.refused_samples, out);
  Refusals("tacho_storage_refused_scrapes_total", "Scrapes refused whole.", stats.refused_scrapes,
           out);
}

void Scraping(const SelfMetrics& m, MetricsText* out) {
  const ScrapeStats& stats = *m.scrape;
  out->Gauge("tacho_targets", "Targets that discovery gives.");
  out->Sample(m.targets);
  out->Gauge("tacho_targets_up", "Targets whose last scrape succeeded.");
  out->Sample(stats.targets_up.load());
  out->Gauge("tacho_targets_dropped", "Targets that relabelling dropped.");
  out->Sample(stats.targets_dropped.load());
  out->Gauge("tacho_scrape_series_dropped",
             "Series in the targets' last bodies that are not kept: metric relabelling drops "
             "them, or (--ingest=rules) no rule can select them.");
  out->Sample(stats.series_dropped.load());
  out->Gauge("tacho_scrape_bytes_saved",
             "What those series would take, about, at 8 bytes a sample and 16 a series.");
  out->Sample(stats.bytes_saved.load());
  out->Counter("tacho_scrapes_total", "Scrapes begun.");
  out->Sample(stats.scrapes.load());
  out->Counter("tacho_scrapes_failed_total", "Scrapes that failed, by reason.");
  for (size_t i = 1; i < kScrapeFailureCount; ++i) {  // 0 is kNone
    out->Sample(stats.failed[i].load(),
                {{"reason", ScrapeFailureName(static_cast<ScrapeFailure>(i))}});
  }
  out->Counter("tacho_scrapes_late_total", "Scrapes begun over 1 % of the interval late.");
  out->Sample(stats.late.load());
  out->Counter("tacho_scrape_samples_total", "Samples in the bodies that were taken.");
  out->Sample(stats.samples.load());
  out->Counter("tacho_scrape_samples_refused_total", "Samples of them that were refused.");
  out->Sample(stats.samples_refused.load());
  out->Counter("tacho_scrape_wire_bytes_total", "Bytes read from targets.");
  out->Sample(stats.wire_bytes.load());
  out->Counter("tacho_scrape_body_bytes_total", "Bytes of bodies, decompressed.");
  out->Sample(stats.body_bytes.load());
  out->Counter("tacho_scrape_seconds_total", "Time from the begin to the end of scrapes.");
  out->Sample(Seconds(stats.scrape_micros));
  out->Counter("tacho_ingest_seconds_total", "Time of parsing and storing bodies.");
  out->Sample(Seconds(stats.ingest_micros));
  out->Counter("tacho_discovery_reloads_total", "Times that the set of targets was made anew.");
  out->Sample(stats.discovery_reloads.load());
  out->Counter("tacho_discovery_problems_total", "Target files and addresses refused.");
  out->Sample(stats.discovery_problems.load());
}

constexpr std::array<std::string_view, kRouteKindCount> kRouteNames = {
    "group_list",   "group",        "resource_list", "metric",  "external_metric", "pod_metrics",
    "node_metrics", "openapi",      "explain",       "query",   "query_range",     "series",
    "labels",       "label_values", "metadata",      "targets", "buildinfo",       "runtimeinfo",
    "format_query", "parse_query",  "prom_health",   "health",  "metrics",         "version",
    "unknown_api",  "unknown",      "malformed"};

// Only what has happened: most pairs of route and code cannot.
void Answers(const ServerStats& stats, MetricsText* out) {
  out->Counter("tacho_http_requests_total", "Requests answered, by route and status.");
  for (size_t kind = 0; kind < kRouteKindCount; ++kind) {
    for (size_t i = 0; i < kCountedStatuses.size(); ++i) {
      const uint64_t n = stats.answers[kind][i].load();
      const int status = kCountedStatuses[i];
      const std::string code = status == 0 ? "other" : absl::StrCat(status);
      if (n > 0) out->Sample(n, {{"route", kRouteNames[kind]}, {"code", code}});
    }
  }
}

void Serving(const SelfMetrics& m, MetricsText* out) {
  const ServerStats& stats = *m.server;
  out->Counter("tacho_http_connections_total", "Connections accepted.");
  out->Sample(stats.connections.load());
  out->Gauge("tacho_http_connections_open", "Connections open.");
  out->Sample(stats.open_connections.load());
  out->Gauge("tacho_http_requests_in_flight", "Requests being answered.");
  out->Sample(stats.in_flight.load());
  out->Gauge("tacho_http_queries_in_flight",
             "Requests of Prometheus' API that are being answered or wait for a thread.");
  out->Sample(stats.queries_in_flight.load());
  out->Gauge("tacho_http_upstream_requests_in_flight",
             "Requests that ask --prometheus-url or wait for a thread to.");
  out->Sample(stats.upstream_in_flight.load());
  out->Gauge("tacho_http_buffered_reply_bytes", "Bytes of replies that clients have not taken.");
  out->Sample(stats.buffered_reply_bytes.load());
  out->Counter("tacho_http_reply_bytes_total", "Bytes of replies.");
  out->Sample(stats.reply_bytes.load());
  out->Counter("tacho_http_limits_total", "Times that a limit of the server fired.");
  for (size_t i = 0; i < kServerLimitCount; ++i) {
    out->Sample(stats.limits[i].load(), {{"limit", ServerLimitName(static_cast<ServerLimit>(i))}});
  }
  Answers(stats, out);
}

void RuleAnswersOf(const SelfMetrics& m, MetricsText* out) {
  out->Counter("tacho_metric_answers_total", "Metric requests, by rule and what came of them.");
  for (const auto& [rule, answers] : m.answers) {
    for (const auto& [reason, n] : answers.by_reason) {
      out->Sample(n, {{"rule", rule}, {"reason", reason}});
    }
  }
  out->Gauge("tacho_metric_age_seconds", "Age of the newest sample, at the last answer.");
  for (const auto& [rule, answers] : m.answers) {
    if (answers.age_seconds.has_value()) out->Sample(*answers.age_seconds, {{"rule", rule}});
  }
  out->Gauge("tacho_coverage_ratio", "Share of fresh targets, at the last answer that adds up.");
  for (const auto& [rule, answers] : m.answers) {
    if (answers.coverage.has_value()) out->Sample(*answers.coverage, {{"rule", rule}});
  }
}

void AtTheDoor(const FrontDoorStats& stats, MetricsText* out) {
  out->Counter("tacho_tls_handshakes_total", "TLS handshakes, by what came of them.");
  out->Sample(stats.handshakes.load(), {{"result", "ok"}});
  out->Sample(stats.failed_handshakes.load(), {{"result", "failed"}});
  out->Gauge("tacho_tls_certificate_expiry_seconds",
             "When the serving certificate expires, since the Unix epoch.");
  out->Sample(stats.certificate_expiry.load());
  out->Counter("tacho_authentications_total", "Requests over TLS, by what proved who asked.");
  for (size_t i = 0; i < kIdentitySourceCount; ++i) {
    out->Sample(stats.identities[i].load(),
                {{"source", IdentitySourceName(static_cast<IdentitySource>(i))}});
  }
  out->Counter("tacho_forbidden_total", "Requests of somebody who may not ask for this.");
  out->Sample(stats.forbidden.load());
  out->Counter("tacho_front_door_reloads_total",
               "Certificates, CAs and tokens read again, by what came of it.");
  for (size_t i = 0; i < kFrontDoorPartCount; ++i) {
    const std::string_view what = FrontDoorPartName(static_cast<FrontDoorPart>(i));
    out->Sample(stats.reloads[i].load(), {{"what", what}, {"result", "ok"}});
    out->Sample(stats.failed_reloads[i].load(), {{"what", what}, {"result", "failed"}});
  }
}

void Rules(const SelfMetrics& m, MetricsText* out) {
  out->Gauge("tacho_rules", "Rules that serve.");
  out->Sample(m.rules.rules);
  out->Gauge("tacho_rules_broken", "Rules that were left out; the log says why.");
  out->Sample(m.rules.refused);
  out->Counter("tacho_rules_loads_total", "Rules files taken.");
  out->Sample(m.rules.loads);
  out->Counter("tacho_rules_load_failures_total", "Rules files not taken.");
  out->Sample(m.rules.failures);
  out->Gauge("tacho_rules_load_failed", "1 while the newest rules file is one that is not taken.");
  out->Sample(uint64_t{m.rules.error.empty() ? 0u : 1u});
  out->Gauge("tacho_held_values", "Values kept for rules that say holdLast.");
  out->Sample(m.held_values);
  out->Counter("tacho_held_values_refused_total", "Values not kept because of the limit.");
  out->Sample(m.held_values_refused);
  RuleAnswersOf(m, out);
  out->Counter("tacho_log_lines_total", "Lines logged.");
  out->Sample(m.log_lines);
  out->Counter("tacho_log_lines_suppressed_total", "Lines beyond the rate that may be logged.");
  out->Sample(m.log_lines_suppressed);
}

void UpstreamCalls(const UpstreamStats& stats, MetricsText* out) {
  out->Counter("tacho_upstream_calls_total", "Queries and lists asked of --prometheus-url.");
  out->Sample(stats.calls.load());
  out->Counter("tacho_upstream_failures_total", "Of them, those that no server has answered.");
  out->Sample(stats.failures.load());
  out->Counter("tacho_upstream_second_calls_total", "Times that another server was asked, too.");
  out->Sample(stats.hedges.load(), {{"why", "silent"}});
  out->Sample(stats.failovers.load(), {{"why", "failed"}});
  out->Counter("tacho_upstream_limits_total", "Times that a limit fired.");
  out->Sample(stats.busy.load(), {{"limit", "in_flight"}});
  out->Sample(stats.long_queries.load(), {{"limit", "query_bytes"}});
  out->Sample(stats.timeouts.load(), {{"limit", "timeout"}});
  out->Sample(stats.large_replies.load(), {{"limit", "reply_bytes"}});
  out->Sample(stats.refused_buffers.load(), {{"limit", "buffered_bytes"}});
  out->Sample(stats.selectors.load(), {{"limit", "selectors"}});
  out->Counter("tacho_upstream_unusable_total",
               "Replies that are an error, only a part of the data, or malformed.");
  out->Sample(stats.unusable.load());
}

}  // namespace

ProcessInfo ReadProcessInfo() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return {.resident_bytes = ResidentBytes(),
          .cpu_seconds = Seconds(usage.ru_utime) + Seconds(usage.ru_stime),
          .open_fds = OpenFds()};
}

std::string RenderSelfMetrics(const SelfMetrics& metrics) {
  MetricsText out;
  Process(metrics.process, &out);
  Rules(metrics, &out);
  Storage(metrics.database, &out);
  Scraping(metrics, &out);
  Serving(metrics, &out);
  AtTheDoor(metrics.server->front_door, &out);
  if (metrics.upstream != nullptr) UpstreamCalls(*metrics.upstream, &out);
  return out.Take();
}

}  // namespace tacho::adapter
