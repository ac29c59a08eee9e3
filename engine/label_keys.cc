#include "engine/label_keys.h"

namespace tacho::engine {
namespace {

// Lengths first: no byte is one that a label cannot hold.
void AppendText(std::string_view text, std::string* key) {
  const auto size = static_cast<uint32_t>(text.size());
  key->append(reinterpret_cast<const char*>(&size), sizeof(size));
  key->append(text);
}

}  // namespace

std::pair<uint32_t, bool> LabelKeys::Number(const ElementLabels& labels) {
  key_.clear();
  labels.ForEach([&](std::string_view name, std::string_view value) {
    if (!filter_.Keeps(name)) return;
    AppendText(name, &key_);
    AppendText(value, &key_);
  });
  const auto [it, inserted] = numbers_.try_emplace(key_, size());
  return {it->second, inserted};
}

}  // namespace tacho::engine
