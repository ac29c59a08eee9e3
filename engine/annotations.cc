#include "engine/annotations.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/number_text.h"
#include "parser/number.h"

namespace tacho::engine {
namespace {

// Whole seconds, cut off.
std::string Rfc3339(int64_t ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(ms / 1000),
                          absl::UTCTimeZone());
}

}  // namespace

void Annotations::Add(std::string_view kind, std::string_view text, std::string_view position,
                      bool warning) {
  auto& kept = warning ? warnings_ : infos_;
  const auto known = kept.find(text);
  if (known == kept.end() && kept.size() >= kMaxKept) return;
  std::string line(kind);
  line += text;
  if (!position.empty()) line.append(" (").append(position).append(")");
  if (known != kept.end()) {
    known->second = std::move(line);
  } else {
    kept.emplace(text, std::move(line));
  }
}

void Annotations::InformOfFix(std::string_view metric, const MonotonicityFix& fix, int64_t time_ms,
                              std::string_view position) {
  auto of = fixes_.find(metric);
  if (of == fixes_.end()) {
    if (fixes_.size() >= kMaxKept) return;
    of = fixes_.emplace(metric, Fixes{{}, 0, time_ms, time_ms, std::string(position)}).first;
  }
  Fixes& fixes = of->second;
  fixes.extent.min_bucket = std::min(fixes.extent.min_bucket, fix.min_bucket);
  fixes.extent.max_bucket = std::max(fixes.extent.max_bucket, fix.max_bucket);
  fixes.extent.max_diff = std::max(fixes.extent.max_diff, fix.max_diff);
  fixes.first_ms = std::min(fixes.first_ms, time_ms);
  fixes.last_ms = std::max(fixes.last_ms, time_ms);
  ++fixes.histograms;
}

std::string Annotations::TextOf(const std::string& metric, const Fixes& fixes) {
  return absl::StrCat(
      "input to histogram_quantile needed to be fixed for monotonicity (see "
      "https://prometheus.io/docs/prometheus/latest/querying/functions/"
      "#histogram_quantile)",
      metric.empty() ? "" : absl::StrCat(" for metric name \"", metric, "\""), ", from buckets ",
      parser::FormatFloat(fixes.extent.min_bucket), " to ",
      parser::FormatFloat(fixes.extent.max_bucket), ", with a max diff of ",
      GoTwoDigits(fixes.extent.max_diff), ", over ", fixes.histograms, " samples from ",
      Rfc3339(fixes.first_ms), " to ", Rfc3339(fixes.last_ms));
}

std::vector<Annotation> Annotations::Take() {
  for (const auto& [metric, fixes] : fixes_) Inform(TextOf(metric, fixes), fixes.position);
  std::vector<Annotation> all;
  for (auto& [text, line] : warnings_) all.push_back({true, std::move(line)});
  for (auto& [text, line] : infos_) all.push_back({false, std::move(line)});
  warnings_.clear();
  infos_.clear();
  fixes_.clear();
  return all;
}

}  // namespace tacho::engine
