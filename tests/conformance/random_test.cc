// Random fleets against the reference: each series' value has the same bits, each
// aggregate agrees to 1e-12.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tacho/sample.h"
#include "tests/conformance/fleet.h"
#include "tests/conformance/reference.h"
#include "tests/conformance/script.h"

namespace tacho::testing {
namespace {

constexpr const char* kRangeFunctions[] = {"rate", "increase", "delta", "irate", "idelta"};
constexpr const char* kAggregations[] = {"sum", "avg", "min", "max", "count", "group"};

using ValueOf = std::map<Labels, double>;

struct Question {
  std::string function;  // empty: an instant selector
  std::string metric;
  ReferenceQuery query;

  [[nodiscard]] std::string Text() const {
    const std::string offset = absl::StrCat(" offset ", query.offset_ms, "ms");
    if (function.empty()) return metric + offset;
    return absl::StrCat(function, "(", metric, "[", query.range_ms, "ms]", offset, ")");
  }
};

Question Ask(Fleet& fleet) {
  const auto pick = static_cast<size_t>(fleet.Between(0, 5));
  Question question;
  question.function = pick == 5 ? "" : kRangeFunctions[pick];
  question.metric = fleet.OneIn(2) ? "a" : "b";
  question.query.at_ms = fleet.SomeTime();
  question.query.range_ms =
      fleet.OneIn(2) ? fleet.Between(1, 12) * 10'000 : fleet.Between(1, 120'000);
  question.query.offset_ms = fleet.OneIn(3) ? fleet.Between(-20'000, 60'000) : 0;
  return question;
}

Labels WithoutName(const Labels& labels) {
  std::vector<Label> kept;
  for (const Label& label : labels) {
    if (label.name != kMetricNameLabel) kept.push_back(label);
  }
  return Labels::FromUnsorted(std::move(kept));
}

ValueOf Wanted(const Fleet& fleet, const Question& question) {
  ValueOf wanted;
  for (const auto& [labels, series] : fleet.model()) {
    if (labels.Get(kMetricNameLabel) != question.metric) continue;
    const bool instant = question.function.empty();
    const auto value = instant ? ReferenceLatest(series, question.query)
                               : ReferenceValue(question.function, series, question.query);
    if (value.has_value()) wanted.emplace(instant ? labels : WithoutName(labels), *value);
  }
  return wanted;
}

ValueOf Got(const absl::StatusOr<QueryResult>& result) {
  EXPECT_TRUE(result.ok()) << result.status();
  ValueOf got;
  if (!result.ok()) return got;
  for (const ResultSample& sample : result->samples()) {
    const bool inserted = got.emplace(sample.labels(), sample.value).second;
    EXPECT_TRUE(inserted) << "twice: " << sample.labels().ToString();
  }
  return got;
}

bool SameBits(double a, double b) {
  // Which NaN comes of an operation is not specified.
  if (std::isnan(a) && std::isnan(b)) return !IsStaleMarker(a) && !IsStaleMarker(b);
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

template <typename Same>
void ExpectSame(const ValueOf& got, const ValueOf& wanted, const Same& same) {
  for (const auto& [labels, value] : wanted) {
    const auto it = got.find(labels);
    if (it == got.end()) {
      ADD_FAILURE() << "missing: " << labels.ToString() << " " << value;
    } else {
      EXPECT_TRUE(same(it->second, value))
          << labels.ToString() << ": got " << absl::StrFormat("%.17g", it->second) << ", wanted "
          << absl::StrFormat("%.17g", value);
    }
  }
  for (const auto& [labels, value] : got) {
    EXPECT_TRUE(wanted.contains(labels)) << "too much: " << labels.ToString() << " " << value;
  }
}

std::string SeedOf(uint64_t seed, const Question& question, const std::string& expr) {
  return absl::StrCat("seed ", seed, ": ", expr, " at ", question.query.at_ms, " ms");
}

// Both ways to a series' value: one by one, and as a group of its own, which runs through
// the fused operator; max leaves the bits of a single value as they are. Returns how many
// values there were.
size_t CheckSeries(Fleet& fleet, uint64_t seed) {
  const Question question = Ask(fleet);
  const std::string text = question.Text();
  const ValueOf wanted = Wanted(fleet, question);
  const std::string name = question.function.empty() ? "__name__, " : "";
  for (const std::string& expr :
       {text, absl::StrCat("max by (", name, "i, pod, zone) (", text, ")"),
        absl::StrCat("(", text, ") != 1234567")}) {
    SCOPED_TRACE(SeedOf(seed, question, expr));
    ExpectSame(Got(fleet.db().Ask(expr, Timestamp::FromUnixMillis(question.query.at_ms))), wanted,
               SameBits);
  }
  return wanted.size();
}

// Compensated sums in whatever order are exact but for the last rounding and a share of
// the magnitude of what was added that is far below it.
bool Close(double got, double wanted, double magnitude) {
  if (!std::isfinite(wanted) || !std::isfinite(got)) return SameBits(got, wanted);
  return std::fabs(got - wanted) <= 1e-12 * std::fabs(wanted) + 1e-24 * magnitude;
}

void CheckAggregate(Fleet& fleet, uint64_t seed) {
  const Question question = Ask(fleet);
  const char* op = kAggregations[fleet.Between(0, 5)];
  const std::string expr = absl::StrCat(op, " by (zone) (", question.Text(), ")");
  SCOPED_TRACE(SeedOf(seed, question, expr));
  std::map<Labels, std::vector<double>> groups;
  double magnitude = 0;
  for (const auto& [labels, value] : Wanted(fleet, question)) {
    groups[Labels({{"zone", std::string(labels.Get("zone"))}})].push_back(value);
    if (std::isfinite(value)) magnitude += std::fabs(value);
  }
  ValueOf wanted;
  for (const auto& [labels, values] : groups) {
    wanted.emplace(labels, ReferenceAggregate(op, values));
  }
  ExpectSame(Got(fleet.db().Ask(expr, Timestamp::FromUnixMillis(question.query.at_ms))), wanted,
             [&](double a, double b) { return Close(a, b, magnitude); });
}

// Queries that are prepared before anything is there, and asked after every step.
class Standing {
 public:
  explicit Standing(const Fleet& fleet) {
    for (const char* metric : {"a", "b"}) {
      Add(fleet, {"", metric, {}});
      for (const char* function : kRangeFunctions) {
        Add(fleet, {function, metric, {.range_ms = 60'000}});
      }
    }
  }

  void Check(Fleet& fleet, uint64_t seed) {
    for (auto& [question, each, grouped] : asked_) {
      question.query.at_ms = fleet.SomeTime();
      SCOPED_TRACE(SeedOf(seed, question, question.Text() + ", prepared first"));
      const Timestamp at = Timestamp::FromUnixMillis(question.query.at_ms);
      const ValueOf wanted = Wanted(fleet, question);
      ExpectSame(Got(each.Evaluate(at)), wanted, SameBits);
      ExpectSame(Got(grouped.Evaluate(at)), wanted, SameBits);
    }
  }

 private:
  struct Asked {
    Question question;
    Query each;
    Query grouped;
  };

  void Add(const Fleet& fleet, Question question) {
    const std::string text = question.Text();
    const std::string name = question.function.empty() ? "__name__, " : "";
    Query each = fleet.db().Prepare(text).value();
    Query grouped =
        fleet.db().Prepare(absl::StrCat("max by (", name, "i, pod, zone) (", text, ")")).value();
    asked_.push_back({std::move(question), std::move(each), std::move(grouped)});
  }

  std::vector<Asked> asked_;
};

// Returns how many values of series were compared at the end.
size_t RunFleet(uint64_t seed) {
  Fleet fleet(seed);
  Standing standing(fleet);
  const int64_t steps = fleet.Between(5, 30);
  for (int64_t i = 0; i < steps; ++i) {
    fleet.Step();
    if (i % 3 == 0) standing.Check(fleet, seed);
  }
  size_t compared = 0;
  for (int i = 0; i < 20; ++i) compared += CheckSeries(fleet, seed);
  for (int i = 0; i < 40; ++i) CheckAggregate(fleet, seed);
  return compared;
}

TEST(RandomTest, FleetsAnswerAsTheReferenceDoes) {
  constexpr uint64_t kFirstSeed = 1;
  constexpr uint64_t kSeeds = 150;
  std::cout << "seeds " << kFirstSeed << " to " << kFirstSeed + kSeeds - 1 << "\n";
  size_t compared = 0;
  for (uint64_t seed = kFirstSeed; seed < kFirstSeed + kSeeds && !HasFailure(); ++seed) {
    compared += RunFleet(seed);
  }
  // About ten a question: fewer would mean that the questions miss the data.
  EXPECT_GT(compared, kSeeds * 20 * 10);
}

}  // namespace
}  // namespace tacho::testing
