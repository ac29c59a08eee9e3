#include "adapter/core/value_decision.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/status/statusor.h"
#include "adapter/core/quantity.h"

namespace tacho::adapter {
namespace {

bool FromSamples(const Observation& seen) { return seen.newest != Timestamp::Min(); }

bool Covers(uint32_t part, uint32_t expected, double min_coverage) {
  return static_cast<double>(part) >= min_coverage * static_cast<double>(expected);
}

// What is wrong with the samples behind the only row.
Unknown ExamineSamples(const Observation& seen, Timestamp now, const ValuePolicy& policy) {
  if (now - seen.newest > policy.max_age) return Unknown::kStale;
  const Coverage& coverage = seen.coverage;
  if (seen.coverage_unknown && policy.min_coverage > 0) return Unknown::kCoverage;
  if (!Covers(coverage.fresh, coverage.expected, policy.min_coverage)) return Unknown::kCoverage;
  if (!Covers(coverage.warm, coverage.expected, policy.min_coverage)) return Unknown::kWarming;
  if (seen.rate_window == absl::ZeroDuration()) return Unknown::kNone;
  const bool filled = seen.newest - seen.oldest >= MinSpan(seen.rate_window, policy);
  return filled ? Unknown::kNone : Unknown::kWarming;
}

Unknown ExamineNoRow(const Observation& seen) {
  if (seen.targets_selected == 0) return Unknown::kMissing;
  const bool gone_silent = seen.coverage.expected > 0 && seen.coverage.fresh == 0;
  return gone_silent ? Unknown::kStale : Unknown::kWarming;
}

Unknown Examine(const Observation& seen, Timestamp now, const ValuePolicy& policy) {
  if (seen.unanswered) return Unknown::kUpstream;
  if (seen.rows == 0) return ExamineNoRow(seen);
  if (seen.rows > 1) return Unknown::kAmbiguous;
  if (FromSamples(seen)) {
    const Unknown samples = ExamineSamples(seen, now, policy);
    if (samples != Unknown::kNone) return samples;
  }
  return std::isnan(seen.value) ? Unknown::kNan : Unknown::kNone;
}

// Sets the value, if a quantity can hold it.
bool Answer(double value, Timestamp time, Decision* out) {
  absl::StatusOr<std::string> quantity = FormatQuantity(value);
  if (!quantity.ok()) return false;
  out->known = true;
  out->value = value;
  out->quantity = *std::move(quantity);
  out->time = time;
  return true;
}

bool WantsZero(Unknown unknown, const ValuePolicy& policy) {
  if (unknown == Unknown::kNan) return policy.on_nan == OnUnknown::kZero;
  return unknown == Unknown::kMissing && policy.on_missing == OnUnknown::kZero;
}

}  // namespace

std::string_view ToString(Unknown reason) {
  switch (reason) {
    case Unknown::kNone:
      return "";
    case Unknown::kUpstream:
      return "upstream";
    case Unknown::kMissing:
      return "missing";
    case Unknown::kWarming:
      return "warming";
    case Unknown::kAmbiguous:
      return "ambiguous";
    case Unknown::kStale:
      return "stale";
    case Unknown::kCoverage:
      return "coverage";
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

Duration MinSpan(Duration window, const ValuePolicy& policy) {
  if (policy.min_span.has_value()) return *policy.min_span;
  return std::max(2 * policy.interval, window / 4);
}

Decision Decide(const Observation& seen, Timestamp now, const ValuePolicy& policy) {
  Decision out;
  out.unknown = Examine(seen, now, policy);
  if (out.unknown == Unknown::kNone) {
    const double value = std::min(seen.value, policy.clamp_max.value_or(seen.value));
    if (Answer(value, FromSamples(seen) ? seen.newest : now, &out)) return out;
    out.unknown = Unknown::kOverflow;
  }
  if (seen.held.has_value() && now - seen.held->time <= policy.hold_last) {
    Answer(seen.held->value, seen.held->time, &out);
  } else if (WantsZero(out.unknown, policy)) {
    Answer(0, now, &out);
  }
  return out;
}

bool FailsReply(const Decision& decision, const ValuePolicy& policy) {
  if (decision.known) return false;
  if (decision.unknown == Unknown::kNan) return policy.on_nan == OnUnknown::kError;
  return decision.unknown == Unknown::kMissing && policy.on_missing == OnUnknown::kError;
}

}  // namespace tacho::adapter
