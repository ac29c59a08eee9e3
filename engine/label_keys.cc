#include "engine/label_keys.h"

namespace tacho::engine {
namespace {

// Lengths first: no byte is one that a label cannot hold.
void AppendText(const std::string& text, std::string* key) {
  const auto size = static_cast<uint32_t>(text.size());
  key->append(reinterpret_cast<const char*>(&size), sizeof(size));
  key->append(text);
}

}  // namespace

std::pair<uint32_t, bool> LabelKeys::Number(const Labels& labels) {
  key_.clear();
  for (const Label& label : labels) {
    if (!filter_.Keeps(label.name)) continue;
    AppendText(label.name, &key_);
    AppendText(label.value, &key_);
  }
  const auto [it, inserted] = numbers_.try_emplace(key_, size());
  return {it->second, inserted};
}

}  // namespace tacho::engine
