#include "parser/promql_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "parser/number.h"
#include "parser/promql_functions.h"
#include "parser/text.h"

namespace tacho::parser {
namespace {

constexpr std::string_view kNameLabel = "__name__";
constexpr int64_t kNanosPerMilli = 1'000'000;

// The bytes of the UTF-8 sequence that the text begins with; 0 if it begins with none.
size_t SequenceBytes(std::string_view text) {
  for (size_t n = 1; n <= std::min<size_t>(4, text.size()); ++n) {
    if (IsValidUtf8(text.substr(0, n))) return n;
  }
  return 0;
}

void AppendUnicode(unsigned code, std::string* out) {
  absl::StrAppend(out, "\\u", absl::Hex(code, absl::kZeroPad4));
}

void AppendAscii(char c, std::string* out) {
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  if (const size_t i = kShort.find(c); i != std::string_view::npos) {
    out->push_back('\\');
    out->push_back(kLetters[i]);
  } else if (static_cast<unsigned char>(c) < 0x20 || c == '<' || c == '>' || c == '&') {
    AppendUnicode(static_cast<unsigned char>(c), out);
  } else {
    out->push_back(c);
  }
}

// As Go's encoder writes a string: also what HTML would take for markup is escaped, and
// bytes that are no UTF-8 become U+FFFD.
std::string JsonText(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const size_t n = SequenceBytes(text);
    const std::string_view sequence = text.substr(0, n);
    if (n == 1) {
      AppendAscii(text[0], &out);
    } else if (n == 0) {
      out.append("\\ufffd");
    } else if (sequence == "\xe2\x80\xa8" || sequence == "\xe2\x80\xa9") {
      AppendUnicode(sequence.back() == '\xa8' ? 0x2028 : 0x2029, &out);
    } else {
      out.append(sequence);
    }
    text.remove_prefix(std::max<size_t>(n, 1));
  }
  return out + "\"";
}

std::string_view MatchTypeText(MatchOp op) {
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

std::string_view CardinalityText(Cardinality cardinality) {
  switch (cardinality) {
    case Cardinality::kOneToOne:
      return "one-to-one";
    case Cardinality::kManyToOne:
      return "many-to-one";
    case Cardinality::kOneToMany:
      return "one-to-many";
    case Cardinality::kManyToMany:
      return "many-to-many";
  }
  return "one-to-one";
}

std::string_view TypeText(ValueType type) {
  switch (type) {
    case ValueType::kScalar:
      return "scalar";
    case ValueType::kString:
      return "string";
    case ValueType::kVector:
      return "vector";
    case ValueType::kMatrix:
      return "matrix";
  }
  return "none";
}

std::string_view Bool(bool value) { return value ? "true" : "false"; }

// The node's members, without braces: "key":value, ...
class Members {
 public:
  Members& Raw(std::string_view key, std::string_view json) {
    absl::StrAppend(&out_, out_.empty() ? "\"" : ",\"", ToAbsl(key), "\":", ToAbsl(json));
    return *this;
  }
  Members& Text(std::string_view key, std::string_view text) { return Raw(key, JsonText(text)); }
  Members& Number(std::string_view key, int64_t number) { return Raw(key, absl::StrCat(number)); }
  Members& Flag(std::string_view key, bool value) { return Raw(key, Bool(value)); }
  [[nodiscard]] std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

std::string ListJson(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out.push_back(',');
    out += JsonText(text);
  }
  return out + "]";
}

std::string MatcherJson(const Matcher& matcher) {
  return absl::StrCat("{\"name\":", JsonText(matcher.label), ",\"type\":\"",
                      ToAbsl(MatchTypeText(matcher.op)), "\",\"value\":", JsonText(matcher.value),
                      "}");
}

// A name that stands before the braces comes behind the matchers in them.
std::string MatchersJson(const Node& node) {
  std::string out;
  std::string name;
  for (const Matcher& matcher : node.matchers) {
    if (node.bare_name && name.empty() && matcher.label == kNameLabel) {
      name = MatcherJson(matcher);
    } else {
      absl::StrAppend(&out, out.empty() ? "" : ",", MatcherJson(matcher));
    }
  }
  if (!name.empty()) absl::StrAppend(&out, out.empty() ? "" : ",", name);
  return absl::StrCat("[", out, "]");
}

std::string_view StartOrEnd(const Node& node) {
  if (node.at == AtKind::kStart) return "\"start\"";
  return node.at == AtKind::kEnd ? "\"end\"" : "null";
}

std::string TimestampJson(const Node& node) {
  return node.at == AtKind::kTimestamp ? absl::StrCat(node.at_ms) : "null";
}

std::string FunctionJson(const Node& node) {
  const Function* function = FindFunction(node.function);
  std::string types;
  for (size_t i = 0; function != nullptr && i < function->arg_count; ++i) {
    absl::StrAppend(&types, i == 0 ? "\"" : ",\"", ToAbsl(TypeText(function->args[i])), "\"");
  }
  return absl::StrCat("{\"argTypes\":[", types, "],\"name\":", JsonText(node.function),
                      ",\"returnType\":\"", ToAbsl(TypeText(node.type)), "\",\"variadic\":",
                      function == nullptr ? 0 : static_cast<int>(function->variadic), "}");
}

// JSON has no number that is none.
std::string FillJson(const std::optional<double>& fill) {
  return fill.has_value() && std::isfinite(*fill) ? FormatDecimal(*fill) : "null";
}

std::string MatchingJson(const VectorMatching& matching) {
  Members out;
  out.Text("card", CardinalityText(matching.cardinality))
      .Raw("fillValues", absl::StrCat("{\"lhs\":", FillJson(matching.fill_left),
                                      ",\"rhs\":", FillJson(matching.fill_right), "}"))
      .Raw("include", ListJson(matching.include))
      .Raw("labels", ListJson(matching.labels))
      .Flag("on", matching.on);
  return absl::StrCat("{", out.Take(), "}");
}

// Texts and nodes still to be written wait on a stack, so that the depth of the tree does
// not matter.
class JsonPrinter {
 public:
  explicit JsonPrinter(const Ast& ast) : ast_(ast) {}

  std::string Print() {
    PushNode(ast_.root());
    while (!stack_.empty()) {
      const Item item = std::move(stack_.back());
      stack_.pop_back();
      if (!item.is_node) {
        out_ += item.text;
        continue;
      }
      pieces_.clear();
      Split(ast_[item.node]);
      for (auto piece = pieces_.rbegin(); piece != pieces_.rend(); ++piece) {
        stack_.push_back(std::move(*piece));
      }
    }
    return std::move(out_);
  }

 private:
  struct Item {
    bool is_node = false;
    NodeId node = 0;
    std::string text;
  };

  void PushNode(NodeId node) { stack_.push_back({true, node, ""}); }
  void Text(std::string text) { pieces_.push_back({false, 0, std::move(text)}); }
  void Child(const Node& node, size_t i) { pieces_.push_back({true, node.children[i], ""}); }

  void Split(const Node& node) {
    switch (node.kind) {
      case NodeKind::kNumber:
        return Text(absl::StrCat("{\"type\":\"numberLiteral\",\"val\":\"",
                                 FormatDecimal(node.number), "\"}"));
      case NodeKind::kString:
        return Text(absl::StrCat("{\"type\":\"stringLiteral\",\"val\":", JsonText(node.text), "}"));
      case NodeKind::kVectorSelector:
        return Text(SelectorJson(node, node, "vectorSelector"));
      case NodeKind::kMatrixSelector:
        return Text(SelectorJson(ast_[node.children[0]], node, "matrixSelector"));
      case NodeKind::kSubquery:
        return Subquery(node);
      case NodeKind::kCall:
        return Call(node);
      case NodeKind::kAggregate:
        return Aggregation(node);
      case NodeKind::kBinary:
        return Binary(node);
      case NodeKind::kUnary:
        return Operand(
            node, absl::StrCat(",\"op\":", JsonText(OpName(node.op)), ",\"type\":\"unaryExpr\"}"));
      case NodeKind::kParen:
        return Operand(node, ",\"type\":\"parenExpr\"}");
    }
  }

  // A selector, and the node that may give it a range.
  static std::string SelectorJson(const Node& selector, const Node& node, std::string_view type) {
    Members out;
    out.Flag("anchored", selector.edges == RangeEdges::kAnchored)
        .Raw("matchers", MatchersJson(selector))
        .Text("name", selector.bare_name ? selector.name : "")
        .Number("offset", selector.offset_ns / kNanosPerMilli);
    if (node.kind == NodeKind::kMatrixSelector) {
      out.Number("range", node.range_ns / kNanosPerMilli);
    }
    out.Flag("smoothed", selector.edges == RangeEdges::kSmoothed)
        .Raw("startOrEnd", StartOrEnd(selector))
        .Raw("timestamp", TimestampJson(selector))
        .Text("type", type);
    return absl::StrCat("{", out.Take(), "}");
  }

  void Operand(const Node& node, std::string rest) {
    Text("{\"expr\":");
    Child(node, 0);
    Text(std::move(rest));
  }

  void Subquery(const Node& node) {
    Members rest;
    rest.Number("offset", node.offset_ns / kNanosPerMilli)
        .Number("range", node.range_ns / kNanosPerMilli)
        .Raw("startOrEnd", StartOrEnd(node))
        .Number("step", node.step_ns / kNanosPerMilli)
        .Raw("timestamp", TimestampJson(node))
        .Text("type", "subquery");
    Operand(node, absl::StrCat(",", rest.Take(), "}"));
  }

  void Call(const Node& node) {
    Text("{\"args\":[");
    for (size_t i = 0; i < node.children.size(); ++i) {
      if (i > 0) Text(",");
      Child(node, i);
    }
    Text(absl::StrCat("],\"func\":", FunctionJson(node), ",\"type\":\"call\"}"));
  }

  void Aggregation(const Node& node) {
    const size_t operand = node.children.size() - 1;  // a parameter stands before it
    Text("{\"expr\":");
    Child(node, operand);
    Text(absl::StrCat(",\"grouping\":", ListJson(node.grouping),
                      ",\"op\":", JsonText(OpName(node.op)), ",\"param\":"));
    if (operand > 0) {
      Child(node, 0);
    } else {
      Text("null");
    }
    Text(absl::StrCat(",\"type\":\"aggregation\",\"without\":", ToAbsl(Bool(node.without)), "}"));
  }

  void Binary(const Node& node) {
    const bool matches = ast_[node.children[0]].type == ValueType::kVector &&
                         ast_[node.children[1]].type == ValueType::kVector;
    Text(absl::StrCat("{\"bool\":", ToAbsl(Bool(node.return_bool)), ",\"lhs\":"));
    Child(node, 0);
    Text(absl::StrCat(",\"matching\":", matches ? MatchingJson(node.matching) : "null",
                      ",\"op\":", JsonText(OpName(node.op)), ",\"rhs\":"));
    Child(node, 1);
    Text(",\"type\":\"binaryExpr\"}");
  }

  const Ast& ast_;
  std::string out_;
  std::vector<Item> stack_;
  std::vector<Item> pieces_;
};

}  // namespace

std::string PromqlJson(const Ast& ast) { return JsonPrinter(ast).Print(); }

}  // namespace tacho::parser
