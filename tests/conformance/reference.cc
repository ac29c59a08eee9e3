#include "tests/conformance/reference.h"

#include <cmath>
#include <limits>

#include "tacho/sample.h"

namespace tacho::testing {
namespace {

constexpr int64_t kLookbackMs = 300'000;

ReferenceSeries WindowOf(const ReferenceSeries& series, int64_t after_ms, int64_t until_ms) {
  ReferenceSeries inside;
  for (const ReferenceSample& sample : series) {
    const bool in = sample.ms > after_ms && sample.ms <= until_ms;
    if (in && !IsStaleMarker(sample.value)) inside.push_back(sample);
  }
  return inside;
}

double Seconds(int64_t ms) { return static_cast<double>(ms) / 1000; }

// Go's Duration.Seconds: whole seconds and nanoseconds apart.
double RangeSeconds(int64_t ms) {
  return static_cast<double>(ms / 1000) + static_cast<double>(ms % 1000 * 1'000'000) / 1e9;
}

double Extrapolated(const ReferenceSeries& s, int64_t start_ms, int64_t end_ms, bool counter,
                    double divisor) {
  const size_t n = s.size();
  double result = s[n - 1].value - s[0].value;
  if (counter) {
    for (size_t i = 1; i < n; ++i) {
      if (s[i].value < s[i - 1].value) result = result + s[i - 1].value;
    }
  }
  double to_start = Seconds(s[0].ms - start_ms);
  double to_end = Seconds(end_ms - s[n - 1].ms);
  const double sampled = Seconds(s[n - 1].ms - s[0].ms);
  const double average = sampled / static_cast<double>(n - 1);
  const double threshold = average * 1.1;
  if (to_start >= threshold) to_start = average / 2;
  if (counter && result > 0 && s[0].value >= 0) {
    const double to_zero = sampled * (s[0].value / result);
    if (to_zero < to_start) to_start = to_zero;
  }
  if (to_end >= threshold) to_end = average / 2;
  double factor = sampled + to_start;
  factor = factor + to_end;
  factor = factor / sampled;
  if (divisor != 0) factor = factor / divisor;
  return result * factor;
}

double OfLastTwo(const ReferenceSeries& s, bool counter_rate) {
  const ReferenceSample& before = s[s.size() - 2];
  const ReferenceSample& last = s[s.size() - 1];
  if (!counter_rate) return last.value - before.value;
  const double growth = last.value < before.value ? last.value : last.value - before.value;
  return growth / Seconds(last.ms - before.ms);
}

// One step of a compensated sum.
void Increment(double x, double* sum, double* compensation) {
  const double total = *sum + x;
  if (std::fabs(total) > std::numeric_limits<double>::max()) {
    *compensation = 0;
  } else if (std::fabs(*sum) >= std::fabs(x)) {
    *compensation += (*sum - total) + x;
  } else {
    *compensation += (x - total) + *sum;
  }
  *sum = total;
}

double Sum(const std::vector<double>& values) {
  double sum = values[0];
  double compensation = 0;
  for (size_t i = 1; i < values.size(); ++i) Increment(values[i], &sum, &compensation);
  return sum + compensation;
}

double Average(const std::vector<double>& values) {
  double sum = values[0];
  double compensation = 0;
  bool as_mean = false;
  for (size_t i = 1; i < values.size(); ++i) {
    const auto n = static_cast<double>(i + 1);
    double next = sum;
    double next_compensation = compensation;
    Increment(values[i], &next, &next_compensation);
    if (!as_mean && !std::isinf(next)) {
      sum = next;
      compensation = next_compensation;
      continue;
    }
    if (!as_mean) {
      sum /= n - 1;
      compensation /= n - 1;
      as_mean = true;
    }
    const double share = (n - 1) / n;
    sum *= share;
    compensation *= share;
    Increment(values[i] / n, &sum, &compensation);
  }
  const auto n = static_cast<double>(values.size());
  return as_mean ? sum + compensation : sum / n + compensation / n;
}

double Extreme(const std::vector<double>& values, bool least) {
  double out = values[0];
  for (const double v : values) {
    if (std::isnan(out) || (least ? out > v : out < v)) out = v;
  }
  return out;
}

}  // namespace

std::optional<double> ReferenceValue(std::string_view function, const ReferenceSeries& series,
                                     const ReferenceQuery& query) {
  const int64_t end = query.at_ms - query.offset_ms;
  const int64_t start = end - query.range_ms;
  const ReferenceSeries inside = WindowOf(series, start, end);
  if (inside.size() < 2) return std::nullopt;
  if (function == "irate") return OfLastTwo(inside, true);
  if (function == "idelta") return OfLastTwo(inside, false);
  const double divisor = function == "rate" ? RangeSeconds(query.range_ms) : 0;
  return Extrapolated(inside, start, end, function != "delta", divisor);
}

std::optional<double> ReferenceLatest(const ReferenceSeries& series, const ReferenceQuery& query) {
  const int64_t ref = query.at_ms - query.offset_ms;
  const ReferenceSample* latest = nullptr;
  for (const ReferenceSample& sample : series) {
    if (sample.ms <= ref) latest = &sample;
  }
  if (latest == nullptr || latest->ms <= ref - kLookbackMs || IsStaleMarker(latest->value)) {
    return std::nullopt;
  }
  return latest->value;
}

double ReferenceAggregate(std::string_view op, const std::vector<double>& values) {
  if (op == "sum") return Sum(values);
  if (op == "avg") return Average(values);
  if (op == "min" || op == "max") return Extreme(values, op == "min");
  return op == "count" ? static_cast<double>(values.size()) : 1;
}

}  // namespace tacho::testing
