// PrettyPromql: the printed expression, broken into lines.
//
// Each line is a piece of what PrintSpans wrote; only line breaks, indents and commas at
// the ends of lines are new.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parser/promql.h"
#include "parser/promql_printer.h"

namespace tacho::parser {
namespace {

constexpr size_t kMaxLineBytes = 100;
// A chain of operators is a level deeper for each one. What is deeper than this is
// indented no further, or the spaces would grow with the square of the text.
constexpr size_t kMaxIndentLevels = 100;

std::string Indent(size_t level) { return std::string(2 * std::min(level, kMaxIndentLevels), ' '); }

class PrettyPrinter {
 public:
  explicit PrettyPrinter(const Ast& ast) : ast_(ast), printed_(PrintSpans(ast)) {}

  std::string Run() {
    LaterNode(ast_.root(), 0);
    while (!stack_.empty()) {
      const Item item = std::move(stack_.back());
      stack_.pop_back();
      out_ += item.text;
      if (item.node != kNoNode) Print(item);
    }
    return std::move(out_);
  }

 private:
  struct Item {
    NodeId node = kNoNode;
    size_t level = 0;
    bool bare = false;  // its first line is indented already
    std::string text = {};
  };

  void LaterNode(NodeId node, size_t level, bool bare = false) {
    stack_.push_back({.node = node, .level = level, .bare = bare});
  }
  void LaterText(std::string text) { stack_.push_back({.text = std::move(text)}); }

  // What was printed between two places.
  [[nodiscard]] std::string Flat(uint32_t begin, uint32_t end) const {
    return printed_.text.substr(begin, end - begin);
  }

  void Print(const Item& item) {
    const Node& node = ast_[item.node];
    const Span span = printed_.spans[item.node];
    const bool split = span.end - span.begin > kMaxLineBytes;
    if (split && node.kind == NodeKind::kBinary) return PrintBinary(node, item);
    if (split && node.kind == NodeKind::kSubquery) return PrintSubquery(node, item);
    // Prometheus does not indent a subquery that fits on a line.
    if (!item.bare && node.kind != NodeKind::kSubquery) out_ += Indent(item.level);
    if (node.kind == NodeKind::kUnary) {
      out_ += OpName(node.op);
      return LaterNode(node.children[0], item.level, /*bare=*/true);
    }
    const bool encloses = node.kind == NodeKind::kCall || node.kind == NodeKind::kAggregate ||
                          node.kind == NodeKind::kParen;
    if (split && encloses) return PrintEnclosed(node, item);
    out_ += Flat(span.begin, span.end);
  }

  // Operand, operator, operand: a line or more each.
  void PrintBinary(const Node& node, const Item& item) {
    const uint32_t left_end = printed_.spans[node.children[0]].end;
    const uint32_t right_begin = printed_.spans[node.children[1]].begin;
    LaterNode(node.children[1], item.level + 1);
    LaterText("\n" + Indent(item.level) + Flat(left_end + 1, right_begin - 1) + "\n");
    LaterNode(node.children[0], item.level + 1, item.bare);
  }

  void PrintSubquery(const Node& node, const Item& item) {
    LaterText(Flat(printed_.spans[node.children[0]].end, printed_.spans[item.node].end));
    LaterNode(node.children[0], item.level, item.bare);
  }

  // sum by (a) (, arguments, )
  void PrintEnclosed(const Node& node, const Item& item) {
    out_ += Flat(printed_.spans[item.node].begin, printed_.spans[node.children[0]].begin) + "\n";
    LaterText("\n" + Indent(item.level) + ")");
    for (size_t i = node.children.size(); i-- > 0;) {
      LaterNode(node.children[i], item.level + 1);
      if (i > 0) LaterText(",\n");
    }
  }

  const Ast& ast_;
  const PrintedPromql printed_;
  std::vector<Item> stack_;
  std::string out_;
};

}  // namespace

std::string PrettyPromql(const Ast& ast) { return PrettyPrinter(ast).Run(); }

}  // namespace tacho::parser
