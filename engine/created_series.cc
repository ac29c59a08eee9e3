// Start times as OpenMetrics bodies tell them.
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/start_times.h"
#include "tacho/sample.h"

namespace tacho::engine {
namespace {

using storage::Identity;
using storage::kNoPosition;

// The labels of a series as a key, without those of one of its parts.
std::string KeyOf(std::string_view metric, const Identity& identity) {
  std::string key(metric);
  for (const storage::LabelPair& pair : identity.labels->pairs) {
    if (pair.name->text == "le" || pair.name->text == "quantile") continue;
    for (const std::string* text : {&pair.name->text, &pair.value->text}) {
      key += '\0';
      key += *text;
    }
  }
  return key;
}

// foo of foo_total; empty if nothing counts there.
std::string_view FamilyOf(std::string_view metric) {
  for (const std::string_view suffix : {"_total", "_count", "_sum", "_bucket"}) {
    if (metric.ends_with(suffix)) return metric.substr(0, metric.size() - suffix.size());
  }
  return {};
}

class CreatedSeriesTimes : public StartTimes {
 public:
  void Read(const Series& series, std::span<const storage::SamplePoint> samples,
            std::vector<int64_t>* starts) const override {
    const uint32_t created = CreatedOf(series.history->shape(), series.position);
    if (created == kNoPosition || samples.empty()) return;
    storage::ReadSamples(*series.history, created, samples.front().time_ms - 1,
                         samples.back().time_ms, &created_);
    starts->assign(samples.size(), 0);
    size_t next = 0;
    for (size_t i = 0; i < samples.size(); ++i) {
      while (next < created_.size() && created_[next].time_ms < samples[i].time_ms) ++next;
      if (next == created_.size()) break;
      if (created_[next].time_ms == samples[i].time_ms) (*starts)[i] = Millis(created_[next].value);
    }
  }

 private:
  // 0 for what is no time.
  static int64_t Millis(double seconds) {
    const double ms = std::round(seconds * 1000);
    return std::fabs(ms) < 0x1p62 ? static_cast<int64_t>(ms) : 0;
  }

  // The position of the _created series that belongs to a position.
  uint32_t CreatedOf(const storage::Shape& shape, uint32_t position) const {
    if (shape.id() != shape_id_) Learn(shape);
    return created_of_[position];
  }

  void Learn(const storage::Shape& shape) const {
    absl::flat_hash_map<std::string, uint32_t> positions;
    constexpr std::string_view kSuffix = "_created";
    for (uint32_t i = 0; i < shape.size(); ++i) {
      const std::string_view metric = shape[i].metric->text;
      if (!metric.ends_with(kSuffix)) continue;
      positions.emplace(KeyOf(metric.substr(0, metric.size() - kSuffix.size()), shape[i]), i);
    }
    created_of_.assign(shape.size(), kNoPosition);
    for (uint32_t i = 0; i < shape.size() && !positions.empty(); ++i) {
      const std::string_view family = FamilyOf(shape[i].metric->text);
      if (family.empty()) continue;
      const auto it = positions.find(KeyOf(family, shape[i]));
      if (it != positions.end()) created_of_[i] = it->second;
    }
    shape_id_ = shape.id();
  }

  // Of the shape that was asked for last: targets of one shape come one after the other.
  mutable uint64_t shape_id_ = 0;
  mutable std::vector<uint32_t> created_of_;
  mutable std::vector<storage::SamplePoint> created_;
};

}  // namespace

std::unique_ptr<StartTimes> CreatedSeries() { return std::make_unique<CreatedSeriesTimes>(); }

}  // namespace tacho::engine
