// An expression as Prometheus' String() methods write it.
//
// Texts and nodes still to be written wait on a stack, so that the depth of the tree
// does not matter.
#include "parser/promql_printer.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include "parser/number.h"
#include "parser/promql.h"
#include "parser/promql_chars.h"
#include "parser/promql_literal.h"
#include "parser/promql_quote.h"

namespace tacho::parser {
namespace {

constexpr std::string_view kNameLabel = "__name__";

std::string_view MatchOpText(MatchOp op) {
  switch (op) {
    case MatchOp::kEqual:
      return "=";
    case MatchOp::kNotEqual:
      return "!=";
    case MatchOp::kRegex:
      return "=~";
    case MatchOp::kNotRegex:
      return "!~";
  }
  return "=";
}

std::string LabelText(const std::string& label) {
  return IsPlainLabel(label) ? label : QuoteText(label);
}

// " (a, b)"
std::string LabelList(const std::vector<std::string>& labels) {
  std::string out = " (";
  for (size_t i = 0; i < labels.size(); ++i) {
    if (i > 0) out += ", ";
    out += LabelText(labels[i]);
  }
  return out + ")";
}

std::string NumberText(const Node& node) {
  if (!node.duration) return FormatNumberLiteral(node.number);
  const std::string text = FormatDurationMillis(std::llround(std::abs(node.number) * 1000));
  return std::signbit(node.number) ? "-" + text : text;
}

// Sorted, as Prometheus prints matchers.
std::string SelectorText(const Node& node) {
  std::vector<std::string> texts;
  for (const Matcher& matcher : node.matchers) {
    const bool is_name = node.bare_name && matcher.label == kNameLabel;
    if (is_name) continue;
    texts.push_back(LabelText(matcher.label) + std::string(MatchOpText(matcher.op)) +
                    QuoteText(matcher.value));
  }
  std::sort(texts.begin(), texts.end());
  std::string out = node.bare_name ? node.name : "";
  for (size_t i = 0; i < texts.size(); ++i) {
    out += i == 0 ? '{' : ',';
    out += texts[i];
  }
  return texts.empty() ? out : out + "}";
}

std::string AtText(const Node& node) {
  if (node.at == AtKind::kTimestamp) return " @ " + FormatTimestamp(node.at_ms);
  if (node.at == AtKind::kStart) return " @ start()";
  return node.at == AtKind::kEnd ? " @ end()" : "";
}

std::string EdgesText(const Node& selector) {
  if (selector.edges == RangeEdges::kAnchored) return " anchored";
  return selector.edges == RangeEdges::kSmoothed ? " smoothed" : "";
}

// " fill_left (0) fill_right (1)"
std::string FillText(const VectorMatching& matching) {
  if (matching.fill_both) return " fill (" + FormatFloat(*matching.fill_left) + ")";
  std::string out;
  if (matching.fill_left) out += " fill_left (" + FormatFloat(*matching.fill_left) + ")";
  if (matching.fill_right) out += " fill_right (" + FormatFloat(*matching.fill_right) + ")";
  return out;
}

std::string MatchingText(const VectorMatching& matching) {
  const bool grouped = matching.cardinality == Cardinality::kManyToOne ||
                       matching.cardinality == Cardinality::kOneToMany;
  std::string out;
  if (!matching.labels.empty() || matching.on || grouped) {
    out += (matching.on ? " on" : " ignoring") + LabelList(matching.labels);
  }
  if (grouped) {
    const bool left = matching.cardinality == Cardinality::kManyToOne;
    out += (left ? " group_left" : " group_right") + LabelList(matching.include);
  }
  return out + FillText(matching);
}

std::string OperatorText(const Node& node) {
  return " " + std::string(OpName(node.op)) + (node.return_bool ? " bool" : "") +
         MatchingText(node.matching) + " ";
}

// "sum by (a) ("
std::string AggregationText(const Node& node) {
  std::string out(OpName(node.op));
  if (node.without) {
    out += " without" + LabelList(node.grouping) + " ";
  } else if (!node.grouping.empty()) {
    out += " by" + LabelList(node.grouping) + " ";
  }
  return out + "(";
}

class Printer {
 public:
  explicit Printer(const Ast& ast) : ast_(ast), spans_(ast.size()) {}

  PrintedPromql Run() {
    LaterNode(ast_.root());
    while (!stack_.empty()) {
      const Item item = std::move(stack_.back());
      stack_.pop_back();
      if (item.begins != kNoNode) Begin(item.begins);
      if (item.ends != kNoNode) spans_[item.ends].end = Size();
      out_ += item.text;
    }
    return {std::move(out_), std::move(spans_)};
  }

 private:
  struct Item {
    NodeId begins = kNoNode;  // to be printed
    NodeId ends = kNoNode;    // has been
    std::string text = {};
  };

  // What is put off last is written first.
  void LaterNode(NodeId node) { stack_.push_back({.begins = node}); }
  void LaterText(std::string text) { stack_.push_back({.text = std::move(text)}); }

  void Begin(NodeId id) {
    spans_[id].begin = Size();
    stack_.push_back({.ends = id});
    Print(ast_[id]);
  }
  [[nodiscard]] uint32_t Size() const { return static_cast<uint32_t>(out_.size()); }

  void LaterList(const std::vector<NodeId>& nodes) {
    LaterText(")");
    for (size_t i = nodes.size(); i-- > 0;) {
      LaterNode(nodes[i]);
      if (i > 0) LaterText(", ");
    }
  }

  // What follows a selector or a subquery.
  void LaterOffset(const Node& node) {
    if (node.offset_expr != kNoNode) {
      LaterNode(node.offset_expr);
      LaterText(" offset ");
    } else if (node.offset_ns != 0) {
      LaterText((node.offset_ns < 0 ? " offset -" : " offset ") +
                FormatDurationNanos(std::abs(node.offset_ns)));
    }
  }
  void LaterDuration(int64_t ns, NodeId expr) {
    expr == kNoNode ? LaterText(FormatDurationNanos(ns)) : LaterNode(expr);
  }

  // +Inf ^ 2 would be read as +(Inf ^ 2).
  void LaterLeft(const Node& binary) {
    const Node& left = ast_[binary.children[0]];
    const bool sign = left.kind == NodeKind::kNumber && std::isinf(left.number);
    if (binary.op != Op::kPow || !sign) return LaterNode(binary.children[0]);
    spans_[binary.children[0]] = {Size(), Size() + 3};
    LaterText("Inf");
  }

  void Print(const Node& node) {
    switch (node.kind) {
      case NodeKind::kNumber:
        out_ += NumberText(node);
        return;
      case NodeKind::kString:
        AppendQuoted(node.text, &out_);
        return;
      case NodeKind::kVectorSelector:
        out_ += SelectorText(node) + AtText(node) + EdgesText(node);
        return LaterOffset(node);
      case NodeKind::kMatrixSelector:
        PrintMatrix(node);
        return;
      case NodeKind::kSubquery:
        return PrintSubquery(node);
      case NodeKind::kCall:
        out_ += node.function + "(";
        return LaterList(node.children);
      case NodeKind::kAggregate:
        out_ += AggregationText(node);
        return LaterList(node.children);
      case NodeKind::kBinary:
        LaterNode(node.children[1]);
        LaterText(OperatorText(node));
        return LaterLeft(node);
      case NodeKind::kUnary:
        out_ += OpName(node.op);
        return LaterNode(node.children[0]);
      case NodeKind::kParen:
        out_ += '(';
        LaterText(")");
        return LaterNode(node.children[0]);
    }
  }

  // The selector's modifiers are written behind the range.
  void PrintMatrix(const Node& node) {
    const Node& selector = ast_[node.children[0]];
    out_ += SelectorText(selector) + "[";
    LaterOffset(selector);
    LaterText("]" + EdgesText(selector) + AtText(selector));
    LaterDuration(node.range_ns, node.range_expr);
  }

  // x[5m:1m] @ 1.000 offset 5m
  void PrintSubquery(const Node& node) {
    LaterOffset(node);
    LaterText("]" + AtText(node));
    if (node.step_ns != 0 || node.step_expr != kNoNode) LaterDuration(node.step_ns, node.step_expr);
    LaterText(":");
    LaterDuration(node.range_ns, node.range_expr);
    LaterText("[");
    LaterNode(node.children[0]);
  }

  const Ast& ast_;
  std::vector<Span> spans_;
  std::vector<Item> stack_;
  std::string out_;
};

}  // namespace

PrintedPromql PrintSpans(const Ast& ast) { return Printer(ast).Run(); }

std::string PrintPromql(const Ast& ast) { return PrintSpans(ast).text; }

}  // namespace tacho::parser
