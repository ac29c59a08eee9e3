// Start here. A Database keeps the last minutes of what its targets said and
// answers PromQL about them:
//
//   tacho::Database db({.retention = absl::Minutes(10)});
//   auto target = db.AddTarget({{"namespace", "ms-test"}, {"pod", "flask-admin-0"}});
//   target->Ingest(body, tacho::Exposition::kText, now);  // a scraped /metrics body
//   auto result = db.Ask("sum by (pod) (rate(http_requests_total[2m]))", now);
//
// Targets of one deployment expose the same series, so tacho stores a series as
// a place in a matrix: a target has a shape (an ordered list of series, shared by
// all targets that expose the same list) and rows (one timestamp and one double
// per position, one row per scrape). docs/impl.md says how.
//
// Order       Rows of a target have strictly increasing times.
// Ownership   Target and Query are handles that keep the database alive.
// Threads     All of it is safe to call from any thread. Writers of different
//             targets do not wait for each other; writers of one target take turns.
//             Queries never wait for writers, and see all of a row or none of it.
// Cost        About 8 bytes a sample. A body that looks like the last one is
//             compared, not parsed.
// Limits      Options; what is refused is counted in Stats().
#ifndef TACHO_DATABASE_H_
#define TACHO_DATABASE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tacho/export.h"
#include "tacho/exposition.h"
#include "tacho/labels.h"
#include "tacho/options.h"
#include "tacho/query.h"
#include "tacho/time.h"

namespace tacho {

class Database;

namespace engine {
class DatabaseImpl;
class StartTimes;
class TargetImpl;
void UseStartTimes(Database& database, std::shared_ptr<const StartTimes> start_times);
}  // namespace engine

// Why a sample, or a whole scrape, was refused. Small and copied by value: a
// scrape of ten thousand late samples must not build ten thousand strings.
enum class Refusal : uint8_t {
  kNone,
  kMalformed,      // the body does not parse
  kOutOfOrder,     // older than the newest sample of its series
  kDuplicate,      // same time as the newest sample, another value
  kTooOld,         // older than retention
  kTooFarAhead,    // beyond Options::max_ahead
  kTargetRemoved,  // the target was removed
  kSampleLimit,    // samples of one scrape
  kBodyLimit,      // bytes of one body
  kLabelLimit,     // number of labels, or length of a name or value
  kSeriesLimit,    // series in all
  kTargetLimit,    // targets in all
  kByteLimit,      // bytes in all
  kCount_
};
inline constexpr size_t kRefusalCount = static_cast<size_t>(Refusal::kCount_);
// snake_case, as used in metrics: "out_of_order".
[[nodiscard]] TACHO_EXPORT std::string_view RefusalName(Refusal refusal);

// What came of one scrape that was taken.
struct IngestReport {
  uint32_t samples = 0;       // samples in the body, refused ones included
  uint32_t stored = 0;        // samples stored
  uint32_t dropped = 0;       // samples that TargetOptions::rewriter dropped
  uint32_t series_added = 0;  // series that this target had not shown before
  uint32_t series_ended = 0;  // series of the previous row that got a staleness marker
  uint32_t replayed = 0;      // samples read by comparison with the previous body
  // Samples dropped one by one (duplicates, timestamps out of order or bounds).
  uint32_t refused = 0;
  Refusal first_refusal = Refusal::kNone;
};

// What the last scrape of a target was like; kept as the series up,
// scrape_duration_seconds, scrape_samples_scraped, scrape_series_added and
// scrape_samples_post_metric_relabeling with the target's labels.
struct ScrapeHealth {
  bool up = false;
  double duration_seconds = 0;
  double samples_scraped = 0;
  double samples_post_relabeling = 0;  // of them, those that were not dropped
  double series_added = 0;             // IngestReport::series_added
};

struct DatabaseStats {
  uint64_t targets = 0;  // added and not yet reclaimed
  uint64_t series = 0;   // positions over all targets
  uint64_t shapes = 0;
  uint64_t rows = 0;
  uint64_t bytes = 0;  // as accounted for StorageLimits::max_bytes
  uint64_t samples_stored = 0;
  uint64_t scrapes_stored = 0;
  uint64_t samples_replayed = 0;
  std::array<uint64_t, kRefusalCount> refused_samples{};  // by Refusal
  std::array<uint64_t, kRefusalCount> refused_scrapes{};  // whole ones, by Refusal
};

// The name of a metric and the names of the labels that some of its series carry
// (without __name__; sorted).
struct MetricLabels {
  std::string metric;
  std::vector<std::string> label_names;
  friend auto operator<=>(const MetricLabels&, const MetricLabels&) = default;
};

// What the bodies of targets say of a metric. Two targets may say different things.
struct MetricMetadata {
  std::string metric;            // of a family: without _total, _bucket, _sum, _count
  std::string type = "unknown";  // counter, gauge, histogram, summary, ...
  std::string help;
  std::string unit;
  friend auto operator<=>(const MetricMetadata&, const MetricMetadata&) = default;
};

// Which series: those that one of these vector selectors matches (all, if there is none)
// and that have a sample in [start, end].
struct SeriesFilter {
  std::vector<std::string> selectors;
  Timestamp start = Timestamp::Min();
  Timestamp end = Timestamp::Max();
};

class TACHO_EXPORT Target {
 public:
  explicit Target(std::shared_ptr<engine::TargetImpl> impl);

  // The labels that this target adds to each of its series.
  [[nodiscard]] const Labels& labels() const;

  // Reads a whole /metrics body taken at time t into one row. Series of the
  // previous row that the body lacks get a staleness marker. A refused body
  // changes nothing: call MarkStale, as Prometheus does for a failed scrape.
  //   kInvalidArgument    the body does not parse: "line:column: what is wrong"; or
  //                       TargetOptions::rewriter leaves a series without a valid name
  //   kOutOfRange         t is not after the newest row, or too old or too far ahead;
  //                       resending cannot succeed
  //   kResourceExhausted  a limit; the message names it
  //   kFailedPrecondition the target was removed
  absl::StatusOr<IngestReport> Ingest(std::string_view body, Exposition format, Timestamp t);

  // Stores one row by name: series[i], which holds __name__ and lacks the target's
  // labels, has values[i]. A staleness marker ends its series. Refuses as Ingest does.
  absl::StatusOr<IngestReport> AppendRow(std::span<const Labels> series,
                                         std::span<const double> values, Timestamp t);

  // Ends all series of this target at time t, as after a failed scrape. They go on
  // with the next row. Refuses as Ingest does.
  absl::Status MarkStale(Timestamp t);

  // Stores up and its companions.
  absl::Status RecordHealth(const ScrapeHealth& health, Timestamp t);

  // Other options, from the next body or row on; it is read as if it were the first. A
  // series that a new rewriter drops or renames ends with it.
  //   kFailedPrecondition the target was removed
  absl::Status SetOptions(const TargetOptions& options);

  // Ends all series at time t (or just after the newest row, if that is later). They stay
  // visible to windows that reach back, and are reclaimed after retention. A target
  // of the same labels that is added before then continues this one's series.
  void Remove(Timestamp t);

 private:
  std::shared_ptr<engine::TargetImpl> impl_;
};

class TACHO_EXPORT Database {
 public:
  explicit Database(Options options = {});

  // A source of samples whose series all carry these labels.
  //   kAlreadyExists      a target with these labels is there and not removed
  //   kInvalidArgument    a label name is empty or not UTF-8
  //   kResourceExhausted  max_targets, or a label limit
  absl::StatusOr<Target> AddTarget(const Labels& labels, const TargetOptions& options = {});

  // Stores one sample of one series, outside any target.
  //   kInvalidArgument    no __name__, or a bad label
  //   kOutOfRange         out of order, duplicate (the same value again is no error),
  //                       too old, too far ahead
  //   kResourceExhausted  a limit
  absl::Status Append(const Labels& series, Timestamp t, double value);

  // Checks and plans an expression, to be evaluated any number of times.
  //   kInvalidArgument    "line:column: parse error: ...": mend the expression
  //   kUnimplemented      valid PromQL that tacho does not run; names it and its place
  //   kFailedPrecondition the expression reaches further back than retention
  //   kResourceExhausted  longer, deeper or larger than QueryLimits allows
  [[nodiscard]] absl::StatusOr<Query> Prepare(std::string_view promql) const;

  // Prepare and Evaluate once.
  [[nodiscard]] absl::StatusOr<QueryResult> Ask(std::string_view promql, Timestamp t) const;

  // The label sets of the series that a vector selector matches and that have a
  // sample after `since`, sorted, at most `limit` of them.
  //   kInvalidArgument    not a vector selector
  [[nodiscard]] absl::StatusOr<std::vector<Labels>> Series(std::string_view selector,
                                                           Timestamp since, size_t limit) const;

  // The distinct metrics among them: what discovery needs, without label values.
  // Cost: one check per shape and target, not per series.
  [[nodiscard]] absl::StatusOr<std::vector<MetricLabels>> Metrics(std::string_view selector) const;

  // The label sets of the filter's series, each once, sorted, at most `limit` of them
  // (which ones is not specified); the names of their labels; one label's values.
  //   kInvalidArgument    a selector that is none
  [[nodiscard]] absl::StatusOr<std::vector<Labels>> Series(const SeriesFilter& filter,
                                                           size_t limit) const;
  [[nodiscard]] absl::StatusOr<std::vector<std::string>> LabelNames(
      const SeriesFilter& filter) const;
  [[nodiscard]] absl::StatusOr<std::vector<std::string>> LabelValues(
      std::string_view name, const SeriesFilter& filter) const;

  // What the # HELP, # TYPE and # UNIT lines of targets say now; sorted, each once.
  // Cost: one pass over those lines, of each distinct kind of body.
  [[nodiscard]] std::vector<MetricMetadata> Metadata() const;

  // Changes whenever a series or target comes or goes; equal values mean that
  // Metrics() would answer the same.
  [[nodiscard]] uint64_t series_version() const;

  // Tells the database the time: drops rows past retention, also of targets that
  // are no longer written, and reclaims removed targets. Call it now and then.
  void Advance(Timestamp now);

  [[nodiscard]] DatabaseStats Stats() const;
  [[nodiscard]] const Options& options() const;

 private:
  friend void engine::UseStartTimes(Database&, std::shared_ptr<const engine::StartTimes>);
  std::shared_ptr<engine::DatabaseImpl> impl_;
};

}  // namespace tacho

#endif  // TACHO_DATABASE_H_
