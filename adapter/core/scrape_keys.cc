#include "adapter/core/scrape_keys.h"

#include <algorithm>
#include <array>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/http_client_config.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

// In global and in each job.
constexpr std::array<std::string_view, 16> kShared = {"scrape_interval",
                                                      "scrape_timeout",
                                                      "scrape_protocols",
                                                      "sample_limit",
                                                      "body_size_limit",
                                                      "label_limit",
                                                      "label_name_length_limit",
                                                      "label_value_length_limit",
                                                      "target_limit",
                                                      "keep_dropped_targets",
                                                      "metric_name_validation_scheme",
                                                      "metric_name_escaping_scheme",
                                                      "scrape_native_histograms",
                                                      "always_scrape_classic_histograms",
                                                      "convert_classic_histograms_to_nhcb",
                                                      "extra_scrape_metrics"};
constexpr std::array<std::string_view, 2> kGlobalOnly = {"evaluation_interval", "external_labels"};
constexpr std::array<std::string_view, 16> kJobOnly = {"job_name",
                                                       "metrics_path",
                                                       "scheme",
                                                       "params",
                                                       "honor_labels",
                                                       "honor_timestamps",
                                                       "track_timestamps_staleness",
                                                       "enable_compression",
                                                       "fallback_scrape_protocol",
                                                       "relabel_configs",
                                                       "metric_relabel_configs",
                                                       "static_configs",
                                                       "file_sd_configs",
                                                       "http_sd_configs",
                                                       "native_histogram_bucket_limit",
                                                       "native_histogram_min_bucket_factor"};

struct Refused {
  std::string_view key;
  std::string_view why;
};
constexpr std::string_view kNoProxy =
    "tacho uses no proxy; scrape from where targets are reachable";
constexpr std::string_view kOnlyScrapes =
    "tacho reads global and scrape_configs; give it a file with those alone";
constexpr std::array<Refused, 17> kRefused = {
    {{"rule_files", kOnlyScrapes},
     {"alerting", kOnlyScrapes},
     {"remote_write", kOnlyScrapes},
     {"remote_read", kOnlyScrapes},
     {"storage", kOnlyScrapes},
     {"tracing", kOnlyScrapes},
     {"otlp", kOnlyScrapes},
     {"runtime", kOnlyScrapes},
     {"scrape_config_files", kOnlyScrapes},
     {"proxy_url", kNoProxy},
     {"no_proxy", kNoProxy},
     {"proxy_connect_header", kNoProxy},
     {"oauth2", "use authorization with a credentials_file that something else renews"},
     {"sigv4", "use authorization"},
     {"http_headers", "tacho sends no headers of the configuration's"},
     {"scrape_failure_log_file", "failures are in tacho's own log"},
     {"scrape_classic_histograms", "use always_scrape_classic_histograms, its present name"}}};

// Read, and accepted only while it asks for nothing.
constexpr std::array<Refused, 4> kMustBeFalse = {
    {{"scrape_native_histograms", "tacho reads text, which has no native histograms"},
     {"convert_classic_histograms_to_nhcb", "tacho keeps no native histograms"},
     {"extra_scrape_metrics", "tacho's /metrics has what they say"},
     {"track_timestamps_staleness",
      "a series with timestamps of its own gets no staleness marker; leave honor_timestamps off"}}};

const Refused* Find(std::span<const Refused> table, std::string_view key) {
  const auto it = std::ranges::find(table, key, &Refused::key);
  return it == table.end() ? nullptr : &*it;
}

bool IsDiscovery(std::string_view key) {
  return absl::EndsWith(Abs(key), "_sd_configs") && key != "file_sd_configs" &&
         key != "http_sd_configs";
}

}  // namespace

const std::vector<std::string_view>& GlobalKeys() {
  static const auto* const kKeys = [] {
    auto* keys = new std::vector<std::string_view>(kShared.begin(), kShared.end());
    keys->insert(keys->end(), kGlobalOnly.begin(), kGlobalOnly.end());
    return keys;
  }();
  return *kKeys;
}

const std::vector<std::string_view>& JobKeys() {
  static const auto* const kKeys = [] {
    auto* keys = new std::vector<std::string_view>(kShared.begin(), kShared.end());
    keys->insert(keys->end(), kJobOnly.begin(), kJobOnly.end());
    keys->insert(keys->end(), kHttpClientKeys.begin(), kHttpClientKeys.end());
    return keys;
  }();
  return *kKeys;
}

absl::Status RefuseUnsupported(const YamlValue& mapping) {
  for (const auto& [key, value] : mapping.Entries()) {
    const std::string& name = key.text();
    if (IsDiscovery(name)) {
      return key.Error(absl::StrCat(name,
                                    " is not supported by this version; let something that "
                                    "knows the targets write files for file_sd_configs, or serve "
                                    "http_sd_configs"));
    }
    if (const Refused* refused = Find(kRefused, name)) {
      return key.Error(absl::StrCat(name, " is not supported: ", Abs(refused->why)));
    }
    const Refused* off = Find(kMustBeFalse, name);
    if (off != nullptr && value.text() != "false") {
      return key.Error(absl::StrCat(name, " is not supported: ", Abs(off->why)));
    }
  }
  return absl::OkStatus();
}

}  // namespace tacho::adapter
