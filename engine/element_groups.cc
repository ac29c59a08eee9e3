#include "engine/element_groups.h"

#include "engine/label_keys.h"

namespace tacho::engine {

ElementGroups ElementGroups::Of(Evaluation& evaluation, const Value& value,
                                const LabelFilter& grouping) {
  ElementGroups out;
  out.group_of.reserve(value.elements.size());
  LabelKeys keys(grouping);
  for (const Element& element : value.elements) {
    const auto [group, is_new] = keys.Number(element.labels);
    if (is_new) {
      out.groups.push_back({evaluation.Own(Filtered(element.labels, grouping)), {}, false});
    }
    out.groups[group].evidence.Merge(element.evidence);
    out.groups[group].drop_name |= element.drop_name;
    out.group_of.push_back(group);
  }
  return out;
}

}  // namespace tacho::engine
