// Kubernetes quantities of custom metrics: thousandths, cut toward zero, in
// canonical form: the largest suffix of m, none, k, M, G, T, P, E that leaves no
// fraction. 0.0669 -> 66m, 1000 -> 1k, 1500 -> 1500.
//
// Source      prometheus-adapter: NewMilliQuantity(int64(v * 1000)), in doubles.
// Limits      |v x 1000| < 2^63. Go's conversion wraps beyond it, and the HPA then
//             scales to its minimum: here it is an error.
#ifndef TACHO_ADAPTER_CORE_QUANTITY_H_
#define TACHO_ADAPTER_CORE_QUANTITY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace tacho::adapter {

//   kInvalidArgument    the value is NaN
//   kOutOfRange         it is infinite, or too large for thousandths in 63 bits
[[nodiscard]] absl::StatusOr<std::string> FormatQuantity(double value);

[[nodiscard]] std::string FormatMilliQuantity(int64_t thousandths);

// As Kubernetes prints memory: whole multiples of 1024 with Ki, Mi, Gi, Ti, Pi, Ei; below
// 1024, and with a fraction, as FormatQuantity. Fails as that does.
[[nodiscard]] absl::StatusOr<std::string> FormatBinaryQuantity(double value);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_QUANTITY_H_
