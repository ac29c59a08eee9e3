// Functions of the time: the evaluation's, and the calendar of values that are times.
//
// Source      docs/promql.md, section 4.1: UTC, values cut to whole seconds. What is no
//             number and no time comes out as in Go on amd64.
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/element_names.h"
#include "engine/functions.h"

namespace tacho::engine {
namespace {

constexpr uint64_t kSecondsPerDay = 86'400;
constexpr uint64_t kDaysPer400Years = 146'097;
constexpr uint64_t kDaysPer100Years = 36'524;
constexpr uint64_t kDaysPer4Years = 1'461;
// The calendar is counted from the 1st of January of this year, a Monday, which lies so
// far back that no int64 of seconds is before it.
constexpr int64_t kFirstYear = -292'277'022'399;
constexpr uint64_t kSecondsToUnixEpoch = 9'223'372'028'715'321'600U;

// Seconds since the start of kFirstYear; wraps, as Go's do.
uint64_t CalendarSeconds(double unix_seconds) {
  const bool fits = unix_seconds >= -0x1p63 && unix_seconds < 0x1p63;
  const int64_t whole =
      fits ? static_cast<int64_t>(unix_seconds) : std::numeric_limits<int64_t>::min();
  return static_cast<uint64_t>(whole) + kSecondsToUnixEpoch;
}

struct Date {
  int64_t year;
  int month;        // from 1
  int day;          // from 1
  int day_of_year;  // from 1
  bool leap;
};

int DaysInMonth(int month, bool leap) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[static_cast<size_t>(month) - 1] + (month == 2 && leap ? 1 : 0);
}

Date DateOf(double unix_seconds) {
  uint64_t days = CalendarSeconds(unix_seconds) / kSecondsPerDay;
  const uint64_t cycles = days / kDaysPer400Years;
  days %= kDaysPer400Years;
  // The last century of a cycle, and the last year of a leap cycle, are a day longer.
  const uint64_t centuries = std::min<uint64_t>(days / kDaysPer100Years, 3);
  days -= centuries * kDaysPer100Years;
  const uint64_t fours = days / kDaysPer4Years;
  days %= kDaysPer4Years;
  const uint64_t years = std::min<uint64_t>(days / 365, 3);
  days -= years * 365;
  Date date{};
  date.year = kFirstYear + static_cast<int64_t>(400 * cycles + 100 * centuries + 4 * fours + years);
  date.leap = years == 3 && (fours != 24 || centuries == 3);
  date.day_of_year = static_cast<int>(days) + 1;
  date.month = 1;
  date.day = date.day_of_year;
  while (date.day > DaysInMonth(date.month, date.leap)) {
    date.day -= DaysInMonth(date.month++, date.leap);
  }
  return date;
}

double Year(double v) { return static_cast<double>(DateOf(v).year); }
double Month(double v) { return DateOf(v).month; }
double DayOfMonth(double v) { return DateOf(v).day; }
double DayOfYear(double v) { return DateOf(v).day_of_year; }
double DaysInItsMonth(double v) {
  const Date date = DateOf(v);
  return DaysInMonth(date.month, date.leap);
}
// From 0, Sunday.
double DayOfWeek(double v) {
  return static_cast<double>((CalendarSeconds(v) / kSecondsPerDay + 1) % 7);
}
double Hour(double v) { return static_cast<double>(CalendarSeconds(v) % kSecondsPerDay / 3600); }
double Minute(double v) { return static_cast<double>(CalendarSeconds(v) % 3600 / 60); }

double Seconds(int64_t ms) { return static_cast<double>(ms) / 1000; }

std::vector<double> StepSeconds(const StepTimes& steps) {
  std::vector<double> seconds;
  seconds.reserve(steps.count);
  for (uint32_t i = 0; i < steps.count; ++i) seconds.push_back(Seconds(steps.At(i)));
  return seconds;
}

// Of each value; without an argument, of the evaluation time.
template <double (*kField)(double)>
absl::StatusOr<Value> Calendar(Evaluation& evaluation, const StepTimes& steps, const CallSite&,
                               std::span<Value> args) {
  Value value;
  if (args.empty()) {
    const std::vector<double> now = StepSeconds(steps);
    const Element element{evaluation.Own(Labels()), {}, false};
    std::copy(now.begin(), now.end(), value.Add(element, steps.count).begin());
  } else {
    value = std::move(args[0]);
  }
  for (double& cell : value.cells) {
    if (!IsAbsent(cell)) cell = kField(cell);
  }
  if (absl::Status s = DropNames(evaluation, steps, &value); !s.ok()) return s;
  return value;
}

absl::StatusOr<Value> Time(Evaluation&, const StepTimes& steps, const CallSite&, std::span<Value>) {
  Value out = Value::Scalar(0, 0);
  out.scalars = StepSeconds(steps);
  return out;
}

absl::StatusOr<Value> Pi(Evaluation&, const StepTimes& steps, const CallSite&, std::span<Value>) {
  return Value::Scalar(std::numbers::pi, steps.count);
}

// The query's own times.
absl::StatusOr<Value> Start(Evaluation& evaluation, const StepTimes& steps, const CallSite&,
                            std::span<Value>) {
  return Value::Scalar(Seconds(evaluation.question().span.start_ms), steps.count);
}
absl::StatusOr<Value> End(Evaluation& evaluation, const StepTimes& steps, const CallSite&,
                          std::span<Value>) {
  return Value::Scalar(Seconds(evaluation.question().span.end_ms), steps.count);
}
absl::StatusOr<Value> StepWidth(Evaluation& evaluation, const StepTimes& steps, const CallSite&,
                                std::span<Value>) {
  return Value::Scalar(Seconds(evaluation.question().span.step_ms), steps.count);
}
absl::StatusOr<Value> Range(Evaluation& evaluation, const StepTimes& steps, const CallSite&,
                            std::span<Value>) {
  const QuerySpan& span = evaluation.question().span;
  return Value::Scalar(Seconds(span.end_ms - span.start_ms), steps.count);
}

// Of an expression's values: the time at which it was evaluated. Of a selector's, see
// SampleTimes.
absl::StatusOr<Value> EvaluationTimes(Evaluation& evaluation, const StepTimes& steps,
                                      const CallSite&, std::span<Value> args) {
  Value value = std::move(args[0]);
  for (size_t e = 0; e < value.elements.size(); ++e) {
    const std::span<double> cells = value.Cells(e, steps.count);
    for (uint32_t i = 0; i < steps.count; ++i) {
      if (!IsAbsent(cells[i])) cells[i] = Seconds(steps.At(i));
    }
  }
  if (absl::Status s = DropNames(evaluation, steps, &value); !s.ok()) return s;
  return value;
}

// Of an expression's values there is none; of a selector's, see SampleStarts.
absl::StatusOr<Value> NoStarts(Evaluation&, const StepTimes&, const CallSite&,
                               std::span<Value> args) {
  Value out;
  out.evidence = args[0].evidence;
  return out;
}

constexpr FunctionEntry kFunctions[] = {
    {.name = "day_of_month", .call = Calendar<DayOfMonth>},
    {.name = "day_of_week", .call = Calendar<DayOfWeek>},
    {.name = "day_of_year", .call = Calendar<DayOfYear>},
    {.name = "days_in_month", .call = Calendar<DaysInItsMonth>},
    {.name = "end", .call = End},
    {.name = "hour", .call = Calendar<Hour>},
    {.name = "minute", .call = Calendar<Minute>},
    {.name = "month", .call = Calendar<Month>},
    {.name = "pi", .call = Pi},
    {.name = "range", .call = Range},
    {.name = "start", .call = Start},
    {.name = "start_timestamp", .call = NoStarts},
    {.name = "step", .call = StepWidth},
    {.name = "time", .call = Time},
    {.name = "timestamp", .call = EvaluationTimes},
    {.name = "year", .call = Calendar<Year>},
};

}  // namespace

std::span<const FunctionEntry> TimeFunctions() { return kFunctions; }

}  // namespace tacho::engine
