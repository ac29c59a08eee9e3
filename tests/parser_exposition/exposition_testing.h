// What the exposition tests and fuzzers share: a body read by the full parser as plain
// values, and the same body replayed over a plan, in the same terms.
#ifndef TACHO_TESTS_PARSER_EXPOSITION_EXPOSITION_TESTING_H_
#define TACHO_TESTS_PARSER_EXPOSITION_EXPOSITION_TESTING_H_

#include <bit>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "parser/exposition_parser.h"
#include "parser/replay.h"
#include "parser/replay_table.h"
#include "tacho/sample.h"

namespace tacho::testing {

using parser::ExpositionParser;
using parser::MetricType;
using parser::ParsedSample;
using parser::ReplayPlan;

struct Sample {
  std::string metric;
  std::vector<std::pair<std::string, std::string>> labels;
  uint64_t value_bits = 0;
  bool has_timestamp = false;
  int64_t timestamp_ms = 0;

  double value() const { return std::bit_cast<double>(value_bits); }
  friend bool operator==(const Sample&, const Sample&) = default;
};

// "name{a=x,b=y} 12 @5"
inline std::string ToString(const Sample& s) {
  std::string out = s.metric + "{";
  for (size_t i = 0; i < s.labels.size(); ++i) {
    out += (i > 0 ? "," : "") + s.labels[i].first + "=" + s.labels[i].second;
  }
  std::string value = std::to_string(s.value());
  if (value.find('.') != std::string::npos) {
    value.erase(value.find_last_not_of('0') + 1);
    if (value.back() == '.') value.pop_back();
  }
  out += "} " + value;
  if (s.has_timestamp) out += " @" + std::to_string(s.timestamp_ms);
  return out;
}
inline std::ostream& operator<<(std::ostream& os, const Sample& s) { return os << ToString(s); }

inline Sample Copy(const ParsedSample& parsed) {
  Sample s;
  s.metric = std::string(parsed.metric);
  for (const auto& l : parsed.labels) s.labels.emplace_back(l.name, l.value);
  s.value_bits = std::bit_cast<uint64_t>(parsed.value);
  s.has_timestamp = parsed.has_timestamp;
  s.timestamp_ms = parsed.has_timestamp ? parsed.timestamp_ms : 0;
  return s;
}

struct Parsed {
  std::vector<Sample> samples;
  absl::Status status;
};

inline Parsed ParseAll(std::string_view body, Exposition format) {
  Parsed out;
  ExpositionParser parser(body, format);
  ParsedSample sample;
  while (parser.Next(&sample)) out.samples.push_back(Copy(sample));
  out.status = parser.status();
  return out;
}

inline std::vector<std::string> Lines(std::string_view body, Exposition format) {
  std::vector<std::string> out;
  for (const Sample& s : ParseAll(body, format).samples) out.push_back(ToString(s));
  return out;
}

inline std::string ErrorOf(std::string_view body, Exposition format) {
  return std::string(ParseAll(body, format).status.message());
}

// What a body did to a row and a sink: the state of the row, and everything else in the
// order in which it came.
struct Effect {
  std::map<std::string, uint64_t> row;  // series to value bits
  std::vector<std::string> events;
  std::string status;
  uint32_t samples = 0;
  friend bool operator==(const Effect&, const Effect&) = default;
};
inline std::ostream& operator<<(std::ostream& os, const Effect& e) {
  os << e.status << "\n" << e.samples << " samples\n";
  for (const auto& [series, bits] : e.row) os << "row " << series << " = " << bits << "\n";
  for (const auto& event : e.events) os << event << "\n";
  return os;
}

inline std::string SeriesKey(const Sample& s) {
  Sample key = s;
  key.value_bits = 0;
  key.has_timestamp = false;
  return ToString(key);
}

// A plan in which every series of `body` has a position, and the series by position.
// Series that `keep` refuses are left out.
struct Plan {
  std::shared_ptr<const ReplayPlan> plan;
  std::vector<std::string> series;
  Exposition format = Exposition::kText;
  // Unwanted series, whether the plan knows them or not.
  std::function<bool(const std::string&)> dropped = [](const std::string&) { return false; };
};

template <typename Keep>
Plan MakePlan(std::string_view body, Exposition format, Keep keep,
              std::function<bool(const std::string&)> dropped = Plan().dropped) {
  Plan out;
  out.format = format;
  out.dropped = std::move(dropped);
  std::map<std::string, uint32_t> positions;
  out.plan = ReplayPlan::Build(body, format, [&](const ParsedSample& parsed) {
    const std::string key = SeriesKey(Copy(parsed));
    if (!keep(key)) return parser::kNoPosition;
    if (out.dropped(key)) return parser::kDropped;
    const auto [it, is_new] = positions.try_emplace(key, static_cast<uint32_t>(out.series.size()));
    if (is_new) out.series.push_back(key);
    return it->second;
  });
  return out;
}
inline Plan MakePlan(std::string_view body, Exposition format) {
  return MakePlan(body, format, [](const std::string&) { return true; });
}

inline const double kHole = StaleMarker();

inline std::string Event(const char* what, const std::string& series, double value) {
  return std::string(what) + " " + series + " " + std::to_string(std::bit_cast<uint64_t>(value));
}

class RecordingSink : public parser::ReplaySink {
 public:
  RecordingSink(const Plan& plan, Effect* effect) : plan_(plan), effect_(effect) {}
  bool OnMiss(const ParsedSample& sample) override {
    if (plan_.dropped(SeriesKey(Copy(sample)))) return false;
    effect_->events.push_back("miss " + ToString(Copy(sample)) + " " +
                              std::to_string(std::bit_cast<uint64_t>(sample.value)));
    return true;
  }
  void OnTimestamp(uint32_t position, double value, int64_t timestamp_ms) override {
    effect_->events.push_back(Event("timestamp", plan_.series.at(position), value) + " @" +
                              std::to_string(timestamp_ms));
  }
  void OnDuplicate(uint32_t position, double value) override {
    effect_->events.push_back(Event("duplicate", plan_.series.at(position), value));
  }

 private:
  const Plan& plan_;
  Effect* effect_;
};

inline Effect ReplayEffect(const Plan& plan, std::string_view body, Exposition format,
                           const parser::ReplayOptions& options,
                           parser::ReplayCounts* counts = nullptr) {
  Effect effect;
  RecordingSink sink(plan, &effect);
  std::vector<double> row(plan.series.size() + 3, kHole);  // longer than it must be
  parser::ReplayCounts local;
  effect.status = parser::Replay(plan.plan.get(), body, format, options, row, kHole, sink,
                                 counts != nullptr ? counts : &local)
                      .ToString();
  effect.samples = (counts != nullptr ? counts : &local)->samples;
  for (size_t i = 0; i < row.size(); ++i) {
    const auto bits = std::bit_cast<uint64_t>(row[i]);
    if (bits != kStaleMarkerBits) effect.row[plan.series.at(i)] = bits;
  }
  return effect;
}

// Lines that a plan of `plan_body` can recognise: their text, under a kind of type.
using KnownLines = std::set<std::pair<std::string, parser::BoundKind>>;

inline KnownLines LinesOf(const Plan& plan, std::string_view plan_body, Exposition format) {
  KnownLines known;
  if (plan.plan == nullptr || plan.format != format) return known;
  const std::set<std::string> series(plan.series.begin(), plan.series.end());
  ExpositionParser parser(plan_body, format);
  ParsedSample sample;
  while (parser.Next(&sample)) {
    const std::string text(sample.identity);
    const size_t name = text.find_first_of("{ \t");
    const bool ends_token = text.find_last_of(" \t}") == text.size() - 1;
    if (!ends_token || name > 255 || text.size() - name > 65535) continue;
    if (series.contains(SeriesKey(Copy(sample)))) {
      known.emplace(text, parser::BoundKindOf(sample.type));
    }
  }
  return known;
}

// I1's other side: what the full parser gives, put into a row by the rules of
// ReplaySink.
inline Effect FullEffect(const Plan& plan, std::string_view plan_body, std::string_view body,
                         Exposition format, const parser::ReplayOptions& options) {
  const KnownLines known = LinesOf(plan, plan_body, format);
  Effect effect;
  RecordingSink sink(plan, &effect);
  ExpositionParser parser(body, format);
  ParsedSample sample;
  uint32_t kept = 0;
  while (parser.Next(&sample)) {
    ++effect.samples;
    const std::string key = SeriesKey(Copy(sample));
    const bool is_known =
        known.contains({std::string(sample.identity), parser::BoundKindOf(sample.type)});
    if (plan.dropped(key)) continue;
    if (!is_known) {
      sink.OnMiss(sample);
    } else if (sample.has_timestamp && options.keep_timestamps) {
      effect.events.push_back(Event("timestamp", key, sample.value) + " @" +
                              std::to_string(sample.timestamp_ms));
    } else if (effect.row.contains(key)) {
      effect.events.push_back(Event("duplicate", key, sample.value));
    } else {
      effect.row[key] = std::bit_cast<uint64_t>(sample.value);
    }
    if (++kept > options.max_samples) {
      effect.status = absl::ResourceExhaustedError("the body has more than " +
                                                   std::to_string(options.max_samples) +
                                                   " samples (max_samples)")
                          .ToString();
      return effect;
    }
  }
  effect.status = parser.status().ToString();
  return effect;
}

}  // namespace tacho::testing

#endif  // TACHO_TESTS_PARSER_EXPOSITION_EXPOSITION_TESTING_H_
