// SameExpression: are two trees the same, however they are spelled?
#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "parser/promql.h"

namespace tacho::parser {
namespace {

// Signed zeros differ (1/-0 does); all NaN literals are one.
bool SameNumber(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

// The order of matchers means nothing.
bool SameMatchers(std::vector<Matcher> a, std::vector<Matcher> b) {
  const auto before = [](const Matcher& x, const Matcher& y) {
    return std::tie(x.label, x.op, x.value) < std::tie(y.label, y.op, y.value);
  };
  std::sort(a.begin(), a.end(), before);
  std::sort(b.begin(), b.end(), before);
  return a == b;
}

bool SameFill(const std::optional<double>& a, const std::optional<double>& b) {
  return a.has_value() == b.has_value() && (!a || SameNumber(*a, *b));
}

bool SameMatching(const VectorMatching& a, const VectorMatching& b) {
  return a.cardinality == b.cardinality && a.on == b.on && a.labels == b.labels &&
         a.include == b.include && SameFill(a.fill_left, b.fill_left) &&
         SameFill(a.fill_right, b.fill_right);
}

auto Plain(const Node& n) {
  return std::tie(n.kind, n.type, n.op, n.text, n.function, n.range_ns, n.step_ns, n.offset_ns,
                  n.at, n.at_ms, n.edges, n.without, n.grouping, n.return_bool);
}

// by () and no grouping at all are the same, and so is ignoring () and no matching.
bool SameNode(const Node& a, const Node& b) {
  return Plain(a) == Plain(b) && SameNumber(a.number, b.number) &&
         SameMatchers(a.matchers, b.matchers) && SameMatching(a.matching, b.matching) &&
         a.children.size() == b.children.size();
}

using Pairs = std::vector<std::pair<NodeId, NodeId>>;

// False: one of them was written as an expression and the other was not.
bool PairDurations(const Node& a, const Node& b, Pairs* pairs) {
  for (const auto duration : {&Node::range_expr, &Node::step_expr, &Node::offset_expr}) {
    if ((a.*duration == kNoNode) != (b.*duration == kNoNode)) return false;
    if (a.*duration != kNoNode) pairs->emplace_back(a.*duration, b.*duration);
  }
  return true;
}

}  // namespace

bool SameExpression(const Ast& a, const Ast& b) {
  Pairs pairs = {{a.root(), b.root()}};
  while (!pairs.empty()) {
    const Node& left = a[pairs.back().first];
    const Node& right = b[pairs.back().second];
    pairs.pop_back();
    if (!SameNode(left, right) || !PairDurations(left, right, &pairs)) return false;
    for (size_t i = 0; i < left.children.size(); ++i) {
      pairs.emplace_back(left.children[i], right.children[i]);
    }
  }
  return true;
}

}  // namespace tacho::parser
