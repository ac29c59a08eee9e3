#include "tools/promqltest/storage.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/series_labels.h"
#include "engine/start_times.h"
#include "storage/matcher.h"

namespace tacho::promqltest {
namespace {

constexpr int64_t kMaxRegexBytes = 1 << 20;

// The native histogram that a classic one's series would make: without le and the suffix
// of its name. Empty for other series.
Labels HistogramOf(const Labels& series) {
  const std::string_view name = series.Get(kMetricNameLabel);
  for (const std::string_view suffix : {"_bucket", "_count", "_sum"}) {
    if (!name.ends_with(suffix) || (suffix == "_bucket" && !series.Has("le"))) continue;
    std::vector<Label> labels;
    for (const Label& label : series) {
      if (label.name != "le" && label.name != kMetricNameLabel) labels.push_back(label);
    }
    labels.push_back(
        {std::string(kMetricNameLabel), std::string(name.substr(0, name.size() - suffix.size()))});
    return Labels::FromUnsorted(std::move(labels));
  }
  return {};
}

bool Selects(const std::vector<storage::LabelMatcher>& matchers, const Labels& series) {
  for (const storage::LabelMatcher& matcher : matchers) {
    if (!matcher.Matches(series.Get(matcher.label()))) return false;
  }
  return true;
}

// Empty if one of them cannot be made: then the query is refused for it.
std::vector<storage::LabelMatcher> MatchersOf(const parser::Node& selector) {
  std::vector<storage::LabelMatcher> matchers;
  for (const parser::Matcher& m : selector.matchers) {
    auto matcher = storage::LabelMatcher::Create(m.label, m.op, m.value, kMaxRegexBytes);
    if (!matcher.ok()) return {};
    matchers.push_back(*std::move(matcher));
  }
  return matchers;
}

}  // namespace

Options ScriptOptions() {
  constexpr uint32_t kMany = 1'000'000'000;
  Options options;
  options.retention = absl::Hours(24 * 365 * 200);
  options.max_ahead = options.retention;
  options.storage.max_targets = kMany;
  options.storage.max_series = kMany;
  options.storage.max_samples_per_scrape = kMany;
  options.storage.max_labels_per_series = 1000;
  options.storage.max_label_name_bytes = 1 << 16;
  options.storage.max_label_value_bytes = 1 << 16;
  options.query.max_query_bytes = 1 << 16;
  options.query.max_samples = kMany;
  options.query.max_points = kMany;
  options.query.max_steps = kMany;
  options.promql = {.experimental_functions = true,
                    .duration_expressions = true,
                    .extended_range_selectors = true,
                    .fill_modifiers = true,
                    .start_timestamps = true,
                    .delayed_name_removal = true};
  return options;
}

class LoadedStarts : public engine::StartTimes {
 public:
  void Add(const Labels& labels, int64_t time_ms, int64_t start_ms) {
    starts_[labels][time_ms] = start_ms;
  }

  void Read(const Series& series, std::span<const storage::SamplePoint> samples,
            std::vector<int64_t>* starts) const override {
    const auto known = starts_.find(
        engine::SeriesLabels(series.history->shape()[series.position], series.target->labels(),
                             engine::LabelFilter::All(/*drop_name=*/false)));
    if (known == starts_.end()) return;
    for (const storage::SamplePoint& sample : samples) {
      const auto start = known->second.find(sample.time_ms);
      starts->push_back(start == known->second.end() ? 0 : start->second);
    }
  }

 private:
  std::map<Labels, std::map<int64_t, int64_t>> starts_;
};

ScriptStorage::ScriptStorage()
    : database_(ScriptOptions()), starts_(std::make_shared<LoadedStarts>()) {
  engine::UseStartTimes(database_, starts_);
}

absl::Status ScriptStorage::StoreSeries(const Labels& labels, const LoadedSeries& series,
                                        int64_t step_ms) {
  for (size_t i = 0; i < series.values.size(); ++i) {
    if (!series.values[i].has_value()) continue;
    const auto time = Timestamp::FromUnixMillis(static_cast<int64_t>(i) * step_ms);
    const absl::Status status = database_.Append(labels, time, *series.values[i]);
    if (status.ok()) {
      if (!series.starts_ms.empty() && series.starts_ms[i].has_value()) {
        starts_->Add(labels, time.unix_millis(), time.unix_millis() + *series.starts_ms[i]);
      }
      continue;
    }
    return absl::Status(status.code(),
                        absl::StrCat(series.line, ": sample ", i + 1, " of ", labels.ToString(),
                                     ": ", std::string(status.message())));
  }
  return absl::OkStatus();
}

absl::Status ScriptStorage::Store(const Load& load) {
  for (const auto& [labels, series] : load.series) {
    if (series.histograms) {
      histograms_.emplace(labels, series.line);
      continue;
    }
    if (load.with_nhcb) {
      Labels histogram = HistogramOf(labels);
      if (!histogram.empty()) histograms_.emplace(std::move(histogram), series.line);
    }
    if (absl::Status status = StoreSeries(labels, series, load.step_ms); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

std::string ScriptStorage::NeedsHistograms(const parser::Ast& ast) const {
  if (histograms_.empty()) return "";
  for (parser::NodeId id = 0; id < ast.size(); ++id) {
    if (ast[id].kind != parser::NodeKind::kVectorSelector) continue;
    const std::vector<storage::LabelMatcher> matchers = MatchersOf(ast[id]);
    if (matchers.empty()) continue;
    for (const auto& [labels, line] : histograms_) {
      if (!Selects(matchers, labels)) continue;
      return absl::StrCat("selects a native histogram: ", labels.ToString(), " of line ", line);
    }
  }
  return "";
}

}  // namespace tacho::promqltest
