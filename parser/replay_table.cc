#include "parser/replay_table.h"

#include <algorithm>
#include <cstring>

#include "absl/hash/hash.h"
#include "parser/exposition_chars.h"
#include "parser/text.h"

namespace tacho::parser {

size_t NameSize(std::string_view identity) {
  size_t size = 0;
  while (size < identity.size() && identity[size] != '{' &&
         !IsIn(static_cast<unsigned char>(identity[size]), kBlank)) {
    ++size;
  }
  return size;
}

size_t HashOfPiece(std::string_view piece) {
  return absl::Hash<absl::string_view>{}(ToAbsl(piece));
}

size_t HashOfPieces(size_t name, size_t labels) { return absl::HashOf(name, labels); }

size_t ReplayTable::bytes() const {
  return sizeof(*this) + text_.capacity() + runs_.capacity() * sizeof(PlanRun) +
         lines_.capacity() * sizeof(PlanLine) + slots_.capacity() * sizeof(uint32_t);
}

size_t ReplayTable::run_of(size_t line) const {
  const auto after =
      std::upper_bound(runs_.begin(), runs_.end(), line,
                       [](size_t wanted, const PlanRun& run) { return wanted < run.first_line; });
  return static_cast<size_t>(after - runs_.begin()) - 1;
}

bool ReplayTable::HasText(const PlanLine& line, std::string_view identity) const {
  const size_t name_size = line.name_size;
  if (identity.size() != name_size + line.labels_size) return false;
  return std::memcmp(identity.data(), text_.data() + line.name_at, name_size) == 0 &&
         std::memcmp(identity.data() + name_size, text_.data() + line.labels_at,
                     line.labels_size) == 0;
}

template <typename Accept>
size_t ReplayTable::FindIf(std::string_view identity, Accept accept) const {
  if (slots_.empty()) return kNoLine;
  const size_t mask = slots_.size() - 1;
  const size_t name_size = NameSize(identity);
  const size_t hash = HashOfPieces(HashOfPiece(identity.substr(0, name_size)),
                                   HashOfPiece(identity.substr(name_size)));
  for (size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    const uint32_t line = slots_[slot];
    if (line == kFreeSlot) return kNoLine;
    if (accept(lines_[line]) && HasText(lines_[line], identity)) return line;
  }
}

size_t ReplayTable::Find(std::string_view identity, BoundKind bound) const {
  return FindIf(identity, [bound](const PlanLine& line) { return line.bound == bound; });
}

bool ReplayTable::Knows(std::string_view identity) const {
  return FindIf(identity, [](const PlanLine&) { return true; }) != kNoLine;
}

}  // namespace tacho::parser
