// Exposition: the two text formats that a /metrics endpoint speaks.
//
// Source      Prometheus text format 0.0.4; OpenMetrics 1.0. Accepted and refused
//             as by Prometheus 3.x's scrape parsers.
#ifndef TACHO_EXPOSITION_H_
#define TACHO_EXPOSITION_H_

#include <cstdint>
#include <string_view>

#include "tacho/export.h"

namespace tacho {

enum class Exposition : uint8_t {
  kText,         // text/plain; version=0.0.4
  kOpenMetrics,  // application/openmetrics-text
};

// The format that a Content-Type header announces. Anything that does not say
// OpenMetrics, a missing header too, is text.
[[nodiscard]] TACHO_EXPORT Exposition ExpositionFromContentType(std::string_view content_type);

}  // namespace tacho

#endif  // TACHO_EXPOSITION_H_
