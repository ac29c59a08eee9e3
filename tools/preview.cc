#ifdef TACHO_WITH_ADAPTER
#include "tools/preview.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "adapter/core/upstream_json.h"
#include "tools/bodies.h"
#include "tools/fixes.h"
#include "tools/remote.h"

namespace tacho::tools {
namespace {

using adapter::PreviewInput;
using adapter::RulePreview;
using adapter::RuleSet;

constexpr absl::Duration kReach = absl::Hours(24 * 30);  // windows may reach back this far
constexpr absl::Duration kTimeout = absl::Seconds(10);   // of a scrape, unless somebody says so

// Of a database in this process.
class DatabaseLister final : public adapter::SeriesLister {
 public:
  explicit DatabaseLister(Database database) : database_(std::move(database)) {}
  absl::StatusOr<std::vector<Labels>> List(std::string_view selector) override {
    return database_.Series(selector, Timestamp::Min(), kMaxPreviewSeries);
  }
  absl::StatusOr<std::vector<std::string>> Names() override {
    return database_.LabelValues(kMetricNameLabel, {});
  }

 private:
  Database database_;
};

std::string UnixSeconds(Timestamp t) {
  return SecondsText(static_cast<double>(t.unix_millis()) / 1000);
}

// Of a server: what it had in the last minutes.
class ServerLister final : public adapter::SeriesLister {
 public:
  ServerLister(std::string url, Timestamp now) : url_(std::move(url)), now_(now) {}
  absl::StatusOr<std::vector<Labels>> List(std::string_view selector) override {
    const auto body = FetchRemote(url_, "/api/v1/series",
                                  {{"match[]", std::string(selector)},
                                   {"start", UnixSeconds(now_ - absl::Minutes(5))},
                                   {"end", UnixSeconds(now_)}});
    if (!body.ok()) return body.status();
    return adapter::ReadSeriesReply(*body);
  }
  absl::StatusOr<std::vector<std::string>> Names() override {
    const auto body = FetchRemote(url_, "/api/v1/label/__name__/values", {});
    if (!body.ok()) return body.status();
    return ReadRemoteList(url_, *body);
  }

 private:
  const std::string url_;
  const Timestamp now_;
};

class ServerQuerier final : public adapter::Querier {
 public:
  explicit ServerQuerier(std::string url) : url_(std::move(url)) {}
  absl::StatusOr<adapter::Answer> Ask(std::string_view promql, Timestamp t) override {
    const auto body = FetchRemote(url_, "/api/v1/query",
                                  {{"query", std::string(promql)}, {"time", UnixSeconds(t)}});
    if (!body.ok()) return body.status();
    const absl::StatusOr<Query> query = parser_.Prepare(promql);
    auto answer = adapter::ReadQueryReply(*body, query.ok() ? query->window() : Duration());
    if (answer.ok()) answer->time = t;
    return answer;
  }

 private:
  const std::string url_;
  const Database parser_{Options{.retention = kReach}};  // how far back a query looks
};

PreviewInput InputAt(Timestamp now) {
  PreviewInput input;
  input.now = now;
  input.nearest = &Nearest;
  return input;
}

// A pod's own body does not say which pod it is.
void HintAtLabels(RulePreview* preview) {
  for (adapter::PreviewedRule& rule : preview->rules) {
    if (rule.notes.empty() || rule.series_query.empty()) continue;
    rule.notes.emplace_back(
        "a body lacks the labels that scraping adds; give them: --labels "
        "'namespace=\"default\",pod=\"a-1\"'");
  }
}

absl::StatusOr<RulePreview> OverBodies(const CommandLine& line,
                                       const std::shared_ptr<const RuleSet>& rules) {
  const absl::StatusOr<int64_t> interval_ms = IntervalMs(line);
  if (!interval_ms.ok()) return interval_ms.status();
  const absl::StatusOr<Labels> labels = ParseLabels(line.Get("labels", ""));
  if (!labels.ok()) {
    return absl::FailedPreconditionError("--labels: " + std::string(labels.status().message()));
  }
  const std::vector<std::string> files = absl::StrSplit(line.Get("metrics", ""), ',');
  const absl::Duration interval = absl::Milliseconds(*interval_ms);
  const absl::Duration between_all = interval * static_cast<int64_t>(files.size() - 1);
  Database db({.retention = kReach + between_all});
  if (const absl::Status loaded = LoadBodies(db, *labels, files, *interval_ms); !loaded.ok()) {
    return loaded;
  }
  DatabaseLister lister(db);
  adapter::CachingQuerier querier(db);
  PreviewInput input = InputAt(Timestamp() + between_all);
  input.lister = &lister;
  input.querier = &querier;
  // How often the adapter will scrape is not known: a quarter of a window must be filled.
  input.policy.max_age = adapter::DefaultMaxAge(interval, std::min(interval, kTimeout));
  RulePreview preview = PreviewRules(rules, input);
  if (!line.Has("labels")) HintAtLabels(&preview);
  return preview;
}

absl::StatusOr<RulePreview> OverServer(const CommandLine& line,
                                       const std::shared_ptr<const RuleSet>& rules) {
  const Timestamp now = Timestamp::FromUnixMillis(absl::ToUnixMillis(absl::Now()));
  ServerLister lister(line.Get("adapter", ""), now);
  ServerQuerier querier(line.Get("adapter", ""));
  // A server that is not there is one fault, not one of each rule.
  if (const auto names = lister.Names(); !names.ok()) return names.status();
  PreviewInput input = InputAt(now);
  input.lister = &lister;
  input.querier = &querier;
  return PreviewRules(rules, input);
}

}  // namespace

absl::StatusOr<RulePreview> PreviewRulesOver(const CommandLine& line,
                                             const std::shared_ptr<const RuleSet>& rules) {
  if (line.Has("adapter") && line.Has("metrics")) {
    return absl::FailedPreconditionError("give --metrics or --adapter, not both");
  }
  for (const char* flag : {"labels", "interval"}) {
    if (line.Has(flag) && !line.Has("metrics")) {
      return absl::FailedPreconditionError(absl::StrCat("--", flag, " goes with --metrics"));
    }
  }
  if (line.Has("metrics")) return OverBodies(line, rules);
  if (line.Has("adapter")) return OverServer(line, rules);
  return PreviewRules(rules, InputAt(Timestamp()));
}

}  // namespace tacho::tools
#endif
