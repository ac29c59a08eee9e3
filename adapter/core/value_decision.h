// The one place where what a query brought becomes a value, or the reason why there
// is none. Unknown is never a number: the HPA believes a zero.
//
// Units       Values as the query gives them; the text is a Kubernetes quantity.
// Threads     Pure functions.
// Source      contracts: safety, F1-F6, F11, F18. tests/adapter_core/mutation.py changes
//             value_decision.cc bit by bit and demands that its test notices.
#ifndef TACHO_ADAPTER_CORE_VALUE_DECISION_H_
#define TACHO_ADAPTER_CORE_VALUE_DECISION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tacho/time.h"

namespace tacho::adapter {

enum class Unknown : uint8_t {
  kNone,       // it is known
  kUpstream,   // who evaluates the query gave no answer, or only a part of one
  kMissing,    // no row for the object
  kWarming,    // targets are there, but too few samples in the window yet
  kAmbiguous,  // several rows for the object
  kStale,      // the newest sample is too old
  kCoverage,   // too few of the targets that the value adds up are fresh, or nobody can say
  kNan,
  kOverflow,  // infinite, or beyond what a quantity can hold
};
[[nodiscard]] std::string_view ToString(Unknown reason);  // "missing"; "" for kNone

// What a rule wants instead of an unknown value.
enum class OnUnknown : uint8_t {
  kOmit,   // the object is left out of a list; asked for by name it is an error
  kZero,   // 0: only a rule's author can know that this is true
  kError,  // one such object makes the whole reply an error
};

struct ValuePolicy {
  // How old the newest sample behind a value may be.
  Duration max_age = absl::InfiniteDuration();
  // The scrape interval: of it follows how much of a rate's window must be filled.
  Duration interval = absl::ZeroDuration();
  // That span itself, if a rule says so; else as MinSpan.
  std::optional<Duration> min_span = {};
  // Of the targets that a value adds up, the share that must be fresh.
  double min_coverage = 0.9;
  OnUnknown on_nan = OnUnknown::kOmit;
  OnUnknown on_missing = OnUnknown::kOmit;
  // What is above (+Inf included) becomes this; without it an overflow is unknown.
  std::optional<double> clamp_max = {};
  // For how long after its sample a known value stands in for an unknown one.
  Duration hold_last = absl::ZeroDuration();
};

// 2 x interval + timeout, at most a minute; but never so short that a target which
// answers every scrape in time could look stale: interval + timeout.
[[nodiscard]] Duration DefaultMaxAge(Duration scrape_interval, Duration scrape_timeout);

// What the samples behind a rate over `window` must span: two intervals and a quarter of
// the window, unless the policy says otherwise.
[[nodiscard]] Duration MinSpan(Duration window, const ValuePolicy& policy);

// Of the targets whose series a value adds up. Nothing is known if none is expected.
struct Coverage {
  uint32_t expected = 0;
  uint32_t fresh = 0;  // of them, with a sample within max_age
  uint32_t warm = 0;   // of them, with two samples in the window of a rate
};

// A value that was known before.
struct HeldValue {
  double value = 0;
  Timestamp time;
};

// What the query brought for one object.
struct Observation {
  bool unanswered = false;  // a query behind it brought nothing that can be relied on
  size_t rows = 0;
  double value = 0;  // of the only row
  // Of the samples behind it; newest is Min if it rests on none, as vector(1) does.
  Timestamp oldest = Timestamp::Max();
  Timestamp newest = Timestamp::Min();
  Duration rate_window = absl::ZeroDuration();  // zero: no rate
  // By the query, with or without samples; without a row, those that have the object's series.
  uint32_t targets_selected = 0;
  Coverage coverage;
  bool coverage_unknown = false;  // asked for, and whoever was asked could not say
  std::optional<HeldValue> held = {};
};

struct Decision {
  Unknown unknown = Unknown::kNone;  // of the object; stays what it was if a policy helped
  bool known = false;                // quantity and time may be answered
  double value = 0;
  std::string quantity;
  Timestamp time;
};

[[nodiscard]] Decision Decide(const Observation& seen, Timestamp now, const ValuePolicy& policy);

// Whether this object's lack of a value must fail the whole reply.
[[nodiscard]] bool FailsReply(const Decision& decision, const ValuePolicy& policy);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_VALUE_DECISION_H_
