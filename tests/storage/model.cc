#include "tests/storage/model.h"

#include <algorithm>

#include "storage/row.h"
#include "tacho/sample.h"

namespace tacho::testing {

using storage::SameBits;
using storage::SamplePoint;

Refusal ModelTarget::CheckTime(int64_t time_ms, std::optional<int64_t> clock_ms) const {
  if (removed_) return Refusal::kTargetRemoved;
  if (time_ms < storage::kMinTime) return Refusal::kTooOld;
  if (time_ms > storage::kMaxTime) return Refusal::kTooFarAhead;
  if (!rows_.empty()) {
    const int64_t newest = ended_.value_or(rows_.back());
    if (time_ms == newest) return Refusal::kDuplicate;
    if (time_ms < newest) return Refusal::kOutOfOrder;
  }
  if (!clock_ms.has_value()) return Refusal::kNone;
  if (time_ms <= *clock_ms - limits_.retention_ms) return Refusal::kTooOld;
  if (time_ms > *clock_ms + limits_.max_ahead_ms) return Refusal::kTooFarAhead;
  return Refusal::kNone;
}

Refusal ModelTarget::Append(int64_t row_ms, const ModelSample& sample, bool* stored) {
  const int64_t time_ms = sample.own_time.value_or(row_ms);
  *stored = false;
  if (time_ms > std::min(row_ms + limits_.max_ahead_ms, storage::kMaxTime)) {
    return Refusal::kTooFarAhead;
  }
  if (time_ms <= row_ms - limits_.retention_ms || time_ms < storage::kMinTime) {
    return Refusal::kTooOld;
  }
  Events& events = series_[sample.series];
  if (!events.empty() && time_ms < events.back().time_ms) return Refusal::kOutOfOrder;
  if (!events.empty() && time_ms == events.back().time_ms) {
    const std::optional<double> last = events.back().value;
    const bool same = last.has_value() && SameBits(*last, sample.value);
    return same ? Refusal::kNone : Refusal::kDuplicate;
  }
  std::optional<double> value;
  if (!IsStaleMarker(sample.value)) value = sample.value;
  events.push_back({row_ms, time_ms, value, sample.own_time.has_value()});
  *stored = true;
  return Refusal::kNone;
}

ModelReport ModelTarget::Row(int64_t time_ms, bool mark_missing,
                             std::span<const ModelSample> samples,
                             std::optional<int64_t> clock_ms) {
  ModelReport report;
  report.row = CheckTime(time_ms, clock_ms);
  if (report.row != Refusal::kNone) return report;
  std::map<std::string, double> taken;
  std::set<std::string> live;
  for (const ModelSample& sample : samples) {
    Refusal refusal = Refusal::kNone;
    if (const auto it = taken.find(sample.series); it != taken.end()) {
      if (!SameBits(it->second, sample.value)) refusal = Refusal::kDuplicate;
    } else {
      bool stored = false;
      refusal = Append(time_ms, sample, &stored);
      if (stored) {
        taken[sample.series] = sample.value;
        const bool marker = IsStaleMarker(sample.value);
        if (!marker) ++report.stored;
        if (!marker && !sample.own_time.has_value()) live.insert(sample.series);
      }
    }
    if (refusal == Refusal::kNone) continue;
    ++report.refused;
    if (report.first_refusal == Refusal::kNone) report.first_refusal = refusal;
  }
  if (mark_missing && !ended_.has_value()) {
    for (const std::string& series : live_) {
      if (taken.contains(series)) continue;
      series_[series].push_back({time_ms, time_ms, std::nullopt});
      ++report.ended;
    }
  }
  rows_.push_back(time_ms);
  live_ = std::move(live);
  ended_.reset();
  Expire(time_ms - limits_.retention_ms);
  return report;
}

void ModelTarget::EndAll(int64_t time_ms) {
  if (rows_.empty() || ended_.has_value()) return;
  ended_ = time_ms;
  for (auto& [name, events] : series_) {
    if (events.empty() || !events.back().value.has_value() || events.back().own_time) continue;
    events.push_back({events.back().row_ms, time_ms, std::nullopt});
  }
}

Refusal ModelTarget::MarkStale(int64_t time_ms, std::optional<int64_t> clock_ms) {
  const Refusal refusal = CheckTime(time_ms, clock_ms);
  if (refusal == Refusal::kNone) EndAll(time_ms);
  return refusal;
}

void ModelTarget::Remove(int64_t time_ms, std::optional<int64_t> clock_ms) {
  if (removed_) return;
  int64_t at = std::min(time_ms, storage::kMaxTime);
  if (clock_ms.has_value()) at = std::min(at, *clock_ms + limits_.max_ahead_ms);
  if (!rows_.empty()) at = std::max(at, ended_.value_or(rows_.back()) + 1);
  EndAll(at);
  removed_ = true;
}

void ModelTarget::Expire(int64_t horizon_ms) {
  std::erase_if(rows_, [&](int64_t row_ms) { return row_ms <= horizon_ms; });
  for (auto& [name, events] : series_) {
    std::erase_if(events, [&](const Event& event) { return event.row_ms <= horizon_ms; });
  }
  // An end is remembered no longer than what it ended.
  std::erase_if(series_, [](const auto& entry) {
    return std::ranges::none_of(entry.second, &std::optional<double>::has_value, &Event::value);
  });
  if (!rows_.empty()) return;
  live_.clear();
  ended_.reset();
}

std::vector<std::string> ModelTarget::series() const {
  std::vector<std::string> names;
  for (const auto& [name, events] : series_) names.push_back(name);
  return names;
}

std::vector<SamplePoint> ModelTarget::Samples(const std::string& series, int64_t after_ms,
                                              int64_t until_ms) const {
  std::vector<SamplePoint> samples;
  const auto it = series_.find(series);
  if (it == series_.end()) return samples;
  for (const Event& event : it->second) {
    if (!event.value.has_value() || event.time_ms <= after_ms || event.time_ms > until_ms) continue;
    samples.push_back({event.time_ms, *event.value});
  }
  return samples;
}

std::optional<SamplePoint> ModelTarget::Latest(const std::string& series, int64_t ref_ms,
                                               int64_t lookback_ms) const {
  const auto it = series_.find(series);
  if (it == series_.end()) return std::nullopt;
  const Event* last = nullptr;
  for (const Event& event : it->second) {
    if (event.time_ms <= ref_ms) last = &event;
  }
  if (last == nullptr || !last->value.has_value()) return std::nullopt;
  if (last->time_ms <= ref_ms - lookback_ms) return std::nullopt;
  return SamplePoint{last->time_ms, *last->value};
}

}  // namespace tacho::testing
