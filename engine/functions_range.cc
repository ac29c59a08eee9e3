// Functions of the samples of one series in a window.
//
// Source      docs/promql.md, sections 1 and 4.3.
#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "engine/aggregate.h"
#include "engine/compensated.h"
#include "engine/functions.h"
#include "engine/number_text.h"
#include "engine/quantile.h"
#include "engine/rate.h"
#include "engine/regression.h"
#include "engine/start_times.h"

namespace tacho::engine {
namespace {

using Result = std::optional<double>;

Result RateOf(const WindowInput& in) {
  return in.starts.empty() ? Rate(in.samples, in.window) : RateSince(in, /*per_second=*/true);
}
Result IncreaseOf(const WindowInput& in) {
  return in.starts.empty() ? Increase(in.samples, in.window) : RateSince(in, /*per_second=*/false);
}
Result DeltaOf(const WindowInput& in) { return Delta(in.samples, in.window); }
Result InstantRateOf(const WindowInput& in) {
  return in.starts.empty() ? InstantRate(in.samples, in.window) : InstantRateSince(in);
}
Result InstantDeltaOf(const WindowInput& in) { return InstantDelta(in.samples, in.window); }

Result Aggregated(parser::Op op, const WindowInput& in) {
  SerialAggregate total(op);
  for (const SamplePoint& sample : in.samples) total.Add(sample.value);
  return total.Result();
}
Result Avg(const WindowInput& in) { return Aggregated(parser::Op::kAvg, in); }
Result Min(const WindowInput& in) { return Aggregated(parser::Op::kMin, in); }
Result Max(const WindowInput& in) { return Aggregated(parser::Op::kMax, in); }
Result Count(const WindowInput& in) { return static_cast<double>(in.samples.size()); }
Result Present(const WindowInput&) { return 1; }
Result First(const WindowInput& in) { return in.samples.front().value; }
Result Last(const WindowInput& in) { return in.samples.back().value; }

Result Sum(const WindowInput& in) {
  CompensatedSum sum;
  for (const SamplePoint& sample : in.samples) sum.Add(sample.value);
  return std::isinf(sum.sum) ? sum.sum : sum.Value();
}

// Welford's, compensated: unlike the aggregations.
double Variance(const WindowInput& in) {
  CompensatedSum mean;
  CompensatedSum squares;
  double n = 0;
  for (const SamplePoint& sample : in.samples) {
    n += 1;
    const double distance = sample.value - (mean.sum + mean.error);
    mean.Add(distance / n);
    squares.Add(distance * (sample.value - (mean.sum + mean.error)));
  }
  return (squares.sum + squares.error) / n;
}
Result Stdvar(const WindowInput& in) { return Variance(in); }
Result Stddev(const WindowInput& in) { return std::sqrt(Variance(in)); }

std::vector<double> Values(const WindowInput& in) {
  std::vector<double> values;
  values.reserve(in.samples.size());
  for (const SamplePoint& sample : in.samples) values.push_back(sample.value);
  return values;
}

Result QuantileOverTime(const WindowInput& in) {
  const double q = in.args[0];
  if (!IsQuantile(q)) in.notes->Warn(QuantileWarning(q), 0);
  std::vector<double> values = Values(in);
  return Quantile(q, &values);
}

// The median distance from the median.
Result MedianDeviation(const WindowInput& in) {
  std::vector<double> values = Values(in);
  if (std::ranges::any_of(values, [](double v) { return std::isnan(v); })) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double median = Quantile(0.5, &values);
  for (double& v : values) v = std::fabs(v - median);
  return Quantile(0.5, &values);
}

double Seconds(int64_t ms) { return static_cast<double>(ms) / 1000; }
Result TimeOfFirst(const WindowInput& in) { return Seconds(in.samples.front().time_ms); }
Result TimeOfLast(const WindowInput& in) { return Seconds(in.samples.back().time_ms); }

// Of several the last one.
template <typename IsBetter>
Result TimeOfExtreme(const WindowInput& in, IsBetter is_better) {
  const SamplePoint* best = &in.samples.front();
  for (const SamplePoint& sample : in.samples) {
    if (is_better(sample.value, best->value) || std::isnan(best->value)) best = &sample;
  }
  return Seconds(best->time_ms);
}
Result TimeOfMin(const WindowInput& in) {
  return TimeOfExtreme(in, [](double a, double b) { return a <= b; });
}
Result TimeOfMax(const WindowInput& in) {
  return TimeOfExtreme(in, [](double a, double b) { return a >= b; });
}

Result Changes(const WindowInput& in) {
  double changes = 0;
  for (size_t i = 1; i < in.samples.size(); ++i) {
    const double before = in.samples[i - 1].value;
    const double now = in.samples[i].value;
    if (now != before && !(std::isnan(now) && std::isnan(before))) changes += 1;
  }
  return changes;
}

Result Resets(const WindowInput& in) {
  double resets = 0;
  for (size_t i = 1; i < in.samples.size(); ++i) {
    if (in.samples[i].value < in.samples[i - 1].value || StartedAnew(in, i)) resets += 1;
  }
  return resets;
}

Result Derivative(const WindowInput& in) {
  if (in.samples.size() < 2) return std::nullopt;
  return Regression(in.samples, in.samples.front().time_ms).slope;
}
Result PredictLinear(const WindowInput& in) {
  if (in.samples.size() < 2) return std::nullopt;
  const Line line = Regression(in.samples, in.time_ms);
  return line.slope * in.args[0] + line.intercept;
}

// Holt's, of level and trend.
Result DoubleExponentialSmoothing(const WindowInput& in) {
  const double smoothing = in.args[0];
  const double trend_factor = in.args[1];
  // A factor that is NaN is none of these, and makes the result NaN.
  if (smoothing <= 0 || smoothing >= 1) {
    in.notes->Fail(absl::StrCat("invalid smoothing factor. Expected: 0 < sf < 1, got: ",
                                GoSixPlaces(smoothing)));
    return std::nullopt;
  }
  if (trend_factor <= 0 || trend_factor >= 1) {
    in.notes->Fail(absl::StrCat("invalid trend factor. Expected: 0 < tf < 1, got: ",
                                GoSixPlaces(trend_factor)));
    return std::nullopt;
  }
  if (in.samples.size() < 2) return std::nullopt;
  double before = 0;
  double level = in.samples[0].value;
  double trend = in.samples[1].value - in.samples[0].value;
  for (size_t i = 1; i < in.samples.size(); ++i) {
    const double x = smoothing * in.samples[i].value;
    if (i > 1) trend = trend_factor * (level - before) + (1 - trend_factor) * trend;
    const double y = (1 - smoothing) * (level + trend);
    before = level;
    level = x + y;
  }
  return level;
}

constexpr FunctionEntry kFunctions[] = {
    {.name = "avg_over_time", .range = {.plain = Avg, .kernel = RowKernel::kAvgOverTime}},
    {.name = "changes", .range = {.plain = Changes}},
    {.name = "count_over_time", .range = {.plain = Count, .kernel = RowKernel::kCountOverTime}},
    {.name = "delta", .range = {.plain = DeltaOf, .kernel = RowKernel::kDelta}},
    {.name = "deriv", .range = {.plain = Derivative, .kernel = RowKernel::kDeriv}},
    {.name = "double_exponential_smoothing", .range = {.plain = DoubleExponentialSmoothing}},
    {.name = "first_over_time",
     .range = {.plain = First, .kernel = RowKernel::kFirstOverTime, .keeps_name = true}},
    {.name = "idelta",
     .range = {.plain = InstantDeltaOf, .kernel = RowKernel::kInstantDelta, .last_two = true}},
    {.name = "increase",
     .range = {.plain = IncreaseOf,
               .kernel = RowKernel::kIncrease,
               .uses_starts = true,
               .of_counters = true}},
    {.name = "irate",
     .range = {.plain = InstantRateOf,
               .kernel = RowKernel::kInstantRate,
               .last_two = true,
               .uses_starts = true}},
    {.name = "last_over_time",
     .range = {.plain = Last, .kernel = RowKernel::kLastOverTime, .keeps_name = true}},
    {.name = "mad_over_time", .range = {.plain = MedianDeviation}},
    {.name = "max_over_time", .range = {.plain = Max, .kernel = RowKernel::kMaxOverTime}},
    {.name = "min_over_time", .range = {.plain = Min, .kernel = RowKernel::kMinOverTime}},
    {.name = "predict_linear", .range = {.plain = PredictLinear}},
    {.name = "present_over_time",
     .range = {.plain = Present, .kernel = RowKernel::kPresentOverTime}},
    {.name = "quantile_over_time", .range = {.plain = QuantileOverTime}},
    {.name = "rate",
     .range =
         {.plain = RateOf, .kernel = RowKernel::kRate, .uses_starts = true, .of_counters = true}},
    {.name = "resets", .range = {.plain = Resets, .uses_starts = true}},
    {.name = "stddev_over_time", .range = {.plain = Stddev, .kernel = RowKernel::kStddevOverTime}},
    {.name = "stdvar_over_time", .range = {.plain = Stdvar, .kernel = RowKernel::kStdvarOverTime}},
    {.name = "sum_over_time", .range = {.plain = Sum, .kernel = RowKernel::kSumOverTime}},
    {.name = "ts_of_first_over_time", .range = {.plain = TimeOfFirst}},
    {.name = "ts_of_last_over_time", .range = {.plain = TimeOfLast}},
    {.name = "ts_of_max_over_time", .range = {.plain = TimeOfMax}},
    {.name = "ts_of_min_over_time", .range = {.plain = TimeOfMin}},
};

}  // namespace

std::span<const FunctionEntry> RangeFunctions() { return kFunctions; }

}  // namespace tacho::engine
