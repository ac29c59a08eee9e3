#include "adapter/core/prom_status.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "adapter/core/json_writer.h"
#include "adapter/core/prom_reply.h"
#include "adapter/core/prom_values.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

constexpr std::string_view kNoTime = "0001-01-01T00:00:00Z";  // Go's zero time

std::string TimeJson(Timestamp t) {
  return JsonString(absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", t.ToTime(), absl::UTCTimeZone()));
}

// One object of JSON, member by member.
class ObjectWriter {
 public:
  ObjectWriter& Text(std::string_view key, std::string_view value) {
    return Raw(key, JsonString(value));
  }
  ObjectWriter& Number(std::string_view key, uint64_t value) {
    return Raw(key, absl::StrCat(value));
  }
  ObjectWriter& Raw(std::string_view key, std::string_view json) {
    absl::StrAppend(&out_, out_.size() > 1 ? "," : "", "\"", Abs(key), "\":", Abs(json));
    return *this;
  }
  std::string Take() { return std::move(out_) + "}"; }

 private:
  std::string out_ = "{";
};

std::string LabelsJson(const Labels& labels) {
  std::string out;
  AppendLabelsJson(labels, &out);
  return out;
}

std::string_view HealthOf(const TargetStatus& target) {
  if (!target.last.has_value()) return "unknown";
  return target.last->error.empty() ? "up" : "down";
}

std::string TargetJson(const TargetStatus& target) {
  std::string seconds;
  AppendJsonNumber(target.last.has_value() ? target.last->seconds : 0, &seconds);
  ObjectWriter out;
  out.Raw("discoveredLabels", LabelsJson(target.labels))
      .Raw("labels", LabelsJson(target.labels))
      .Text("scrapePool", target.job)
      .Text("scrapeUrl", target.url)
      .Text("globalUrl", target.url)
      .Text("lastError", target.last.has_value() ? target.last->error : "")
      .Raw("lastScrape",
           target.last.has_value() ? TimeJson(target.last->time) : JsonString(kNoTime))
      .Raw("lastScrapeDuration", seconds)
      .Text("health", HealthOf(target))
      .Text("scrapeInterval", FormatPrometheusDuration(target.interval))
      .Text("scrapeTimeout", FormatPrometheusDuration(target.timeout));
  return out.Take();
}

std::string ActiveJson(const std::vector<TargetStatus>& targets, std::string_view pool) {
  std::string out;
  for (const TargetStatus& target : targets) {
    if (!pool.empty() && target.job != pool) continue;
    absl::StrAppend(&out, out.empty() ? "" : ",", TargetJson(target));
  }
  return absl::StrCat("[", out, "]");
}

}  // namespace

std::string FormatPrometheusDuration(Duration duration) {
  struct Unit {
    std::string_view name;
    int64_t ms;
    bool only_whole;  // years, weeks and days only where nothing is left over
  };
  constexpr std::array<Unit, 7> kUnits = {{{"y", int64_t{365} * 86'400'000, true},
                                           {"w", int64_t{7} * 86'400'000, true},
                                           {"d", 86'400'000, true},
                                           {"h", 3'600'000, false},
                                           {"m", 60'000, false},
                                           {"s", 1000, false},
                                           {"ms", 1, false}}};
  int64_t ms = absl::ToInt64Milliseconds(duration);
  if (ms == 0) return "0s";
  std::string out = ms < 0 ? "-" : "";
  ms = ms < 0 ? -ms : ms;
  for (const Unit& unit : kUnits) {
    if (unit.only_whole && ms % unit.ms != 0) continue;
    if (ms >= unit.ms) absl::StrAppend(&out, ms / unit.ms, Abs(unit.name));
    ms %= unit.ms;
  }
  return out;
}

HttpReply TargetsReply(const Route& route, const StatusSource& status) {
  const std::string state = Lowercase(route.Param("state"));
  std::vector<TargetStatus> targets;
  if (state != "dropped") targets = status.Targets();
  std::ranges::sort(targets, [](const TargetStatus& a, const TargetStatus& b) {
    return std::tie(a.job, a.labels) < std::tie(b.job, b.labels);
  });
  const bool none = state == "dropped";
  return PromSuccess(absl::StrCat(R"({"activeTargets":)",
                                  none ? "[]" : ActiveJson(targets, route.Param("scrapePool")),
                                  R"(,"droppedTargets":[],"droppedTargetCounts":{}})"));
}

HttpReply BuildInfoReply(const StatusSource& status) {
  ObjectWriter out;
  out.Text("version", status.version())
      .Text("revision", "")
      .Text("branch", "")
      .Text("buildUser", "")
      .Text("buildDate", "")
      .Text("goVersion", "");
  return PromSuccess(out.Take());
}

HttpReply RuntimeInfoReply(const StatusSource& status, Timestamp now) {
  const RuntimeInfo info = status.Runtime();
  ObjectWriter out;
  out.Raw("startTime", TimeJson(info.start_time))
      .Text("CWD", info.working_directory)
      .Text("hostname", info.hostname)
      .Raw("serverTime", TimeJson(now))
      .Raw("reloadConfigSuccess", "true")  // a process whose configuration is bad is none
      .Raw("lastConfigTime", TimeJson(info.start_time))
      .Number("corruptionCount", 0)  // nothing is on disk
      .Number("goroutineCount", info.threads)
      .Number("GOMAXPROCS", info.cores)
      .Number("GOMEMLIMIT", info.memory_limit)
      .Text("GOGC", "")
      .Text("GODEBUG", "")
      .Text("storageRetention", FormatPrometheusDuration(info.retention));
  return PromSuccess(out.Take());
}

}  // namespace tacho::adapter
