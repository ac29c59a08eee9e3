// Scrapes in a line: rows by name into a target, and one series read back.
#ifndef TACHO_TESTS_STORAGE_SCRAPE_H_
#define TACHO_TESTS_STORAGE_SCRAPE_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/row_writer.h"
#include "storage/store.h"

namespace tacho::testing {

struct Sample {
  std::string metric;
  double value = 0;
  std::vector<std::pair<std::string, std::string>> labels = {};
  std::optional<int64_t> own_time = {};
};

inline absl::StatusOr<IngestReport> Write(storage::Target& target, int64_t time_ms,
                                          const std::vector<Sample>& samples,
                                          bool mark_missing) {
  storage::RowWriter row(target, time_ms, mark_missing);
  for (const Sample& sample : samples) {
    const std::vector<storage::TextLabel> labels(sample.labels.begin(), sample.labels.end());
    if (sample.own_time.has_value()) {
      row.AddAt(sample.metric, labels, sample.value, *sample.own_time);
    } else {
      row.Add(sample.metric, labels, sample.value);
    }
  }
  return row.Commit();
}

// A whole body: what it lacks has ended.
inline absl::StatusOr<IngestReport> Scrape(storage::Target& target, int64_t time_ms,
                                           const std::vector<Sample>& samples) {
  return Write(target, time_ms, samples, /*mark_missing=*/true);
}

// Where the series metric{name="value"} is; the label is of the body, and may be left out
// where the metric has but one series.
inline std::optional<uint32_t> Find(const storage::Shape& shape, std::string_view metric,
                                    std::string_view label = {}, std::string_view value = {}) {
  for (uint32_t p = 0; p < shape.size(); ++p) {
    if (shape[p].metric->text != metric) continue;
    if (label.empty()) return p;
    const storage::LabelPair* pair = shape[p].labels->Find(label);
    if (pair != nullptr && pair->value->text == value) return p;
  }
  return std::nullopt;
}

// All samples of a metric's one series.
inline std::vector<storage::SamplePoint> Samples(const storage::Target& target,
                                                 std::string_view metric) {
  std::vector<storage::SamplePoint> samples;
  const storage::History& history = *target.Load();
  const std::optional<uint32_t> position = Find(history.shape(), metric);
  if (position.has_value()) {
    storage::ReadSamples(history, *position, INT64_MIN, INT64_MAX, &samples);
  }
  return samples;
}

// What an instant selector sees, with a lookback of a minute.
inline std::optional<double> Latest(const storage::Target& target, std::string_view metric,
                                    int64_t ref_ms) {
  const storage::History& history = *target.Load();
  const std::optional<uint32_t> position = Find(history.shape(), metric);
  storage::SamplePoint sample{};
  if (!position.has_value()) return std::nullopt;
  if (!storage::ReadLatest(history, *position, ref_ms, 60'000, &sample)) return std::nullopt;
  return sample.value;
}

}  // namespace tacho::testing

#endif  // TACHO_TESTS_STORAGE_SCRAPE_H_
