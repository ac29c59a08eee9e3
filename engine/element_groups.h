// ElementGroups: the elements of a vector divided by the labels that a grouping keeps.
//
// Order       Groups in order of first sight.
// Threads     Immutable once made.
#ifndef TACHO_ENGINE_ELEMENT_GROUPS_H_
#define TACHO_ENGINE_ELEMENT_GROUPS_H_

#include <cstdint>
#include <vector>

#include "engine/executor.h"
#include "engine/series_labels.h"

namespace tacho::engine {

struct ElementGroups {
  std::vector<uint32_t> group_of;  // by element
  // By group: its labels, what its members rest on, and whether its name is to go.
  std::vector<Element> groups;

  static ElementGroups Of(Evaluation& evaluation, const Value& value, const LabelFilter& grouping);
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_ELEMENT_GROUPS_H_
