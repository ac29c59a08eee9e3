#include "engine/functions.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

namespace tacho::engine {
namespace {

using parser::ValueType;

double Sign(double v) { return v > 0 ? 1 : v < 0 ? -1 : v; }

absl::StatusOr<Value> Time(Evaluation& evaluation, std::span<Value>) {
  return Value::Scalar(static_cast<double>(evaluation.time().unix_millis()) / 1000);
}

// The value of the only element; NaN if there is none or several.
absl::StatusOr<Value> ScalarOf(Evaluation&, std::span<Value> args) {
  const Vector& vector = args[0].vector;
  Value out = Value::Scalar(vector.size() == 1 ? vector[0].value
                                               : std::numeric_limits<double>::quiet_NaN());
  out.evidence = args[0].evidence;
  return out;
}

absl::StatusOr<Value> VectorOf(Evaluation& evaluation, std::span<Value> args) {
  Value out;
  out.evidence = args[0].evidence;
  out.vector.emplace_back(evaluation.Own(Labels()), args[0].scalar, args[0].evidence);
  return out;
}

// Sorted by name.
constexpr FunctionEntry kFunctions[] = {
    {.name = "abs", .math = std::fabs},
    {.name = "ceil", .math = std::ceil},
    {.name = "delta", .range = {.plain = Delta, .kernel = RowKernel::kDelta}},
    {.name = "floor", .math = std::floor},
    {.name = "idelta",
     .range = {.plain = InstantDelta, .kernel = RowKernel::kInstantDelta, .last_two = true}},
    {.name = "increase", .range = {.plain = Increase, .kernel = RowKernel::kIncrease}},
    {.name = "irate",
     .range = {.plain = InstantRate, .kernel = RowKernel::kInstantRate, .last_two = true}},
    {.name = "rate", .range = {.plain = Rate, .kernel = RowKernel::kRate}},
    {.name = "scalar", .call = ScalarOf},
    {.name = "sgn", .math = Sign},
    {.name = "sqrt", .math = std::sqrt},
    {.name = "time", .call = Time},
    {.name = "vector", .call = VectorOf},
};
static_assert(std::ranges::is_sorted(kFunctions, {}, &FunctionEntry::name));

}  // namespace

const FunctionEntry* FindFunction(std::string_view name) {
  const auto* it = std::ranges::lower_bound(kFunctions, name, {}, &FunctionEntry::name);
  return it != std::end(kFunctions) && it->name == name ? it : nullptr;
}

}  // namespace tacho::engine
