// Sample values: any double. One bit pattern is not a value but an event: the
// staleness marker says "this series has just ended". It is a signalling NaN,
// so it must only ever be moved and compared as bits: arithmetic would quieten
// it into an ordinary NaN.
//
// Source      Prometheus' value.StaleNaN and value.NormalNaN.
#ifndef TACHO_SAMPLE_H_
#define TACHO_SAMPLE_H_

#include <bit>
#include <cstdint>

namespace tacho {

inline constexpr uint64_t kStaleMarkerBits = 0x7ff0000000000002;
inline constexpr uint64_t kNormalNanBits = 0x7ff8000000000001;

inline double StaleMarker() { return std::bit_cast<double>(kStaleMarkerBits); }
inline double NormalNan() { return std::bit_cast<double>(kNormalNanBits); }

inline bool IsStaleMarker(double v) { return std::bit_cast<uint64_t>(v) == kStaleMarkerBits; }

}  // namespace tacho

#endif  // TACHO_SAMPLE_H_
