#include <string_view>

#include "tacho/exposition.h"

namespace tacho {
namespace {

constexpr std::string_view kOpenMetricsType = "application/openmetrics-text";

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

// Parameters (version, charset, escaping) do not choose the parser, as in Prometheus.
Exposition ExpositionFromContentType(std::string_view content_type) {
  const std::string_view type = Trim(content_type.substr(0, content_type.find(';')));
  if (type.size() != kOpenMetricsType.size()) return Exposition::kText;
  for (size_t i = 0; i < type.size(); ++i) {
    if (Lower(type[i]) != kOpenMetricsType[i]) return Exposition::kText;
  }
  return Exposition::kOpenMetrics;
}

}  // namespace tacho
