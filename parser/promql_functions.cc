#include "parser/promql_functions.h"

#include <algorithm>
#include <iterator>

namespace tacho::parser {
namespace {

constexpr ValueType S = ValueType::kScalar;
constexpr ValueType T = ValueType::kString;
constexpr ValueType V = ValueType::kVector;
constexpr ValueType M = ValueType::kMatrix;
constexpr bool kExperimental = true;

// Name, result, number of arguments, their types; then variadic, experimental.
constexpr Function kFunctions[] = {
    {"abs", V, 1, {V}},
    {"absent", V, 1, {V}},
    {"absent_over_time", V, 1, {M}},
    {"acos", V, 1, {V}},
    {"acosh", V, 1, {V}},
    {"asin", V, 1, {V}},
    {"asinh", V, 1, {V}},
    {"atan", V, 1, {V}},
    {"atanh", V, 1, {V}},
    {"avg_over_time", V, 1, {M}},
    {"ceil", V, 1, {V}},
    {"changes", V, 1, {M}},
    {"clamp", V, 3, {V, S, S}},
    {"clamp_max", V, 2, {V, S}},
    {"clamp_min", V, 2, {V, S}},
    {"cos", V, 1, {V}},
    {"cosh", V, 1, {V}},
    {"count_over_time", V, 1, {M}},
    {"day_of_month", V, 1, {V}, 1},
    {"day_of_week", V, 1, {V}, 1},
    {"day_of_year", V, 1, {V}, 1},
    {"days_in_month", V, 1, {V}, 1},
    {"deg", V, 1, {V}},
    {"delta", V, 1, {M}},
    {"deriv", V, 1, {M}},
    {"double_exponential_smoothing", V, 3, {M, S, S}, 0, kExperimental},
    {"end", S, 0, {}, 0, kExperimental},
    {"exp", V, 1, {V}},
    {"first_over_time", V, 1, {M}},
    {"floor", V, 1, {V}},
    {"histogram_avg", V, 1, {V}},
    {"histogram_count", V, 1, {V}},
    {"histogram_fraction", V, 3, {S, S, V}},
    {"histogram_quantile", V, 2, {S, V}},
    {"histogram_quantiles", V, 4, {V, T, S, S}, 9, kExperimental},
    {"histogram_stddev", V, 1, {V}},
    {"histogram_stdvar", V, 1, {V}},
    {"histogram_sum", V, 1, {V}},
    {"hour", V, 1, {V}, 1},
    {"idelta", V, 1, {M}},
    {"increase", V, 1, {M}},
    {"info", V, 2, {V, V}, 1, kExperimental},
    {"irate", V, 1, {M}},
    {"label_join", V, 4, {V, T, T, T}, kAnyNumber},
    {"label_replace", V, 5, {V, T, T, T, T}},
    {"last_over_time", V, 1, {M}},
    {"ln", V, 1, {V}},
    {"log10", V, 1, {V}},
    {"log2", V, 1, {V}},
    {"mad_over_time", V, 1, {M}, 0, kExperimental},
    {"max_of", S, 2, {S, S}, 0, kExperimental},
    {"max_over_time", V, 1, {M}},
    {"min_of", S, 2, {S, S}, 0, kExperimental},
    {"min_over_time", V, 1, {M}},
    {"minute", V, 1, {V}, 1},
    {"month", V, 1, {V}, 1},
    {"pi", S, 0, {}},
    {"predict_linear", V, 2, {M, S}},
    {"present_over_time", V, 1, {M}},
    {"quantile_over_time", V, 2, {S, M}},
    {"rad", V, 1, {V}},
    {"range", S, 0, {}, 0, kExperimental},
    {"rate", V, 1, {M}},
    {"resets", V, 1, {M}},
    {"round", V, 2, {V, S}, 1},
    {"scalar", S, 1, {V}},
    {"sgn", V, 1, {V}},
    {"sin", V, 1, {V}},
    {"sinh", V, 1, {V}},
    {"sort", V, 1, {V}},
    {"sort_by_label", V, 2, {V, T}, kAnyNumber, kExperimental},
    {"sort_by_label_desc", V, 2, {V, T}, kAnyNumber, kExperimental},
    {"sort_desc", V, 1, {V}},
    {"sqrt", V, 1, {V}},
    {"start", S, 0, {}, 0, kExperimental},
    {"start_timestamp", V, 1, {V}, 0, kExperimental},
    {"stddev_over_time", V, 1, {M}},
    {"stdvar_over_time", V, 1, {M}},
    {"step", S, 0, {}, 0, kExperimental},
    {"sum_over_time", V, 1, {M}},
    {"tan", V, 1, {V}},
    {"tanh", V, 1, {V}},
    {"time", S, 0, {}},
    {"timestamp", V, 1, {V}},
    {"ts_of_first_over_time", V, 1, {M}, 0, kExperimental},
    {"ts_of_last_over_time", V, 1, {M}, 0, kExperimental},
    {"ts_of_max_over_time", V, 1, {M}, 0, kExperimental},
    {"ts_of_min_over_time", V, 1, {M}, 0, kExperimental},
    {"vector", V, 1, {S}},
    {"year", V, 1, {V}, 1},
};

constexpr bool ByName(const Function& a, const Function& b) { return a.name < b.name; }
static_assert(std::is_sorted(std::begin(kFunctions), std::end(kFunctions), ByName));

}  // namespace

std::span<const Function> AllFunctions() { return kFunctions; }

const Function* FindFunction(std::string_view name) {
  const auto* found = std::lower_bound(std::begin(kFunctions), std::end(kFunctions),
                                       Function{.name = name}, ByName);
  return found != std::end(kFunctions) && found->name == name ? found : nullptr;
}

}  // namespace tacho::parser
