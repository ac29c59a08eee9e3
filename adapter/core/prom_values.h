// Values, times and labels as Prometheus' HTTP API writes them, to the byte.
//
// Two encoders write numbers there: one for the samples of vectors and matrices, one for
// scalars and strings. They differ in exponents and in the zeros at a time's end.
//
// Units       Times are Unix seconds; milliseconds become three digits or none.
// Threads     Pure functions.
// Cost        Append, without a temporary string.
#ifndef TACHO_ADAPTER_CORE_PROM_VALUES_H_
#define TACHO_ADAPTER_CORE_PROM_VALUES_H_

#include <string>
#include <string_view>

#include "tacho/labels.h"
#include "tacho/time.h"

namespace tacho::adapter {

// Of a vector or matrix: shortest digits, an exponent below 1e-6 and from 1e21 on.
void AppendSampleValue(double value, std::string* out);
[[nodiscard]] std::string FormatSampleValue(double value);
// Of a vector or matrix: whole seconds, and exactly three digits if there are
// milliseconds.
void AppendSampleTime(Timestamp t, std::string* out);

// Of a scalar: shortest digits, never an exponent.
[[nodiscard]] std::string FormatScalarValue(double value);
// Of a scalar or string: a shortest JSON number.
void AppendScalarTime(Timestamp t, std::string* out);

// A number of JSON: shortest, with Go's exponents. Not for NaN and infinities.
void AppendJsonNumber(double value, std::string* out);

// {"__name__":"up","job":"a"}
void AppendLabelsJson(const Labels& labels, std::string* out);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_PROM_VALUES_H_
