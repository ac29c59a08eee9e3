// The one place where a query's rows become a value, or the reason why there is
// none. Unknown is never a number: the HPA believes a zero.
//
// Units       Values as the query gives them; the text is a Kubernetes quantity.
// Threads     Pure functions.
#ifndef TACHO_ADAPTER_CORE_VALUE_DECISION_H_
#define TACHO_ADAPTER_CORE_VALUE_DECISION_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tacho/query.h"
#include "tacho/time.h"

namespace tacho::adapter {

enum class Unknown : uint8_t {
  kNone,       // it is known
  kMissing,    // no row for the object
  kWarming,    // no row, but targets are there: too few samples in the window
  kAmbiguous,  // several rows for the object
  kStale,      // the newest sample is too old
  kNan,
  kOverflow,  // infinite, or beyond what a quantity can hold
};
[[nodiscard]] std::string_view ToString(Unknown reason);  // "missing"; "" for kNone

struct ValuePolicy {
  // How old the newest sample behind a value may be.
  Duration max_age = absl::InfiniteDuration();
};

// 2 x interval + timeout, at most a minute; but never so short that a target which
// answers every scrape in time could look stale: interval + timeout.
[[nodiscard]] Duration DefaultMaxAge(Duration scrape_interval, Duration scrape_timeout);

struct Decision {
  Unknown unknown = Unknown::kNone;
  std::string quantity;  // kNone
};

// `rows` are the rows of one object; `targets_selected` how many targets the query's
// selectors matched.
[[nodiscard]] Decision Decide(std::span<const ResultSample* const> rows, uint32_t targets_selected,
                              Timestamp now, const ValuePolicy& policy);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_VALUE_DECISION_H_
