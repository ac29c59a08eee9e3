// Quantile: of a set of values, interpolated between neighbours.
//
// Threads     Pure functions.
// Source      docs/promql.md, section 3.6.
#ifndef TACHO_ENGINE_QUANTILE_H_
#define TACHO_ENGINE_QUANTILE_H_

#include <string>
#include <vector>

namespace tacho::engine {

// Sorts the values. NaN counts as smaller than any number; -Inf and +Inf for q outside of
// [0, 1].
double Quantile(double q, std::vector<double>* values);

// Whether q is one; if not, what to warn of.
bool IsQuantile(double q);
std::string QuantileWarning(double q);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_QUANTILE_H_
