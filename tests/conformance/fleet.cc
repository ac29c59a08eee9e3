#include "tests/conformance/fleet.h"

#include <array>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "tacho/sample.h"
#include "tests/conformance/script.h"

namespace tacho::testing {
namespace {

Timestamp AtMs(int64_t ms) { return Timestamp::FromUnixMillis(ms); }

Labels Union(const Labels& a, const Labels& b) {
  std::vector<Label> all(a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  return Labels::FromUnsorted(std::move(all));
}

}  // namespace

Fleet::Fleet(uint64_t seed) : random_(seed), db_(ScriptOptions()) {
  const int64_t targets = Between(1, 4);
  for (int64_t i = 0; i < targets; ++i) {
    Seat& seat = seats_.emplace_back();
    seat.labels = Labels({{"pod", "p" + std::to_string(i)}, {"zone", "z" + std::to_string(i % 2)}});
    seat.text = OneIn(3);
    const int64_t series = Between(1, 40);
    for (int64_t k = 0; k < series; ++k) AddSeries(seat);
  }
}

int64_t Fleet::Between(int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random_);
}

int64_t Fleet::SomeTime() {
  // Often just where a sample is, or a window begins.
  if (OneIn(3)) return now_ms_ - Between(0, 6) * 10'000;
  return now_ms_ + Between(-200'000, 60'000);
}

void Fleet::AddSeries(Seat& seat) {
  Series& series = seat.series.emplace_back();
  series.in_body =
      Labels({{"__name__", OneIn(2) ? "a" : "b"}, {"i", std::to_string(seat.series.size())}});
  series.whole = Union(series.in_body, seat.labels);
  series.habit = OneIn(8) ? Habit::kOdd : OneIn(4) ? Habit::kGauge : Habit::kCounter;
  series.value = static_cast<double>(Between(0, 1000));
  series.own_time = seat.text && OneIn(4);
}

double Fleet::OddValue() {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  const std::array<double, 9> odd = {NormalNan(), kInf, -kInf, -0.0, 0.0, 1e15, -3.5, 0.1, 7};
  return odd[static_cast<size_t>(Between(0, odd.size() - 1))];
}

double Fleet::Next(Series& series) {
  switch (series.habit) {
    case Habit::kCounter:
      series.value = OneIn(25) ? static_cast<double>(Between(0, 5))
                               : series.value + static_cast<double>(Between(0, 50));
      return series.value;
    case Habit::kGauge:
      series.value += static_cast<double>(Between(-1000, 1000)) / 64 + 0.1;
      return series.value;
    case Habit::kOdd:
      break;
  }
  return OddValue();
}

void Fleet::WriteRow(Seat& seat, int64_t ms) {
  std::vector<Labels> series;
  std::vector<double> values;
  for (Series& s : seat.series) {
    if (OneIn(30)) continue;
    const double value = OneIn(40) ? StaleMarker() : Next(s);
    series.push_back(s.in_body);
    values.push_back(value);
    model_[s.whole].push_back({ms, value});
  }
  const auto report = seat.target->AppendRow(series, values, AtMs(ms));
  EXPECT_TRUE(report.ok()) << report.status();
}

// What has no timestamp of its own and is missing ends. A timestamp that is not after
// the newest of its series is refused, and the rest stored.
void Fleet::WriteBody(Seat& seat, int64_t ms) {
  std::string body;
  for (Series& s : seat.series) {
    ReferenceSeries& samples = model_[s.whole];
    if (OneIn(30)) {
      if (!s.own_time) samples.push_back({ms, StaleMarker()});
      continue;
    }
    const double value = Next(s);
    const int64_t time = s.own_time ? ms - Between(0, 8'000) : ms;
    absl::StrAppendFormat(&body, "%s{i=\"%s\"} %.17g", std::string(s.in_body.Get("__name__")),
                          std::string(s.in_body.Get("i")), value);
    if (s.own_time) absl::StrAppend(&body, " ", time);
    body += '\n';
    if (samples.empty() || time > samples.back().ms) samples.push_back({time, value});
  }
  const auto report = seat.target->Ingest(body, Exposition::kText, AtMs(ms));
  EXPECT_TRUE(report.ok()) << report.status() << "\n" << body;
}

void Fleet::Write(Seat& seat, int64_t ms) { seat.text ? WriteBody(seat, ms) : WriteRow(seat, ms); }

void Fleet::EndAll(const Seat& seat, int64_t ms) {
  for (const Series& s : seat.series) {
    if (!s.own_time) model_[s.whole].push_back({ms, StaleMarker()});
  }
}

void Fleet::Step() {
  now_ms_ += 10'000;
  for (Seat& seat : seats_) {
    const int64_t ms = now_ms_ + (OneIn(2) ? 0 : Between(-3'000, 3'000));
    if (!seat.target.has_value()) {
      if (OneIn(3)) continue;  // stays away
      seat.target = db_.AddTarget(seat.labels, {.honor_timestamps = true}).value();
    }
    if (OneIn(20)) continue;  // a scrape that never was
    if (OneIn(5)) AddSeries(seat);
    if (OneIn(20)) {
      EXPECT_TRUE(seat.target->MarkStale(AtMs(ms)).ok());
      EndAll(seat, ms);
    } else {
      Write(seat, ms);
    }
    if (OneIn(25)) {
      seat.target->Remove(AtMs(ms + 1'000));
      seat.target.reset();
      EndAll(seat, ms + 1'000);
    }
  }
}

}  // namespace tacho::testing
