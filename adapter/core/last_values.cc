#include "adapter/core/last_values.h"

namespace tacho::adapter {

std::optional<HeldValue> LastValues::Get(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto it = values_.find(key);
  return it == values_.end() ? std::nullopt : std::optional<HeldValue>(it->second.value);
}

void LastValues::Put(const std::string& key, const HeldValue& value, Duration hold, Timestamp now) {
  const std::lock_guard lock(mutex_);
  const Entry entry = {value, value.time + hold};
  if (const auto it = values_.find(key); it != values_.end()) {
    it->second = entry;
    return;
  }
  if (values_.size() >= max_values_) {
    std::erase_if(values_, [now](const auto& held) { return held.second.until < now; });
  }
  if (values_.size() >= max_values_) {
    ++refused_;
    return;
  }
  values_.emplace(key, entry);
}

size_t LastValues::size() const {
  const std::lock_guard lock(mutex_);
  return values_.size();
}

uint64_t LastValues::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

}  // namespace tacho::adapter
