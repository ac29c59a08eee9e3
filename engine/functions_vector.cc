// Functions of whole vectors and of scalars.
//
// Source      docs/promql.md, section 4.1.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/element_names.h"
#include "engine/functions.h"

namespace tacho::engine {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// As Go's math.Max and math.Min: NaN wins, unless an infinity decides.
double GoMax(double a, double b) {
  if (a == kInfinity || b == kInfinity) return kInfinity;
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  if (a == 0 && b == 0) return std::signbit(a) ? b : a;
  return a > b ? a : b;
}
double GoMin(double a, double b) {
  if (a == -kInfinity || b == -kInfinity) return -kInfinity;
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  if (a == 0 && b == 0) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}

// Replaces each value by compute(value, step), and drops the names.
template <typename ComputeValue>
absl::StatusOr<Value> Map(Evaluation& evaluation, const StepTimes& steps, Value value,
                          ComputeValue compute) {
  for (size_t e = 0; e < value.elements.size(); ++e) {
    const std::span<double> cells = value.Cells(e, steps.count);
    for (uint32_t i = 0; i < steps.count; ++i) {
      if (!IsAbsent(cells[i])) cells[i] = compute(cells[i], i);
    }
  }
  RemoveEmpty(&value, steps.count);
  if (absl::Status s = DropNames(evaluation, steps, &value); !s.ok()) return s;
  return value;
}

absl::StatusOr<Value> Clamp(Evaluation& evaluation, const StepTimes& steps, const CallSite&,
                            std::span<Value> args) {
  const std::vector<double>& low = args[1].scalars;
  const std::vector<double>& high = args[2].scalars;
  return Map(evaluation, steps, std::move(args[0]), [&](double v, uint32_t i) {
    return high[i] < low[i] ? AbsentCell() : GoMax(low[i], GoMin(high[i], v));
  });
}
absl::StatusOr<Value> ClampMin(Evaluation& evaluation, const StepTimes& steps, const CallSite&,
                               std::span<Value> args) {
  const std::vector<double>& low = args[1].scalars;
  return Map(evaluation, steps, std::move(args[0]),
             [&](double v, uint32_t i) { return GoMax(low[i], v); });
}
absl::StatusOr<Value> ClampMax(Evaluation& evaluation, const StepTimes& steps, const CallSite&,
                               std::span<Value> args) {
  const std::vector<double>& high = args[1].scalars;
  return Map(evaluation, steps, std::move(args[0]),
             [&](double v, uint32_t i) { return GoMin(high[i], v); });
}

absl::StatusOr<Value> Round(Evaluation& evaluation, const StepTimes& steps, const CallSite&,
                            std::span<Value> args) {
  return Map(evaluation, steps, std::move(args[0]), [&](double v, uint32_t i) {
    const double inverse = 1 / (args.size() > 1 ? args[1].scalars[i] : 1);
    return std::floor(v * inverse + 0.5) / inverse;
  });
}

// The value of the only element; NaN if there is none or several.
absl::StatusOr<Value> ScalarOf(Evaluation&, const StepTimes& steps, const CallSite&,
                               std::span<Value> args) {
  const Value& in = args[0];
  Value out = Value::Scalar(std::numeric_limits<double>::quiet_NaN(), steps.count);
  out.evidence = in.evidence;
  std::vector<uint32_t> found(steps.count, 0);
  for (size_t e = 0; e < in.elements.size(); ++e) {
    const std::span<const double> cells = in.Cells(e, steps.count);
    for (uint32_t i = 0; i < steps.count; ++i) {
      if (IsAbsent(cells[i])) continue;
      out.scalars[i] = found[i]++ == 0 ? cells[i] : std::numeric_limits<double>::quiet_NaN();
    }
  }
  return out;
}

absl::StatusOr<Value> VectorOf(Evaluation& evaluation, const StepTimes& steps, const CallSite&,
                               std::span<Value> args) {
  Value out;
  out.evidence = args[0].evidence;
  const Element element{evaluation.Own(Labels()), args[0].evidence, false};
  std::ranges::copy(args[0].scalars, out.Add(element, steps.count).begin());
  return out;
}

absl::StatusOr<Value> Absent(Evaluation& evaluation, const StepTimes& steps, const CallSite& site,
                             std::span<Value> args) {
  const Value& in = args[0];
  Value out;
  out.evidence = in.evidence;
  const std::span<double> cells = out.Add({evaluation.Own(site.labels), {}, false}, steps.count);
  std::ranges::fill(cells, 1);
  for (size_t e = 0; e < in.elements.size(); ++e) {
    const std::span<const double> present = in.Cells(e, steps.count);
    for (uint32_t i = 0; i < steps.count; ++i) {
      if (!IsAbsent(present[i])) cells[i] = AbsentCell();
    }
  }
  RemoveEmpty(&out, steps.count);
  return out;
}

template <bool kDescending>
absl::StatusOr<Value> Sort(Evaluation& evaluation, const StepTimes& steps, const CallSite& site,
                           std::span<Value> args) {
  Value value = std::move(args[0]);
  if (steps.count != 1) {  // of a range query or a subquery
    evaluation.annotations().Warn(kSortIsIneffective, site.position);
    return value;
  }
  std::vector<uint32_t> order(value.elements.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](uint32_t a, uint32_t b) {
    const double x = value.cells[a];
    const double y = value.cells[b];
    if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
    return kDescending ? x > y : x < y;
  });
  Reorder(&value, 1, order);
  value.ordered = true;
  return value;
}

absl::StatusOr<Value> MinOf(Evaluation&, const StepTimes& steps, const CallSite&,
                            std::span<Value> args) {
  Value out = std::move(args[0]);
  for (uint32_t i = 0; i < steps.count; ++i) {
    out.scalars[i] = GoMin(out.scalars[i], args[1].scalars[i]);
  }
  return out;
}
absl::StatusOr<Value> MaxOf(Evaluation&, const StepTimes& steps, const CallSite&,
                            std::span<Value> args) {
  Value out = std::move(args[0]);
  for (uint32_t i = 0; i < steps.count; ++i) {
    out.scalars[i] = GoMax(out.scalars[i], args[1].scalars[i]);
  }
  return out;
}

constexpr FunctionEntry kFunctions[] = {
    {.name = "absent", .call = Absent},      {.name = "clamp", .call = Clamp},
    {.name = "clamp_max", .call = ClampMax}, {.name = "clamp_min", .call = ClampMin},
    {.name = "max_of", .call = MaxOf},       {.name = "min_of", .call = MinOf},
    {.name = "round", .call = Round},        {.name = "scalar", .call = ScalarOf},
    {.name = "sort", .call = Sort<false>},   {.name = "sort_desc", .call = Sort<true>},
    {.name = "vector", .call = VectorOf},
};

}  // namespace

std::span<const FunctionEntry> VectorFunctions() { return kFunctions; }

}  // namespace tacho::engine
