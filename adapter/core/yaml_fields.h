// YamlFields: the known keys of one mapping, read into variables. Absent keys leave
// them as they are. The first error stays, and everything after it is skipped, so that
// reading code is a plain list:
//
//   YamlFields fields(value, "a scrape config", kKeys);
//   fields.Read("job_name", &job.job_name);
//   fields.ReadDuration("scrape_interval", &job.scrape_interval);
//   return fields.status();
#ifndef TACHO_ADAPTER_CORE_YAML_FIELDS_H_
#define TACHO_ADAPTER_CORE_YAML_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapter/core/yaml.h"

namespace tacho::adapter {

class YamlFields {
 public:
  // Refuses other keys than these. `mapping`'s file outlives this.
  YamlFields(const YamlValue& mapping, std::string_view what,
             std::span<const std::string_view> keys);

  void Read(std::string_view key, std::string* out);
  void Read(std::string_view key, bool* out);
  void Read(std::string_view key, uint32_t* out);
  void Read(std::string_view key, std::vector<std::string>* out);
  void Read(std::string_view key, std::map<std::string, std::string>* out);
  void ReadDuration(std::string_view key, absl::Duration* out);
  void ReadBytes(std::string_view key, size_t* out);

  // For anything else: calls `read` with the value, if there is one; or with each of a
  // list's values.
  using Reader = std::function<absl::Status(const YamlValue&)>;
  void ReadWith(std::string_view key, const Reader& read);
  void ReadEach(std::string_view key, const Reader& read);

  [[nodiscard]] const absl::Status& status() const { return status_; }

 private:
  std::optional<YamlValue> Take(std::string_view key) const;

  YamlValue mapping_;
  absl::Status status_;
};

// "1h30m", "15s", "100ms", "0": as Prometheus reads durations.
//   kInvalidArgument    not of that form, or longer than 2^63 ns
[[nodiscard]] absl::StatusOr<absl::Duration> ParsePrometheusDuration(std::string_view text);

// "10MB", "1.5GiB", "0": units are powers of 1024 either way, as in Prometheus.
//   kInvalidArgument    not of that form, or over 2^63
[[nodiscard]] absl::StatusOr<size_t> ParseByteSize(std::string_view text);

[[nodiscard]] absl::StatusOr<std::vector<std::string>> ReadStrings(const YamlValue& list,
                                                                   std::string_view what);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_YAML_FIELDS_H_
