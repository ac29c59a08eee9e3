// Reference: the functions over one series and the aggregations, once more, written from
// the specification and sharing nothing with the engine, to be compared with it.
//
// Units       Times, ranges and offsets in milliseconds.
// Source      docs/promql.md, sections 1 to 3.
#ifndef TACHO_TESTS_CONFORMANCE_REFERENCE_H_
#define TACHO_TESTS_CONFORMANCE_REFERENCE_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tacho::testing {

struct ReferenceSample {
  int64_t ms = 0;
  double value = 0;  // may be a staleness marker
};
using ReferenceSeries = std::vector<ReferenceSample>;  // by time

struct ReferenceQuery {
  int64_t at_ms = 0;
  int64_t range_ms = 0;
  int64_t offset_ms = 0;
};

// function: rate, increase, delta, irate or idelta.
std::optional<double> ReferenceValue(std::string_view function, const ReferenceSeries& series,
                                     const ReferenceQuery& query);

// What an instant selector sees.
std::optional<double> ReferenceLatest(const ReferenceSeries& series, const ReferenceQuery& query);

// op: sum, avg, min, max, count or group. values: not empty, in the order of the labels.
double ReferenceAggregate(std::string_view op, const std::vector<double>& values);

}  // namespace tacho::testing

#endif  // TACHO_TESTS_CONFORMANCE_REFERENCE_H_
