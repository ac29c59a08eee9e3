#include "engine/annotations.h"

#include <utility>

namespace tacho::engine {

void Annotations::Add(std::string_view kind, std::string_view text, std::string_view position,
                      bool warning) {
  auto& kept = warning ? warnings_ : infos_;
  if (kept.size() >= kMaxKept || kept.find(text) != kept.end()) return;
  std::string line(kind);
  line += text;
  if (!position.empty()) line.append(" (").append(position).append(")");
  kept.emplace(text, std::move(line));
}

std::vector<Annotation> Annotations::Take() {
  std::vector<Annotation> all;
  for (auto& [text, line] : warnings_) all.push_back({true, std::move(line)});
  for (auto& [text, line] : infos_) all.push_back({false, std::move(line)});
  warnings_.clear();
  infos_.clear();
  return all;
}

}  // namespace tacho::engine
