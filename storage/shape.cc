#include "storage/shape.h"

#include <algorithm>
#include <bit>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"

namespace tacho::storage {
namespace {

constexpr auto kMetricText = [](const NameRun& run) -> std::string_view {
  return run.metric->text;
};

std::vector<NameRun> FindRuns(std::span<const Identity> identities) {
  std::vector<NameRun> runs;
  for (uint32_t i = 0; i < identities.size(); ++i) {
    if (runs.empty() || runs.back().metric != identities[i].metric) {
      runs.push_back({identities[i].metric, i, i});
    }
    runs.back().end = i + 1;
  }
  std::stable_sort(runs.begin(), runs.end(), [](const NameRun& a, const NameRun& b) {
    return a.metric->text < b.metric->text;
  });
  return runs;
}

std::vector<const Symbol*> FindLabelNames(std::span<const Identity> identities) {
  absl::flat_hash_set<const LabelSet*> seen_sets;
  absl::flat_hash_set<const Symbol*> names;
  for (const Identity& identity : identities) {
    if (!seen_sets.insert(identity.labels).second) continue;
    for (const LabelPair& pair : identity.labels->pairs) names.insert(pair.name);
  }
  std::vector<const Symbol*> sorted(names.begin(), names.end());
  std::ranges::sort(sorted, {}, [](const Symbol* s) -> std::string_view { return s->text; });
  return sorted;
}

// A hash table keeps a control byte beside each of its slots.
template <typename Map>
size_t BytesOfTable(const Map& map) {
  return map.capacity() * (sizeof(typename Map::value_type) + 1);
}

template <typename Postings>
size_t BytesOf(const Postings& postings) {
  size_t bytes = BytesOfTable(postings);
  for (const auto& [name, by_value] : postings) {
    bytes += BytesOfTable(by_value);
    for (const auto& [value, positions] : by_value)
      bytes += positions.capacity() * sizeof(uint32_t);
  }
  return bytes;
}

}  // namespace

Shape::Shape(uint64_t id, std::vector<Identity> identities, const Shape* parent, Counter* held)
    : id_(id),
      parent_id_(parent == nullptr ? 0 : parent->id()),
      parent_size_(parent == nullptr ? 0 : parent->size()),
      identities_(std::move(identities)),
      runs_(FindRuns(identities_)),
      label_names_(FindLabelNames(identities_)),
      held_(held) {
  CountBytes(sizeof(*this) + identities_.capacity() * sizeof(Identity) +
             runs_.capacity() * sizeof(NameRun) + label_names_.capacity() * sizeof(void*));
}

Shape::~Shape() {
  if (held_ != nullptr) held_->Sub(bytes());
}

void Shape::CountBytes(size_t more) const {
  bytes_.Add(more);
  if (held_ != nullptr) held_->Add(more);
}

std::span<const NameRun> Shape::RunsOf(std::string_view metric) const {
  // (Not ranges::equal_range: Clang 14 cannot compile libstdc++'s.)
  const auto first = std::ranges::lower_bound(runs_, metric, {}, kMetricText);
  const auto last = std::ranges::upper_bound(first, runs_.end(), metric, {}, kMetricText);
  return {first, last};
}

bool Shape::UsesLabel(std::string_view name) const {
  return std::ranges::binary_search(label_names_, name, {},
                                    [](const Symbol* s) -> std::string_view { return s->text; });
}

void Shape::BuildTable() const {
  table_.assign(std::bit_ceil(size_t{size()} * 2 + 2), 0);
  const size_t mask = table_.size() - 1;
  for (uint32_t i = 0; i < size(); ++i) {
    size_t slot = absl::HashOf(identities_[i]) & mask;
    while (table_[slot] != 0) slot = (slot + 1) & mask;
    table_[slot] = i + 1;
  }
  CountBytes(table_.capacity() * sizeof(uint32_t));
}

uint32_t Shape::Find(const Identity& identity) const {
  if (identities_.empty()) return kNoPosition;
  std::call_once(table_once_, [this] { BuildTable(); });
  const size_t mask = table_.size() - 1;
  for (size_t slot = absl::HashOf(identity) & mask; table_[slot] != 0; slot = (slot + 1) & mask) {
    const uint32_t position = table_[slot] - 1;
    if (identities_[position] == identity) return position;
  }
  return kNoPosition;
}

void Shape::BuildPostings() const {
  for (uint32_t i = 0; i < size(); ++i) {
    for (const LabelPair& pair : identities_[i].labels->pairs) {
      postings_[pair.name->text][pair.value->text].push_back(i);
    }
  }
  CountBytes(BytesOf(postings_));
}

std::span<const uint32_t> Shape::Postings(std::string_view name, std::string_view value) const {
  std::call_once(postings_once_, [this] { BuildPostings(); });
  const auto by_name = postings_.find(name);
  if (by_name == postings_.end()) return {};
  const auto by_value = by_name->second.find(value);
  if (by_value == by_name->second.end()) return {};
  return by_value->second;
}

}  // namespace tacho::storage
