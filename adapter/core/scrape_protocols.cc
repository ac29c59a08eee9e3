#include "adapter/core/scrape_protocols.h"

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

struct Named {
  std::string_view name;
  ScrapeProtocol protocol;
  std::string_view media_type;
};
constexpr std::array<Named, 4> kProtocols = {
    {{"OpenMetricsText1.0.0", ScrapeProtocol::kOpenMetrics1,
      "application/openmetrics-text;version=1.0.0"},
     {"OpenMetricsText0.0.1", ScrapeProtocol::kOpenMetrics0,
      "application/openmetrics-text;version=0.0.1"},
     {"PrometheusText1.0.0", ScrapeProtocol::kText1, "text/plain;version=1.0.0"},
     {"PrometheusText0.0.4", ScrapeProtocol::kText0, "text/plain;version=0.0.4"}}};
constexpr std::string_view kProto = "PrometheusProto";

absl::Status Unknown(const YamlValue& value) {
  return value.Error(absl::StrCat("unknown scrape protocol ", Quoted(value.text()),
                                  ", supported: OpenMetricsText1.0.0, OpenMetricsText0.0.1, "
                                  "PrometheusText1.0.0, PrometheusText0.0.4"));
}

const Named* Find(std::string_view name) {
  const auto it = std::ranges::find(kProtocols, name, &Named::name);
  return it == kProtocols.end() ? nullptr : it;
}

}  // namespace

std::string ScrapeProtocols::Accept() const {
  std::string accept;
  size_t weight = offered.size() + 2;
  for (const ScrapeProtocol protocol : offered) {
    const Named& named = *std::ranges::find(kProtocols, protocol, &Named::protocol);
    absl::StrAppend(&accept, Abs(named.media_type));
    const bool newer =
        protocol == ScrapeProtocol::kOpenMetrics1 || protocol == ScrapeProtocol::kText1;
    if (newer && !escaping.empty()) absl::StrAppend(&accept, ";escaping=", escaping);
    absl::StrAppend(&accept, ";q=0.", weight--, ",");
  }
  absl::StrAppend(&accept, "*/*;q=0.", weight);
  return accept;
}

Exposition ScrapeProtocols::FormatOf(std::string_view content_type) const {
  const std::string_view media = content_type.substr(0, content_type.find(';'));
  const std::string type = Lowercase(Std(absl::StripAsciiWhitespace(Abs(media))));
  if (type == "text/plain") return Exposition::kText;
  const Exposition said = ExpositionFromContentType(content_type);
  return said == Exposition::kOpenMetrics ? said : fallback;
}

absl::Status ReadScrapeProtocols(const YamlValue& value, std::vector<ScrapeProtocol>* out) {
  if (absl::Status s = value.ExpectSequence("scrape_protocols"); !s.ok()) return s;
  std::vector<std::string> seen;
  out->clear();
  for (const YamlValue& item : value.Items()) {
    const Named* named = Find(item.text());
    if (named == nullptr && item.text() != kProto) return Unknown(item);
    if (std::ranges::find(seen, item.text()) != seen.end()) {
      return item.Error(absl::StrCat("duplicated protocol in scrape_protocols: ", item.text()));
    }
    seen.push_back(item.text());
    if (named != nullptr) out->push_back(named->protocol);
  }
  if (!out->empty()) return absl::OkStatus();
  return value.Error("scrape_protocols must name a text format; tacho does not read protobuf");
}

absl::Status ReadFallbackProtocol(const YamlValue& value, Exposition* out) {
  const Named* named = Find(value.text());
  if (named == nullptr) return Unknown(value);
  const bool open_metrics = named->protocol == ScrapeProtocol::kOpenMetrics1 ||
                            named->protocol == ScrapeProtocol::kOpenMetrics0;
  *out = open_metrics ? Exposition::kOpenMetrics : Exposition::kText;
  return absl::OkStatus();
}

}  // namespace tacho::adapter
