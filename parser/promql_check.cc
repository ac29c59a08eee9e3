#include "parser/promql_check.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "parser/promql_chars.h"
#include "parser/promql_functions.h"
#include "parser/promql_quote.h"
#include "parser/promql_regex.h"

namespace tacho::parser {
namespace {

constexpr std::string_view kNameLabel = "__name__";

bool IsOperandType(ValueType type) {
  return type == ValueType::kScalar || type == ValueType::kVector;
}

// Whether the matcher also selects series without the label.
bool MatchesEmpty(const Matcher& matcher) {
  switch (matcher.op) {
    case MatchOp::kEqual:
      return matcher.value.empty();
    case MatchOp::kNotEqual:
      return !matcher.value.empty();
    case MatchOp::kRegex:
      return CheckRegex(matcher.value).value_or(false);
    case MatchOp::kNotRegex:
      return !CheckRegex(matcher.value).value_or(true);
  }
  return true;
}

// One message of Prometheus prints the type as Go names it.
std::string_view InternalTypeName(ValueType type) {
  if (type == ValueType::kVector) return "vector";
  return type == ValueType::kMatrix ? "matrix" : ValueTypeName(type);
}

class Checker {
 public:
  explicit Checker(Ast* ast) : ast_(*ast) {}

  std::optional<ParseError> Run() {
    stack_.push_back({ast_.root()});
    while (!stack_.empty() && !error_) Step();
    return std::move(error_);
  }

 private:
  struct Visit {
    NodeId id = 0;
    size_t next = 0;              // child to visit
    bool selects_labels = false;  // the second argument of info()
  };

  void Step() {
    Visit& visit = stack_.back();
    const Node& node = ast_[visit.id];
    if (visit.next == 0) {
      Enter(node, visit.selects_labels);
    } else {
      AfterChild(node, ChildAt(node, visit.next - 1));
    }
    if (error_) return;
    if (visit.next < node.children.size()) {
      const size_t child = ChildAt(node, visit.next++);
      const bool info = node.kind == NodeKind::kCall && node.function == "info" && child == 1;
      stack_.push_back({node.children[child], 0, info});
    } else {
      Leave(ast_[visit.id]);
      stack_.pop_back();
    }
  }

  // Prometheus looks at an aggregation's operand before its parameter.
  static size_t ChildAt(const Node& node, size_t visit) {
    return node.kind == NodeKind::kAggregate ? node.children.size() - 1 - visit : visit;
  }

  void Enter(const Node& node, bool selects_labels) {
    if (node.kind == NodeKind::kCall) {
      CheckArity(node);
      if (!error_ && node.function == "info") CheckInfo(node);
    } else if (node.kind == NodeKind::kVectorSelector) {
      CheckSelector(node, selects_labels);
    }
  }

  void AfterChild(const Node& node, size_t child) {
    const ValueType type = TypeOf(node, child);
    if (node.kind == NodeKind::kCall) {
      const ValueType wanted = FindFunction(node.function)->ArgType(child);
      Expect(node.children[child], wanted, "call to function " + QuoteText(node.function));
    } else if (node.kind == NodeKind::kAggregate && child + 1 == node.children.size()) {
      Expect(node.children[child], ValueType::kVector, "aggregation expression");
    } else if (node.kind == NodeKind::kAggregate) {
      const bool text = node.op == Op::kCountValues;
      Expect(node.children[child], text ? ValueType::kString : ValueType::kScalar,
             "aggregation parameter");
    } else if (node.kind == NodeKind::kUnary && !IsOperandType(type)) {
      Fail(node.span.begin,
           "unary expression only allowed on expressions of type scalar or instant vector, got " +
               QuoteText(ValueTypeName(type)));
    } else if (node.kind == NodeKind::kSubquery && type != ValueType::kVector) {
      Fail(node.span.begin, "subquery is only allowed on instant vector, got " +
                                std::string(InternalTypeName(type)) + " instead");
    }
  }

  void Leave(Node& node) {
    if (node.kind != NodeKind::kBinary) return;
    CheckOperator(node);
    if (!error_) CheckOperands(node);
    if (!error_) CheckMatching(node);
  }

  void CheckArity(const Node& node) {
    const Function& function = *FindFunction(node.function);
    const size_t got = node.children.size();
    const size_t least = function.arg_count - (function.variadic == 0 ? size_t{0} : 1);
    const size_t most = least + static_cast<size_t>(std::max<int>(function.variadic, 0));
    std::string wanted;
    if (function.variadic == 0 && got != least) {
      wanted = "expected ";
    } else if (got < least) {
      wanted = "expected at least ";
    } else if (function.variadic != kAnyNumber && got > most) {
      wanted = "expected at most ";
    } else {
      return;
    }
    Fail(node.span.begin, wanted + std::to_string(got < least ? least : most) +
                              " argument(s) in call to " + QuoteText(node.function) + ", got " +
                              std::to_string(got));
  }

  // The second argument of info() is a list of matchers that looks like a selector.
  void CheckInfo(const Node& node) {
    if (node.children.size() < 2) return;
    const Node& labels = ast_[node.children[1]];
    if (labels.type != ValueType::kVector) {
      Expect(node.children[1], ValueType::kVector, "call to function \"info\"", node.span.begin);
    } else if (labels.kind != NodeKind::kVectorSelector) {
      Fail(labels.span.begin, "expected label selectors only");
    } else if (labels.bare_name) {
      Fail(labels.span.begin, "expected label selectors only, got vector selector instead");
    }
  }

  void CheckSelector(const Node& node, bool selects_labels) {
    if (!node.bare_name) {
      if (selects_labels ||
          !std::all_of(node.matchers.begin(), node.matchers.end(), MatchesEmpty)) {
        return;
      }
      return Fail(node.span.begin, "vector selector must contain at least one non-empty matcher");
    }
    // matchers[0] is the name before the braces.
    for (size_t i = 1; i < node.matchers.size(); ++i) {
      if (node.matchers[i].label != kNameLabel) continue;
      return Fail(node.span.begin, "metric name must not be set twice: " + QuoteText(node.name) +
                                       " or " + QuoteText(node.matchers[i].value));
    }
  }

  void CheckOperator(const Node& node) {
    if (node.return_bool && !IsComparison(node.op)) {
      return Fail(OperatorAt(node), "bool modifier can only be used on comparison operators");
    }
    if (IsComparison(node.op) && !node.return_bool && node.type == ValueType::kScalar) {
      return Fail(OperatorAt(node), "comparisons between scalars must use BOOL modifier");
    }
    if (!node.matching.on) return;
    for (const std::string& label : node.matching.labels) {
      const auto& include = node.matching.include;
      if (std::find(include.begin(), include.end(), label) == include.end()) continue;
      return Fail(OperatorAt(node),
                  "label " + QuoteText(label) + " must not occur in ON and GROUP clause at once");
    }
  }

  void CheckOperands(const Node& node) {
    for (const NodeId child : node.children) {
      if (IsOperandType(ast_[child].type)) continue;
      return Fail(ast_[child].span.begin,
                  "binary expression must contain only scalar and instant vector types");
    }
  }

  void CheckMatching(Node& node) {
    const bool vectors =
        TypeOf(node, 0) == ValueType::kVector && TypeOf(node, 1) == ValueType::kVector;
    const bool fills = node.matching.fill_left || node.matching.fill_right;
    const std::string name = QuoteText(OpName(node.op));
    if (vectors) {
      if (!IsSetOperator(node.op)) return;
      if (node.matching.cardinality != Cardinality::kManyToMany) {
        Fail(node.span.begin, "no grouping allowed for " + name + " operation");
      } else if (fills) {
        Fail(node.span.begin, "filling in missing series not allowed for set operators");
      }
    } else if (!node.matching.labels.empty()) {
      Fail(node.span.begin, "vector matching only allowed between instant vectors");
    } else if (fills) {
      Fail(node.span.begin, "filling in missing series only allowed between instant vectors");
    } else if (IsSetOperator(node.op)) {
      Fail(node.span.begin, "set operator " + name + " not allowed in binary scalar expression");
    } else {
      node.matching = {};
    }
  }

  // Where the operator stands: the first byte behind the left operand that is no space.
  [[nodiscard]] uint32_t OperatorAt(const Node& node) const {
    uint32_t at = ast_[node.children[0]].span.end;
    while (at < ast_.text().size() && IsSpace(ast_.text()[at])) ++at;
    return at;
  }

  void Expect(NodeId id, ValueType wanted, const std::string& where) {
    Expect(id, wanted, where, ast_[id].span.begin);
  }
  void Expect(NodeId id, ValueType wanted, const std::string& where, uint32_t offset) {
    const ValueType got = ast_[id].type;
    if (got == wanted) return;
    Fail(offset, "expected type " + std::string(ValueTypeName(wanted)) + " in " + where + ", got " +
                     std::string(ValueTypeName(got)));
  }

  [[nodiscard]] ValueType TypeOf(const Node& node, size_t child) const {
    return ast_[node.children[child]].type;
  }
  void Fail(uint32_t offset, std::string message) {
    error_ = ParseError{offset, std::move(message)};
  }

  Ast& ast_;
  std::vector<Visit> stack_;
  std::optional<ParseError> error_;
};

}  // namespace

std::optional<ParseError> CheckTypes(Ast* ast) { return Checker(ast).Run(); }

}  // namespace tacho::parser
