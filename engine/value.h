// Value: what an operator makes: a scalar, a string, or a vector of elements, each with
// one cell per step.
//
// An instant query has one step; a range query and a subquery have many. A cell without a
// value holds the staleness marker, which no operator yields: what it stands for, "no
// sample here", is what an absent cell means.
//
// Shapes      cells has elements.size() x steps entries, element by element.
// Ownership   Elements point to label sets that somebody keeps: a group table's block, or
//             ones that the Evaluation owns.
// Threads     Plain values.
#ifndef TACHO_ENGINE_VALUE_H_
#define TACHO_ENGINE_VALUE_H_

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/element_labels.h"
#include "parser/ast.h"
#include "storage/history.h"
#include "tacho/labels.h"
#include "tacho/query.h"
#include "tacho/sample.h"

namespace tacho::engine {

// The instants of an evaluation: start, start + step, ...
struct StepTimes {
  int64_t start_ms = 0;
  int64_t step_ms = 1;  // at least 1
  uint32_t count = 1;   // at least 1

  [[nodiscard]] int64_t At(uint32_t step) const { return start_ms + step_ms * step; }
  [[nodiscard]] int64_t last_ms() const { return At(count - 1); }
};

inline double AbsentCell() { return StaleMarker(); }
inline bool IsAbsent(double cell) { return IsStaleMarker(cell); }

struct Element {
  ElementLabels labels;
  Evidence evidence;       // over all steps
  bool drop_name = false;  // delayed name removal: the name goes at the end of the query
};

struct Value {
  parser::ValueType type = parser::ValueType::kVector;
  std::vector<double> scalars;  // kScalar: one per step
  std::string string;           // kString
  std::vector<Element> elements;
  std::vector<double> cells;  // kVector
  // kMatrix, one per element: the samples of its window. Only ever a query's result:
  // functions of windows read them without this detour.
  std::vector<std::vector<storage::SamplePoint>> windows;
  Evidence evidence;     // of everything that it rests on
  bool ordered = false;  // the elements' order is part of the answer

  static Value Scalar(double v, uint32_t steps);

  // Adds an element; its cells, all absent. Valid until the next Add.
  std::span<double> Add(const Element& element, uint32_t steps);
  [[nodiscard]] std::span<double> Cells(size_t element, uint32_t steps) {
    return std::span(cells).subspan(element * steps, steps);
  }
  [[nodiscard]] std::span<const double> Cells(size_t element, uint32_t steps) const {
    return std::span(cells).subspan(element * steps, steps);
  }
};

// Removes elements that have no value at any step.
void RemoveEmpty(Value* value, uint32_t steps);

// Sorts the elements by labels; false if two have the same.
bool SortByLabels(Value* value, uint32_t steps);

// Puts the elements in the given order, which may leave some out. Of a range vector, the
// windows with them.
void Reorder(Value* value, uint32_t steps, std::span<const uint32_t> order);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_VALUE_H_
