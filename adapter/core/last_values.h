// LastValues: what was last known of metrics whose rules say holdLast. Others leave no
// trace here.
//
// Threads     Safe from any thread.
// Limits      max_values; when it is full, values are let go that no rule may use any
//             more, and if there are none, new ones are not taken (and counted).
#ifndef TACHO_ADAPTER_CORE_LAST_VALUES_H_
#define TACHO_ADAPTER_CORE_LAST_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "adapter/core/value_decision.h"

namespace tacho::adapter {

class LastValues {
 public:
  explicit LastValues(size_t max_values = 10'000) : max_values_(max_values) {}

  [[nodiscard]] std::optional<HeldValue> Get(const std::string& key) const;
  // Keeps it for `hold` after its time.
  void Put(const std::string& key, const HeldValue& value, Duration hold, Timestamp now);

  [[nodiscard]] size_t size() const;
  [[nodiscard]] uint64_t refused() const;

 private:
  struct Entry {
    HeldValue value;
    Timestamp until;
  };

  const size_t max_values_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, Entry> values_;
  uint64_t refused_ = 0;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_LAST_VALUES_H_
