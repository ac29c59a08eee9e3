#include "tests/storage/model_driver.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/row_writer.h"
#include "tacho/sample.h"

namespace tacho::testing {
namespace {

using storage::History;
using storage::SamplePoint;
using storage::TextLabel;

Options StoreOptions(const ModelLimits& limits) {
  Options options;
  options.retention = absl::Milliseconds(limits.retention_ms);
  options.max_ahead = absl::Milliseconds(limits.max_ahead_ms);
  return options;
}

std::string Metric(uint32_t series) { return absl::StrCat("m", series % 5); }

// Every third series has a label that the target has too.
std::vector<std::pair<std::string, std::string>> BodyLabels(uint32_t series) {
  std::vector<std::pair<std::string, std::string>> labels{{"n", absl::StrCat(series / 5)}};
  if (series % 3 == 0) labels.emplace_back("pod", "of the body");
  return labels;
}

std::string NameOf(uint32_t series) {
  const std::string_view renamed = series % 3 == 0 ? "exported_pod=of the body," : "";
  return absl::StrCat(Metric(series), "{", std::string(renamed), "n=", series / 5, ",}");
}

std::string NameOf(const storage::Identity& identity) {
  std::string name = absl::StrCat(identity.metric->text, "{");
  for (const storage::LabelPair& pair : identity.labels->pairs) {
    absl::StrAppend(&name, pair.name->text, "=", pair.value->text, ",");
  }
  return name + "}";
}

std::string Text(std::span<const SamplePoint> samples) {
  std::string text;
  for (const SamplePoint& s : samples) absl::StrAppend(&text, " ", s.value, "@", s.time_ms);
  return text;
}

bool Same(const SamplePoint& a, const SamplePoint& b) {
  return a.time_ms == b.time_ms && storage::SameBits(a.value, b.value);
}

std::string CheckMarks(const History& history, size_t i) {
  const storage::Row& row = *history.entries()[i].row;
  std::vector<uint32_t> gaps;
  std::set<uint32_t> resets(row.resets().begin(), row.resets().end());
  if (!std::ranges::is_sorted(row.resets())) return "resets not ascending";
  for (uint32_t p = 0; p < row.size(); ++p) {
    if (storage::IsGap(row[p])) gaps.push_back(p);
    size_t before = i;
    while (before > 0 && (p >= history.entries()[before - 1].row->size() ||
                          storage::IsGap((*history.entries()[before - 1].row)[p]))) {
      --before;
    }
    // The sample before may have expired: then nothing can be said.
    if (before == 0 && !storage::IsGap(row[p])) continue;
    const bool fell = before > 0 && row[p] < (*history.entries()[before - 1].row)[p];
    if (fell != resets.contains(p)) return absl::StrCat("reset mark of position ", p);
  }
  return std::ranges::equal(gaps, row.gaps()) ? "" : "gaps";
}

}  // namespace

std::string CheckHistory(const History& history) {
  const auto entries = history.entries();
  for (size_t i = 0; i < entries.size(); ++i) {
    const storage::Entry& entry = entries[i];
    const std::string at = absl::StrCat(" at row ", i, " of ", entries.size());
    if (entry.time_ms != entry.row->time_ms()) return "time" + at;
    if (entry.row->size() > history.shape().size()) return "size" + at;
    if (entry.row->timed() && !history.timed()) return "timed" + at;
    const bool whole = entry.row->size() == history.shape().size();
    if (whole != (i >= history.whole_from())) return "whole" + at;
    if (entry.ended_ms <= entry.time_ms) return "ended" + at;
    if (std::string bad = CheckMarks(history, i); !bad.empty()) return bad + at;
    if (i == 0) continue;
    const storage::Entry& before = entries[i - 1];
    if (before.time_ms >= entry.time_ms) return "order" + at;
    if (before.ended_ms != storage::kNotEnded && before.ended_ms >= entry.time_ms) {
      return "ended after" + at;
    }
    if (before.row->size() > entry.row->size()) return "shrinking" + at;
    if (entry.gaps - before.gaps != entry.row->gap_count()) return "gaps" + at;
    if (entry.resets - before.resets != entry.row->reset_count()) return "resets" + at;
  }
  return "";
}

StoreDriver::StoreDriver(Choices& choices)
    : choices_(choices), store_(StoreOptions(limits_)), bytes_at_first_(store_.Stats().bytes) {}

int64_t StoreDriver::RandomTime() {
  switch (choices_.Below(16)) {
    case 0:
      return time_ms_;
    case 1:
      return time_ms_ - choices_.Below(300);
    case 2:
      return time_ms_ + choices_.Below(2000);
    case 3:
      switch (choices_.Below(8)) {
        case 0:
          return std::numeric_limits<int64_t>::min();
        case 1:
          return std::numeric_limits<int64_t>::max();
        case 2:
          return storage::kMinTime - 1;
        case 3:
          return storage::kMaxTime + 1;
        default:
          break;
      }
      [[fallthrough]];
    default:
      return time_ms_ + 20 + choices_.Below(100);
  }
}

double StoreDriver::RandomValue() {
  const uint32_t n = choices_.Below(40);
  return n == 0 ? NormalNan() : n == 1 ? StaleMarker() : n;
}

// A window of series that moves on, some left out, in one order or the other; where no
// sample has a timestamp, some twice.
std::vector<StoreDriver::BodySample> StoreDriver::RandomBody(Seat& seat, int64_t time_ms) {
  std::vector<BodySample> body;
  seat.first_series += choices_.Below(8) == 0 ? choices_.Below(25) : choices_.Below(2);
  const uint32_t count = choices_.Below(4) == 0 ? choices_.Below(40) : 30;
  const uint32_t skip = 1 + choices_.Below(20);
  const int64_t near_ms = std::clamp(time_ms, storage::kMinTime, storage::kMaxTime);
  for (uint32_t i = 0; i < count; ++i) {
    if (i % 20 == skip) continue;
    BodySample& sample = body.emplace_back();
    sample.series = seat.first_series + i;
    sample.value = RandomValue();
    if (!seat.timed || i % 4 != 0 || IsStaleMarker(sample.value)) continue;
    sample.own_time = choices_.Below(16) == 0 ? RandomTime() : near_ms - choices_.Below(100);
  }
  if (!seat.timed && !body.empty() && choices_.Below(4) == 0) {
    const BodySample again = body[choices_.Below(static_cast<uint32_t>(body.size()))];
    body.push_back({again.series, choices_.Below(2) == 0 ? again.value : 99, std::nullopt});
  }
  if (choices_.Below(4) == 0) std::ranges::reverse(body);
  return body;
}

std::string StoreDriver::CompareReport(const ModelReport& expected,
                                       const absl::StatusOr<IngestReport>& got) const {
  if (got.ok() != (expected.row == Refusal::kNone)) {
    return absl::StrCat("row: ", got.status().ToString(), " but expected ",
                        std::string(RefusalName(expected.row)));
  }
  if (!got.ok()) return "";
  const bool same = got->stored == expected.stored && got->series_ended == expected.ended &&
                    got->refused == expected.refused &&
                    (got->refused != 1 || got->first_refusal == expected.first_refusal);
  if (same) return "";
  return absl::StrCat("stored ", got->stored, " ended ", got->series_ended, " refused ",
                      got->refused, " ", std::string(RefusalName(got->first_refusal)),
                      ", expected ", expected.stored, " ", expected.ended, " ", expected.refused,
                      " ", std::string(RefusalName(expected.first_refusal)));
}

std::string StoreDriver::WriteRow(Seat& seat) {
  const int64_t time_ms = RandomTime();
  const bool mark_missing = choices_.Below(4) != 0;
  const std::vector<BodySample> body = RandomBody(seat, time_ms);
  std::vector<ModelSample> named;
  absl::StatusOr<IngestReport> got;
  {
    storage::RowWriter row(*seat.ref, time_ms, mark_missing);
    for (const BodySample& sample : body) {
      named.push_back({NameOf(sample.series), sample.value, sample.own_time});
      const auto labels = BodyLabels(sample.series);
      const std::vector<TextLabel> text(labels.begin(), labels.end());
      if (sample.own_time.has_value()) {
        row.AddAt(Metric(sample.series), text, sample.value, *sample.own_time);
      } else {
        row.Add(Metric(sample.series), text, sample.value);
      }
    }
    if (choices_.Below(16) == 0) return "";  // dropped: nothing has happened
    const uint64_t layout = row.layout();
    got = row.Commit();
    if (row.layout() != layout) ++compactions_;
  }
  ModelReport expected{.row = Refusal::kTargetRemoved};
  if (seat.model.has_value()) {
    expected = seat.model->Row(time_ms, mark_missing, named, clock_ms_);
    if (expected.row == Refusal::kNone) time_ms_ = time_ms;
  }
  return CompareReport(expected, got);
}

std::string StoreDriver::AppendAlone(size_t number) {
  Seat& seat = lone_[number];
  const Labels series({{"__name__", "lone"}, {"n", absl::StrCat(number)}});
  auto ref = store_.LoneSeries(series);
  if (!ref.ok()) return ref.status().ToString();
  seat.ref = *ref;
  if (!seat.model.has_value()) seat.model.emplace(limits_);
  const int64_t time_ms = RandomTime();
  const double value = RandomValue();
  absl::StatusOr<IngestReport> got;
  {
    storage::RowWriter row(*seat.ref, time_ms, /*mark_missing=*/false);
    row.Add("lone", {}, value);
    got = row.Commit();
  }
  const ModelSample sample{"lone{}", value, std::nullopt};
  return CompareReport(seat.model->Row(time_ms, false, {&sample, 1}, clock_ms_), got);
}

std::string StoreDriver::AddTarget(Seat& seat, size_t number) {
  const Labels labels({{"job", "test"}, {"pod", absl::StrCat("p", number)}});
  const bool taken = seat.model.has_value() && !seat.model->removed();
  auto ref = store_.AddTarget(labels, {});
  if (ref.ok() == taken) return absl::StrCat("AddTarget: ", ref.status().ToString());
  if (taken) return "";
  if (seat.model.has_value() && *ref != seat.ref) return "AddTarget: not the one that was removed";
  seat.ref = *ref;
  if (seat.model.has_value()) {
    seat.model->Revive();
  } else {
    seat.model.emplace(limits_);
    seat.timed = choices_.Below(2) == 0;
  }
  return "";
}

std::string StoreDriver::MarkStale(Seat& seat) {
  const int64_t time_ms = RandomTime();
  const Refusal got = seat.ref->MarkStale(time_ms);
  const Refusal expected = seat.model.has_value() ? seat.model->MarkStale(time_ms, clock_ms_)
                                                  : Refusal::kTargetRemoved;
  if (got == expected) return "";
  return absl::StrCat("MarkStale: ", std::string(RefusalName(got)), ", expected ",
                      std::string(RefusalName(expected)));
}

void StoreDriver::Remove(Seat& seat) {
  const int64_t time_ms = RandomTime();
  seat.ref->Remove(time_ms);
  if (seat.model.has_value()) seat.model->Remove(time_ms, clock_ms_);
}

void StoreDriver::Advance() {
  const int64_t now_ms = time_ms_ + choices_.Below(8) * 100;
  clock_ms_ = std::max(now_ms, clock_ms_.value_or(now_ms));
  store_.Advance(now_ms);
  for (Seat& seat : seats_) {
    if (!seat.model.has_value()) continue;
    seat.model->Expire(*clock_ms_ - limits_.retention_ms);
    if (seat.model->removed() && seat.model->empty()) seat.model.reset();
  }
  for (Seat& seat : lone_) {
    if (!seat.model.has_value()) continue;
    seat.model->Expire(*clock_ms_ - limits_.retention_ms);
    if (seat.model->empty()) seat = {};
  }
}

std::string StoreDriver::Step() {
  const size_t number = choices_.Below(kTargets);
  Seat& seat = seats_[number];
  const uint32_t what = choices_.Below(32);
  if (seat.ref == nullptr || what == 0) return AddTarget(seat, number);
  if (what == 1) {
    Remove(seat);
  } else if (what == 2 || what == 3) {
    return MarkStale(seat);
  } else if (what < 7) {
    return AppendAlone(choices_.Below(kLoneSeries));
  } else if (what < 9) {
    Advance();
  } else if (what == 9) {
    store_.catalog().Collect();
  } else {
    return WriteRow(seat);
  }
  return "";
}

std::string StoreDriver::CompareSeries(const ModelTarget& model, const std::string& series,
                                       const History& history, std::optional<uint32_t> position) {
  constexpr int64_t kEver = std::numeric_limits<int64_t>::max();
  for (int i = 0; i < 3; ++i) {
    const int64_t until = i == 0 ? kEver : time_ms_ + 300 - choices_.Below(1500);
    const int64_t after = i == 0 ? -kEver : until - choices_.Below(1500);
    std::vector<SamplePoint> got;
    if (position.has_value()) storage::ReadSamples(history, *position, after, until, &got);
    const std::vector<SamplePoint> expected = model.Samples(series, after, until);
    if (!std::ranges::equal(got, expected, Same)) {
      return absl::StrCat(series, " in (", after, ",", until, "]:", Text(got), ", expected",
                          Text(expected));
    }
    const int64_t ref = time_ms_ + 400 - choices_.Below(1500);
    const int64_t lookback = 1 + choices_.Below(600);
    SamplePoint latest{};
    const bool seen = position.has_value() &&
                      storage::ReadLatest(history, *position, ref, lookback, &latest);
    const std::optional<SamplePoint> last = model.Latest(series, ref, lookback);
    if (seen != last.has_value() || (seen && !Same(latest, *last))) {
      return absl::StrCat(series, " at ", ref, ": ", seen ? Text({&latest, 1}) : "none",
                          ", expected ", last.has_value() ? Text({&*last, 1}) : "none");
    }
  }
  return "";
}

std::string StoreDriver::CompareTarget(const Seat& seat) {
  if (!seat.model.has_value()) return "";
  const storage::ReadGuard guard = store_.Read();
  if (store_.At(seat.ref->slot()) != seat.ref.get()) return "not in its slot";
  const History& history = *seat.ref->Load();
  if (std::string bad = CheckHistory(history); !bad.empty()) return bad;
  if (history.entries().size() != seat.model->rows()) return "number of rows";
  std::map<std::string, uint32_t> positions;
  for (uint32_t p = 0; p < history.shape().size(); ++p) {
    if (!positions.emplace(NameOf(history.shape()[p]), p).second) return "a series twice";
  }
  for (const auto& [series, position] : positions) {
    std::string bad = CompareSeries(*seat.model, series, history, position);
    if (!bad.empty()) return bad;
  }
  for (const std::string& series : seat.model->series()) {
    if (positions.contains(series)) continue;
    std::string bad = CompareSeries(*seat.model, series, history, std::nullopt);
    if (!bad.empty()) return bad;
  }
  return "";
}

std::string StoreDriver::CompareTotals() const {
  const storage::ReadGuard guard = store_.Read();
  uint64_t series = 0;
  uint64_t rows = 0;
  for (uint32_t slot = 0; slot < store_.slot_count(); ++slot) {
    const storage::Target* target = store_.At(slot);
    if (target == nullptr) continue;
    series += target->Load()->shape().size();
    rows += target->Load()->entries().size();
  }
  const DatabaseStats stats = store_.Stats();
  if (stats.series == series && stats.rows == rows) return "";
  return absl::StrCat("counted ", stats.series, " series and ", stats.rows, " rows, there are ",
                      series, " and ", rows);
}

std::string StoreDriver::Compare() {
  for (const Seat& seat : seats_) {
    if (std::string bad = CompareTarget(seat); !bad.empty()) return bad;
  }
  for (const Seat& seat : lone_) {
    if (std::string bad = CompareTarget(seat); !bad.empty()) return bad;
  }
  return CompareTotals();
}

std::string StoreDriver::Finish() {
  for (Seat& seat : seats_) {
    if (seat.ref != nullptr) seat.ref->Remove(time_ms_);
    seat = {};
  }
  for (Seat& seat : lone_) seat = {};
  // No row can be newer than the clock and max_ahead; without a clock, anything goes.
  store_.Advance(std::numeric_limits<int64_t>::max());
  store_.catalog().Collect();
  const DatabaseStats stats = store_.Stats();
  if (stats.targets == 0 && stats.series == 0 && stats.rows == 0 && stats.shapes == 1 &&
      stats.bytes == bytes_at_first_) {
    return "";
  }
  return absl::StrCat("left over: ", stats.targets, " targets, ", stats.series, " series, ",
                      stats.rows, " rows, ", stats.shapes, " shapes, ", stats.bytes,
                      " bytes instead of ", bytes_at_first_);
}

}  // namespace tacho::testing
