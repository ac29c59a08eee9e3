#include "storage/refusal.h"

#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace tacho {

std::string_view RefusalName(Refusal refusal) {
  static constexpr std::array<std::string_view, kRefusalCount> kNames = {
      "none",          "malformed",    "out_of_order", "duplicate",   "too_old",
      "too_far_ahead", "target_removed", "sample_limit", "body_limit", "label_limit",
      "series_limit",  "target_limit", "byte_limit"};
  return kNames[static_cast<size_t>(refusal)];
}

namespace storage {
namespace {

std::string Message(Refusal refusal, const Options& options) {
  const StorageLimits& limits = options.storage;
  switch (refusal) {
    case Refusal::kOutOfOrder:
      return "out of order: not newer than what is stored; drop it";
    case Refusal::kDuplicate:
      return "duplicate: this time is already stored with another value; drop it";
    case Refusal::kTooOld:
      return absl::StrCat("too old: retention is ", absl::FormatDuration(options.retention));
    case Refusal::kTooFarAhead:
      return absl::StrCat("too far ahead: over ", absl::FormatDuration(options.max_ahead),
                          " later than the database's time; check the clock of the source");
    case Refusal::kTargetRemoved:
      return "the target was removed; add it again";
    case Refusal::kSampleLimit:
      return absl::StrCat("more samples than the limit of one scrape; raise sample_limit or "
                          "max_samples_per_scrape (", limits.max_samples_per_scrape, ")");
    case Refusal::kBodyLimit:
      return absl::StrCat("the body is over its limit; raise body_size_limit or max_body_bytes (",
                          limits.max_body_bytes, ")");
    case Refusal::kSeriesLimit:
      return absl::StrCat("the new series would go over max_series (", limits.max_series,
                          "); raise it, or scrape fewer series");
    case Refusal::kTargetLimit:
      return absl::StrCat("there are max_targets (", limits.max_targets,
                          ") targets already; raise it, or remove some");
    case Refusal::kByteLimit:
      return absl::StrCat("the row would go over max_bytes (", limits.max_bytes,
                          "); raise it, or shorten retention");
    default:
      return std::string(RefusalName(refusal));
  }
}

absl::StatusCode Code(Refusal refusal) {
  switch (refusal) {
    case Refusal::kOutOfOrder:
    case Refusal::kDuplicate:
    case Refusal::kTooOld:
    case Refusal::kTooFarAhead:
      return absl::StatusCode::kOutOfRange;
    case Refusal::kTargetRemoved:
      return absl::StatusCode::kFailedPrecondition;
    case Refusal::kMalformed:
      return absl::StatusCode::kInvalidArgument;
    default:
      return absl::StatusCode::kResourceExhausted;
  }
}

}  // namespace

absl::Status RefusalStatus(Refusal refusal, std::string_view detail, const Options& options) {
  if (refusal == Refusal::kNone) return absl::OkStatus();
  const std::string message = detail.empty() ? Message(refusal, options) : std::string(detail);
  return absl::Status(Code(refusal), message);
}

}  // namespace storage
}  // namespace tacho
