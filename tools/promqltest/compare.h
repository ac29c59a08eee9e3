// What a query gave, held against what the script expects of it.
//
// Each check answers with an empty text if all is as expected, else with what was expected
// and what came, over several lines.
//
// Source      Prometheus' test runner: values may differ by a millionth, one NaN is like
//             another, a staleness marker is like itself only.
#ifndef TACHO_TOOLS_PROMQLTEST_COMPARE_H_
#define TACHO_TOOLS_PROMQLTEST_COMPARE_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "tacho/query.h"
#include "tools/promqltest/script.h"

namespace tacho::promqltest {

bool AlmostEqual(double a, double b);

// Of an instant query.
std::string CompareInstant(const Eval& eval, const QueryResult& result);
// Of a range query. Also that it is sorted.
std::string CompareRange(const Eval& eval, const QueryResult& result);
// Of a range query around an instant one's time: its point at that time, as a vector or a
// scalar.
std::string ComparePoint(const Eval& eval, const QueryResult& result, int64_t at_ms);

// `original` gives a message as it reads for the expression of the script.
using MessageMap = std::function<std::string(std::string_view)>;
std::string CompareAnnotations(const Eval& eval, std::span<const Annotation> annotations,
                               const MessageMap& original);
std::string CompareFailure(const Eval& eval, std::string_view message);

}  // namespace tacho::promqltest

#endif  // TACHO_TOOLS_PROMQLTEST_COMPARE_H_
