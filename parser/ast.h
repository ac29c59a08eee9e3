// Ast: a PromQL expression as a flat arena of nodes.
//
// Why an arena: a chain of a hundred thousand operators is a tree as deep; a
// tree of owning pointers would overflow the stack when it is destroyed. Here a
// child is an index, and destruction is that of one vector.
//
// Units       Spans are byte offsets [begin, end) into text(). Durations are
//             nanoseconds (offset_ns, range_ns, step_ns); at_ms is Unix milliseconds.
// Order       A child's index is smaller than its parent's: a loop from 0 to
//             size() visits children first. The nodes of one duration expression
//             stand side by side, its root last; they are nobody's children, and
//             those of an offset stand behind their selector.
// Ownership   The Ast owns its nodes and a copy of the text.
// Threads     Immutable once parsed.
#ifndef TACHO_PARSER_AST_H_
#define TACHO_PARSER_AST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tacho/query_template.h"  // MatchOp

namespace tacho::parser {

using NodeId = uint32_t;
inline constexpr NodeId kNoNode = UINT32_MAX;

enum class ValueType : uint8_t { kScalar, kString, kVector, kMatrix };
// "scalar", "string", "instant vector", "range vector".
std::string_view ValueTypeName(ValueType type);

enum class NodeKind : uint8_t {
  kNumber,          // number
  kString,          // text
  kVectorSelector,  // name, matchers, offset_ns, at
  kMatrixSelector,  // children[0] is the vector selector; range_ns
  kSubquery,        // children[0]; range_ns, step_ns (0: default), offset_ns, at
  kCall,            // function, children are the arguments
  kAggregate,       // op, grouping, without, has_grouping; children: [param,] operand
  kBinary,          // op, return_bool, matching; children: left, right
  kUnary,           // op is kAdd or kSub; children[0]
  kParen,           // children[0]
};

enum class Op : uint8_t {
  kNone,
  // Binary, by precedence.
  kOr, kAnd, kUnless,
  kEql, kNeq, kLss, kLte, kGtr, kGte,
  kTrimUpper, kTrimLower,  // "</" and ">/": native histograms only
  kAdd, kSub,
  kMul, kDiv, kMod, kAtan2,
  kPow,
  // Aggregations.
  kSum, kAvg, kMin, kMax, kCount, kGroup, kStddev, kStdvar, kTopk, kBottomk,
  kQuantile, kCountValues, kLimitk, kLimitRatio,
};
// As written in PromQL: "+", "and", "sum".
std::string_view OpName(Op op);
inline bool IsComparison(Op op) { return op >= Op::kEql && op <= Op::kGte; }
inline bool IsSetOperator(Op op) { return op >= Op::kOr && op <= Op::kUnless; }

struct Matcher {
  std::string label;
  MatchOp op = MatchOp::kEqual;
  std::string value;
  friend bool operator==(const Matcher&, const Matcher&) = default;
};

enum class AtKind : uint8_t { kNone, kTimestamp, kStart, kEnd };

// How a range selector treats the ends of its window: samples inside only, or with
// the sample before it (anchored), or with values interpolated at both (smoothed).
enum class RangeEdges : uint8_t { kPlain, kAnchored, kSmoothed };

enum class Cardinality : uint8_t { kOneToOne, kManyToOne, kOneToMany, kManyToMany };

struct VectorMatching {
  Cardinality cardinality = Cardinality::kOneToOne;
  bool on = false;  // on(labels); false: ignoring(labels), also when none was written
  bool written = false;  // on or ignoring stands in the text
  std::vector<std::string> labels;
  std::vector<std::string> include;  // group_left(...) or group_right(...)
  // What stands in for a missing sample of that side.
  std::optional<double> fill_left = {};
  std::optional<double> fill_right = {};
  bool fill_both = false;  // written as fill(x), which sets both
};

struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;
};

struct Node {
  NodeKind kind = NodeKind::kNumber;
  ValueType type = ValueType::kScalar;
  Op op = Op::kNone;
  Span span;
  std::vector<NodeId> children;

  double number = 0;
  bool duration = false;  // kNumber: written as a duration, such as 5m
  std::string text;       // kString
  std::string function;   // kCall: the function's name

  // kVectorSelector. The metric name, however written, is also among the matchers
  // (as = on __name__); `name` is it, empty if none was given by equality.
  std::string name;
  bool bare_name = false;  // the name stands before the braces
  std::vector<Matcher> matchers;

  // Selectors and subqueries. A duration that was written as an expression has it in
  // *_expr too: the root of kNumber, kParen, kUnary, kBinary and kCall nodes. Where it
  // depends on step() or range(), *_ns is 0 and parser/promql_duration.h evaluates it.
  int64_t range_ns = 0;
  int64_t step_ns = 0;
  int64_t offset_ns = 0;
  NodeId range_expr = kNoNode;
  NodeId step_expr = kNoNode;
  NodeId offset_expr = kNoNode;
  RangeEdges edges = RangeEdges::kPlain;  // kVectorSelector, also of a kMatrixSelector
  AtKind at = AtKind::kNone;
  int64_t at_ms = 0;

  // kAggregate.
  bool has_grouping = false;  // by or without stands in the text
  bool without = false;
  std::vector<std::string> grouping;

  // kBinary.
  bool return_bool = false;
  VectorMatching matching;
};

// "line:column" of a byte offset, both from 1, columns in bytes; "unknown position"
// in an empty text.
std::string PositionIn(std::string_view text, uint32_t offset);

class Ast {
 public:
  explicit Ast(std::string text) : text_(std::move(text)) {}

  void Reserve(size_t nodes) { nodes_.reserve(nodes); }
  NodeId Add(Node node) {
    nodes_.push_back(std::move(node));
    return static_cast<NodeId>(nodes_.size() - 1);
  }
  void RemoveLast() { nodes_.pop_back(); }
  Node& operator[](NodeId id) { return nodes_[id]; }
  const Node& operator[](NodeId id) const { return nodes_[id]; }
  size_t size() const { return nodes_.size(); }
  NodeId root() const { return root_; }
  void set_root(NodeId root) { root_ = root; }
  const std::string& text() const { return text_; }

  // The node's text as it was written.
  std::string_view TextOf(NodeId id) const;
  std::string Position(uint32_t offset) const;  // PositionIn(text(), offset)

 private:
  std::string text_;
  std::vector<Node> nodes_;
  NodeId root_ = 0;
};

}  // namespace tacho::parser

#endif  // TACHO_PARSER_AST_H_
