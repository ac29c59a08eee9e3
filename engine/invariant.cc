#include "engine/invariant.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tacho::engine {
namespace {

using parser::Node;
using parser::NodeId;
using parser::NodeKind;

// Functions that look at the evaluation time.
constexpr std::array<std::string_view, 16> kOfTheTime = {
    "day_of_month", "day_of_week", "day_of_year",    "days_in_month", "end",   "hour",
    "minute",       "month",       "predict_linear", "range",         "start", "step",
    "time",         "timestamp",   "year",           "info"};

struct Found {
  bool constant = true;
  bool selects = false;
};

bool LooksAtTheTime(const parser::Ast& ast, const Node& node) {
  if (node.function == "timestamp") {
    return ast[node.children[0]].kind != NodeKind::kVectorSelector;
  }
  return std::ranges::find(kOfTheTime, node.function) != kOfTheTime.end();
}

}  // namespace

std::vector<bool> FindInvariant(const parser::Ast& ast) {
  std::vector<Found> found(ast.size());
  std::vector<bool> invariant(ast.size());
  for (NodeId id = 0; id < ast.size(); ++id) {
    const Node& node = ast[id];
    Found& own = found[id];
    for (const NodeId child : node.children) {
      own.constant = own.constant && found[child].constant;
      own.selects = own.selects || found[child].selects;
    }
    const bool pinned = node.at != parser::AtKind::kNone;
    if (node.kind == NodeKind::kVectorSelector) own = {pinned, true};
    if (node.kind == NodeKind::kSubquery) own.constant = pinned;
    if (node.kind == NodeKind::kCall && LooksAtTheTime(ast, node)) own.constant = false;
    invariant[id] = own.constant && own.selects && node.type != parser::ValueType::kMatrix;
  }
  return invariant;
}

}  // namespace tacho::engine
