#include "engine/value.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace tacho::engine {

Value Value::Scalar(double v, uint32_t steps) {
  Value value;
  value.type = parser::ValueType::kScalar;
  value.scalars.assign(steps, v);
  return value;
}

std::span<double> Value::Add(const Element& element, uint32_t steps) {
  elements.push_back(element);
  cells.resize(cells.size() + steps, AbsentCell());
  return Cells(elements.size() - 1, steps);
}

void RemoveEmpty(Value* value, uint32_t steps) {
  size_t kept = 0;
  for (size_t i = 0; i < value->elements.size(); ++i) {
    const std::span<double> cells = value->Cells(i, steps);
    if (std::ranges::all_of(cells, IsAbsent)) continue;
    if (kept != i) {
      value->elements[kept] = value->elements[i];
      std::ranges::copy(cells, value->Cells(kept, steps).begin());
    }
    ++kept;
  }
  value->elements.resize(kept);
  value->cells.resize(kept * steps);
}

void Reorder(Value* value, uint32_t steps, std::span<const uint32_t> order) {
  Value sorted;
  sorted.elements.reserve(order.size());
  sorted.cells.reserve(value->cells.empty() ? 0 : order.size() * steps);
  for (const uint32_t i : order) {
    sorted.elements.push_back(value->elements[i]);
    if (value->type == parser::ValueType::kMatrix) {
      sorted.windows.push_back(std::move(value->windows[i]));
      continue;
    }
    const std::span<const double> cells = value->Cells(i, steps);
    sorted.cells.insert(sorted.cells.end(), cells.begin(), cells.end());
  }
  value->elements = std::move(sorted.elements);
  value->cells = std::move(sorted.cells);
  value->windows = std::move(sorted.windows);
}

namespace {

// Label sets as one text each, which sorts as they do: most comparisons of a sort end in
// the eight bytes behind what all of them begin with.
class SortKeys {
 public:
  explicit SortKeys(const std::vector<Element>& elements) {
    ends_.reserve(elements.size());
    for (const Element& element : elements) {
      element.labels.ForEach([&](std::string_view name, std::string_view value) {
        text_.append(name).push_back('\0');
        text_.append(value).push_back('\0');
      });
      ends_.push_back(text_.size());
    }
    size_t common = Key(0).size();
    for (uint32_t i = 1; i < ends_.size(); ++i) {
      const std::string_view key = Key(i);
      common = std::min(common, key.size());
      while (Key(0).substr(0, common) != key.substr(0, common)) --common;
    }
    for (uint32_t i = 0; i < ends_.size(); ++i) {
      keys_.push_back({FirstBytes(Key(i).substr(common)), i});
    }
  }

  std::vector<uint32_t> Order() {
    const auto before = [&](const Prefixed& a, const Prefixed& b) {
      return a.first_bytes != b.first_bytes ? a.first_bytes < b.first_bytes
                                            : Key(a.index) < Key(b.index);
    };
    std::ranges::stable_sort(keys_, before);
    std::vector<uint32_t> order;
    order.reserve(keys_.size());
    for (const Prefixed& key : keys_) order.push_back(key.index);
    return order;
  }

  [[nodiscard]] std::string_view Key(uint32_t i) const {
    const size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(text_).substr(begin, ends_[i] - begin);
  }

 private:
  struct Prefixed {
    uint64_t first_bytes;  // big-endian, filled up with zeros
    uint32_t index;
  };

  static uint64_t FirstBytes(std::string_view text) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < 8; ++i) {
      bytes = bytes << 8 | (i < text.size() ? static_cast<uint8_t>(text[i]) : 0);
    }
    return bytes;
  }

  std::string text_;
  std::vector<size_t> ends_;
  std::vector<Prefixed> keys_;
};

}  // namespace

bool SortByLabels(Value* value, uint32_t steps) {
  if (value->elements.size() < 2) return true;
  SortKeys keys(value->elements);
  const std::vector<uint32_t> order = keys.Order();
  bool unique = true;
  for (size_t i = 1; i < order.size(); ++i) {
    unique = unique && keys.Key(order[i - 1]) != keys.Key(order[i]);
  }
  if (!std::ranges::is_sorted(order)) Reorder(value, steps, order);
  return unique;
}

}  // namespace tacho::engine
