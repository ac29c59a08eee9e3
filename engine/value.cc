#include "engine/value.h"

#include <algorithm>
#include <numeric>

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
  sorted.cells.reserve(order.size() * steps);
  for (const uint32_t i : order) {
    sorted.elements.push_back(value->elements[i]);
    const std::span<const double> cells = value->Cells(i, steps);
    sorted.cells.insert(sorted.cells.end(), cells.begin(), cells.end());
  }
  value->elements = std::move(sorted.elements);
  value->cells = std::move(sorted.cells);
}

void SortByLabels(Value* value, uint32_t steps) {
  const auto by_labels = [&](uint32_t a, uint32_t b) {
    return *value->elements[a].labels < *value->elements[b].labels;
  };
  std::vector<uint32_t> order(value->elements.size());
  std::iota(order.begin(), order.end(), 0);
  if (std::ranges::is_sorted(order, by_labels)) return;
  std::ranges::stable_sort(order, by_labels);
  Reorder(value, steps, order);
}

}  // namespace tacho::engine
