#include "adapter/core/value_decision.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "adapter/core/quantity.h"

namespace tacho::adapter {

std::string_view ToString(Unknown reason) {
  switch (reason) {
    case Unknown::kNone:
      return "";
    case Unknown::kMissing:
      return "missing";
    case Unknown::kWarming:
      return "warming";
    case Unknown::kAmbiguous:
      return "ambiguous";
    case Unknown::kStale:
      return "stale";
    case Unknown::kNan:
      return "nan";
    case Unknown::kOverflow:
      return "overflow";
  }
  return "";
}

Duration DefaultMaxAge(Duration scrape_interval, Duration scrape_timeout) {
  const Duration two_scrapes = 2 * scrape_interval + scrape_timeout;
  return std::max(std::min(two_scrapes, absl::Minutes(1)), scrape_interval + scrape_timeout);
}

Decision Decide(std::span<const ResultSample* const> rows, uint32_t targets_selected, Timestamp now,
                const ValuePolicy& policy) {
  if (rows.empty()) return {targets_selected > 0 ? Unknown::kWarming : Unknown::kMissing, ""};
  if (rows.size() > 1) return {Unknown::kAmbiguous, ""};
  const ResultSample& row = *rows.front();
  // A value that rests on no sample, such as vector(1), cannot be stale.
  const bool from_samples = row.evidence.newest != Timestamp::Min();
  if (from_samples && now - row.evidence.newest > policy.max_age) return {Unknown::kStale, ""};
  absl::StatusOr<std::string> quantity = FormatQuantity(row.value);
  if (absl::IsInvalidArgument(quantity.status())) return {Unknown::kNan, ""};
  if (!quantity.ok()) return {Unknown::kOverflow, ""};
  return {Unknown::kNone, *std::move(quantity)};
}

}  // namespace tacho::adapter
