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

void LabelKeys::Append(std::string_view name, std::string_view value) {
  AppendText(name, &key_);
  AppendText(value, &key_);
}

// A few names are looked up faster than all labels are visited.
void LabelKeys::AppendListed(const std::vector<std::string>& names, const ElementLabels& labels) {
  for (const std::string& name : names) {
    const std::string_view value = labels.Get(name);
    if (!value.empty() && filter_.Keeps(name)) Append(name, value);
  }
}

std::pair<uint32_t, bool> LabelKeys::Number(const ElementLabels& labels) {
  key_.clear();
  if (filter_.listed() != nullptr) {
    AppendListed(*filter_.listed(), labels);
  } else {
    labels.ForEach([&](std::string_view name, std::string_view value) {
      if (filter_.Keeps(name)) Append(name, value);
    });
  }
  const auto [it, inserted] = numbers_.try_emplace(key_, size());
  return {it->second, inserted};
}

}  // namespace tacho::engine
