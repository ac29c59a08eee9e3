#include "engine/absent_labels.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tacho::engine {

Labels AbsentLabels(const parser::Ast& ast, parser::NodeId argument) {
  const parser::Node* node = &ast[argument];
  if (node->kind == parser::NodeKind::kMatrixSelector) node = &ast[node->children[0]];
  if (node->kind != parser::NodeKind::kVectorSelector) return {};
  // What the first equality of a label says, unless another matcher follows it.
  std::map<std::string, std::string> known;
  for (const parser::Matcher& matcher : node->matchers) {
    if (matcher.label == kMetricNameLabel) continue;
    const auto it = known.find(matcher.label);
    if (it != known.end()) {
      it->second.clear();
    } else if (matcher.op == MatchOp::kEqual) {
      known.emplace(matcher.label, matcher.value);
    }
  }
  std::vector<Label> labels;
  for (auto& [name, value] : known) labels.push_back({name, std::move(value)});
  return Labels::FromUnsorted(std::move(labels));
}

}  // namespace tacho::engine
