// Generator: random well-typed PromQL, with the shape (shape.h) that it must have.
//
// It knows the precedence of operators by a table of its own and writes parentheses
// only where they are needed, so a parser that groups operators wrongly is caught.
#ifndef TACHO_TESTS_PARSER_PROMQL_GENERATOR_H_
#define TACHO_TESTS_PARSER_PROMQL_GENERATOR_H_

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tacho::testing {

struct Generated {
  std::string text;
  std::string shape;
  int level = 7;  // precedence of the outermost operator; 7: none
};

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  // Any expression but a bare string.
  Generated Query() {
    switch (Pick(8)) {
      case 0:
        return Scalar(4);
      case 1:
        return Matrix(3);
      default:
        return Vector(4);
    }
  }

 private:
  static constexpr int kSign = 5;

  struct Operator {
    std::string_view text;
    int level;
  };

  uint32_t Pick(uint32_t n) { return static_cast<uint32_t>(random_() % n); }
  bool Chance(uint32_t one_in) { return Pick(one_in) == 0; }
  template <size_t N>
  std::string_view Any(const std::string_view (&texts)[N]) {
    return texts[Pick(N)];
  }

  // Space, or what may stand for it.
  std::string Gap() {
    constexpr std::string_view kGaps[] = {" ", "  ", "\n", "\t", " # note\n", "\r\n"};
    return std::string(Chance(4) ? Any(kGaps) : " ");
  }
  // A keyword in some case.
  std::string Word(std::string_view word) {
    std::string out(word);
    if (!Chance(6)) return out;
    for (char& c : out) {
      if (c >= 'a' && c <= 'z' && Chance(2)) c = static_cast<char>(c - 0x20);
    }
    return out;
  }

  std::string Label() {
    constexpr std::string_view kLabels[] = {"a", "pod", "le", "by", "sum", "on", "_x1"};
    return std::string(Any(kLabels));
  }
  // (a, b) and its shape [a,b].
  Generated Labels() {
    Generated out{"(", "[", 7};
    const uint32_t count = Pick(4);
    for (uint32_t i = 0; i < count; ++i) {
      const std::string label = Label();
      out.text += (i == 0 ? "" : ",") + Gap() + (Chance(4) ? "'" + label + "'" : label);
      out.shape += (i == 0 ? "" : ",") + label;
    }
    if (count > 0 && Chance(5)) out.text += ",";
    return {out.text + ")", out.shape + "]", 7};
  }

  struct KnownDuration {
    std::string_view text;
    std::string_view ms;
    std::string_view seconds;
  };
  const KnownDuration& AnyDuration() {
    static constexpr KnownDuration kKnown[] = {
        {"5m", "300000", "300"},   {"1h30m", "5400000", "5400"}, {"90", "90000", "90"},
        {"1500ms", "1500", "1.5"}, {"0.25", "250", "0.25"},      {"1d", "86400000", "86400"}};
    return kKnown[Pick(6)];
  }
  Generated Duration() {
    const KnownDuration& known = AnyDuration();
    return {std::string(known.text), std::string(known.ms), 7};
  }

  // step(), range(), min_of(a, b), max_of(a, b)
  Generated DurationCall(int depth) {
    if (Chance(2)) {
      const std::string name(Chance(2) ? "step" : "range");
      return {Word(name) + Space() + "()", "(" + name + ")", 7};
    }
    const std::string name(Chance(2) ? "min_of" : "max_of");
    const Generated a = DurationExpression(depth - 1);
    const Generated b = DurationExpression(depth - 1);
    return {Word(name) + "(" + a.text + "," + Gap() + b.text + ")",
            "(" + name + " " + a.shape + " " + b.shape + ")", 7};
  }
  // In an expression a literal is a number of seconds.
  Generated DurationExpression(int depth) {
    constexpr Operator kOps[] = {{"+", 4}, {"-", 4}, {"*", 5}, {"/", 5}, {"%", 5}, {"^", 6}};
    switch (depth <= 0 ? 0 : Pick(6)) {
      case 0: {
        const KnownDuration& known = AnyDuration();
        return {std::string(known.text), std::string(known.seconds), 7};
      }
      case 1:
        return DurationCall(depth);
      case 2:
        return Paren(DurationExpression(depth - 1));
      case 3:
        return Minus(Atom(DurationExpression(depth - 1)));
      default: {
        const Operator& op = kOps[Pick(6)];
        return Joined({std::string(op.text), std::string(op.text), 7}, op.level,
                      DurationExpression(depth - 1), DurationExpression(depth - 1));
      }
    }
  }
  static Generated Minus(const Generated& atom) {
    const bool number = atom.shape[0] != '(';
    return {"-" + atom.text, number ? Negated(atom.shape) : "(neg " + atom.shape + ")", kSign};
  }
  // What may stand in brackets: milliseconds where it is a literal.
  Generated Bracketed() {
    if (Chance(2)) return Duration();
    const Generated g = DurationExpression(3);
    return g.shape[0] == '(' ? g : Duration();
  }

  // An operator needs parentheses here.
  Generated OffsetExpression() {
    Generated g = Chance(2) ? DurationCall(2) : Paren(DurationExpression(2));
    if (Chance(2)) g = Minus(g);
    return {Gap() + Word("offset") + " " + g.text, "-" + g.shape, 7};
  }

  // What may follow a selector or a subquery, in any order.
  Generated Modifiers(bool selector) {
    Generated at;
    Generated offset;
    Generated edges;
    if (Chance(4)) {
      constexpr std::string_view kAt[] = {"10", "start()", "end()"};
      constexpr std::string_view kShapes[] = {"@10000", "@start", "@end"};
      const uint32_t which = Pick(3);
      at = {" @ " + Word(kAt[which]), std::string(kShapes[which]), 7};
    }
    if (Chance(4)) {
      const Generated by = Duration();
      const bool back = Chance(2);
      offset = {Gap() + Word("offset") + " " + (back ? "" : "-") + by.text,
                std::string(back ? "-" : "--") + by.shape + "ms", 7};
    }
    if (Chance(6)) offset = OffsetExpression();
    if (selector && Chance(6)) {
      const std::string word(Chance(2) ? "anchored" : "smoothed");
      edges = {Gap() + Word(word), " " + word, 7};
    }
    const std::string text =
        Chance(2) ? at.text + edges.text + offset.text : offset.text + at.text + edges.text;
    return {text, at.shape + edges.shape + offset.shape, 7};
  }

  Generated Selector() {
    constexpr std::string_view kNames[] = {
        "x", "up", "http_requests_total", "a:b", "sum", "offset", "step", "by"};
    constexpr std::string_view kOps[] = {"=", "!=", "=~", "!~"};
    constexpr std::string_view kValues[] = {"v", "web-1|web-2", "a.b", "[0-9]+"};
    const std::string name(Any(kNames));
    Generated out{name, "sel(__name__=" + name, 7};
    const uint32_t count = Chance(2) ? Pick(4) : 0;
    if (count > 0) out.text += "{";
    for (uint32_t i = 0; i < count; ++i) {
      const std::string label = Label();
      const std::string op(Any(kOps));
      const std::string value(Any(kValues));
      constexpr std::string_view kQuotes[] = {"'", "\"", "`"};
      const std::string quote(Any(kQuotes));
      out.text += (i == 0 ? "" : ",") + Gap() + (Chance(5) ? "\"" + label + "\"" : label) + op +
                  quote + value + quote;
      out.shape += "," + label + op + value;
    }
    if (count > 0) out.text += Chance(4) ? ",}" : "}";
    out.shape += ")";
    return out;
  }

  Generated Matrix(int depth) {
    const Generated range = Bracketed();
    if (Chance(3) && depth > 0) {
      const Generated modifiers = Modifiers(/*selector=*/false);
      const Generated inner = Atom(Vector(depth - 1));
      const Generated step = Chance(2) ? Bracketed() : Generated{"", "0", 7};
      return {
          inner.text + "[" + range.text + ":" + step.text + "]" + modifiers.text,
          "(subquery " + range.shape + ":" + step.shape + modifiers.shape + " " + inner.shape + ")",
          7};
    }
    const Generated selector = Selector();
    const Generated modifiers = Modifiers(/*selector=*/true);
    return {selector.text + "[" + range.text + "]" + modifiers.text,
            "(range " + range.shape + " " + selector.shape + modifiers.shape + ")", 7};
  }

  // In parentheses unless it is one piece already; modifiers bind to the piece.
  Generated Atom(Generated g) { return g.level == 7 ? g : Paren(g); }
  static Generated Paren(const Generated& g) {
    return {"(" + g.text + ")", "(paren " + g.shape + ")", 7};
  }
  Generated AtLeast(int level, const Generated& g) {
    return g.level >= level && !Chance(12) ? g : Paren(g);
  }

  Generated Number() {
    struct Known {
      std::string_view text;
      std::string_view shape;
    };
    constexpr Known kKnown[] = {{"0", "0"},     {"1", "1"},    {"2.5", "2.5"},  {"1e3", "1000"},
                                {"0x1f", "31"}, {"010", "8"},  {"Inf", "+Inf"}, {"5m", "300"},
                                {"1_0", "10"},  {"NaN", "NaN"}};
    const Known& known = kKnown[Pick(10)];
    return {std::string(known.text), std::string(known.shape), 7};
  }

  Generated Scalar(int depth) {
    switch (depth <= 0 ? 0 : Pick(6)) {
      case 0:
      case 1:
        return Number();
      case 2:
        return {"time()", "(time)", 7};
      case 3: {
        const Generated inner = Vector(depth - 1);
        return {"scalar(" + inner.text + ")", "(scalar " + inner.shape + ")", 7};
      }
      case 4:
        return Signed(Scalar(depth - 1));
      default:
        return Arithmetic(Scalar(depth - 1), Scalar(depth - 1), false);
    }
  }

  Generated Vector(int depth) {
    if (depth <= 0) return WithModifiers(Selector());
    switch (Pick(9)) {
      case 0:
        return WithModifiers(Selector());
      case 1:
        return Call(depth);
      case 2:
        return Aggregation(depth);
      case 3:
        return Signed(Vector(depth - 1));
      case 4:
        return Arithmetic(Vector(depth - 1), Scalar(depth - 1), false);
      case 5:
        return Arithmetic(Scalar(depth - 1), Vector(depth - 1), false);
      case 6:
        return SetOperation(depth);
      case 7:
        return Paren(Vector(depth - 1));
      default:
        return Arithmetic(Vector(depth - 1), Vector(depth - 1), true);
    }
  }

  Generated WithModifiers(const Generated& selector) {
    const Generated modifiers = Modifiers(/*selector=*/true);
    return {selector.text + modifiers.text, selector.shape + modifiers.shape, 7};
  }

  // The sign of a bare number becomes part of it.
  Generated Signed(const Generated& g) {
    const Generated operand = g.level == kSign && !Binary(g) ? g : AtLeast(kSign + 1, g);
    const bool minus = Chance(2);
    const std::string text = (minus ? "-" : "+") + (Chance(5) ? Gap() : "") + operand.text;
    if (operand.shape[0] == '(' || operand.shape[0] == 's') {
      return {text, (minus ? "(neg " : "(pos ") + operand.shape + ")", kSign};
    }
    return {text, minus ? Negated(operand.shape) : operand.shape, kSign};
  }
  static std::string Negated(const std::string& number) {
    if (number == "NaN") return number;
    if (number == "+Inf") return "-Inf";
    if (number == "-Inf") return "+Inf";
    return number[0] == '-' ? number.substr(1) : "-" + number;
  }

  Generated Call(int depth) {
    constexpr std::string_view kRates[] = {"rate", "increase", "delta", "max_over_time"};
    constexpr std::string_view kMaths[] = {"abs", "sqrt", "floor", "absent", "sort"};
    if (Chance(2)) {
      const Generated inner = Matrix(depth - 1);
      const std::string name(Any(kRates));
      return {name + Space() + "(" + inner.text + ")", "(" + name + " " + inner.shape + ")", 7};
    }
    if (Chance(3)) {
      const Generated v = Vector(depth - 1);
      const Generated s = Scalar(depth - 1);
      return {"clamp_min(" + v.text + "," + Gap() + s.text + ")",
              "(clamp_min " + v.shape + " " + s.shape + ")", 7};
    }
    const Generated inner = Vector(depth - 1);
    const std::string name(Any(kMaths));
    return {name + "(" + inner.text + ")", "(" + name + " " + inner.shape + ")", 7};
  }
  std::string Space() { return Chance(5) ? Gap() : ""; }

  Generated Aggregation(int depth) {
    constexpr std::string_view kOps[] = {"sum", "avg", "min", "max", "count", "stddev"};
    const bool with_parameter = Chance(5);
    const std::string op(with_parameter ? "topk" : Any(kOps));
    Generated body = Vector(depth - 1);
    if (with_parameter) {
      const Generated k = Scalar(1);
      body = {k.text + ", " + body.text, k.shape + " " + body.shape, 7};
    }
    const Generated labels = Labels();
    const bool without = Chance(2);
    const std::string clause = Word(without ? "without" : "by") + Space() + labels.text;
    const bool grouped = without || labels.shape != "[]";
    const std::string shape = "(" + op +
                              (grouped ? (without ? " without" : " by") + labels.shape : "") + " " +
                              body.shape + ")";
    const std::string arguments = "(" + body.text + ")";
    if (Chance(2)) return {Word(op) + " " + clause + Space() + arguments, shape, 7};
    return {Word(op) + Space() + arguments + " " + clause, shape, 7};
  }

  Generated SetOperation(int depth) {
    constexpr Operator kOps[] = {{"or", 1}, {"and", 2}, {"unless", 2}};
    const Operator& op = kOps[Pick(3)];
    Generated head{Word(op.text), std::string(op.text), 7};
    if (Chance(2)) head = WithLabels(head, Chance(2));
    return Joined(head, op.level, Vector(depth - 1), Vector(depth - 1));
  }

  // on(a, b) or ignoring(a, b); nothing is the same as ignoring().
  Generated WithLabels(const Generated& head, bool on) {
    const Generated labels = Labels();
    const bool shown = on || labels.shape != "[]";
    return {head.text + " " + Word(on ? "on" : "ignoring") + labels.text,
            head.shape + (shown ? (on ? " on" : " ignoring") + labels.shape : ""), 7};
  }

  Generated Arithmetic(const Generated& left, const Generated& right, bool vectors) {
    constexpr Operator kOps[] = {{"+", 4}, {"-", 4}, {"*", 5},  {"/", 5},  {"%", 5}, {"atan2", 5},
                                 {"^", 6}, {"^", 6}, {"==", 3}, {"!=", 3}, {"<", 3}, {">=", 3}};
    const Operator& op = kOps[Pick(12)];
    Generated head{std::string(op.text), std::string(op.text), 7};
    if (op.level == 3) head = {head.text + " " + Word("bool"), head.shape + " bool", 7};
    if (vectors && Chance(2)) {
      // Ignored labels may be included again, labels of on() may not.
      head = WithLabels(head, false);
      if (Chance(2)) head = Grouped(head);
    }
    if (vectors && Chance(6)) head = Filled(head);
    return Joined(head, op.level, left, right);
  }

  Generated Filled(const Generated& head) {
    const std::string left = " " + Word("fill_left") + Space() + "(-1.5)";
    const std::string right = " " + Word("fill_right") + "(" + Space() + "NaN)";
    switch (Pick(4)) {
      case 0:
        return {head.text + " " + Word("fill") + "(2)", head.shape + " fill_left 2 fill_right 2",
                7};
      case 1:
        return {head.text + left, head.shape + " fill_left -1.5", 7};
      case 2:
        return {head.text + right, head.shape + " fill_right NaN", 7};
      default:
        return {head.text + (Chance(2) ? left + right : right + left),
                head.shape + " fill_left -1.5 fill_right NaN", 7};
    }
  }

  Generated Grouped(const Generated& head) {
    const bool left = Chance(2);
    const Generated labels = Labels();
    return {head.text + Gap() + Word(left ? "group_left" : "group_right") + labels.text,
            head.shape + (left ? " left" : " right") + labels.shape, 7};
  }

  // A sign may stand on the right of any operator; ^ groups to the right.
  Generated Joined(const Generated& head, int level, const Generated& left,
                   const Generated& right) {
    const bool power = level == 6;
    const Generated l = AtLeast(power ? level + 1 : level, left);
    const bool sign = right.text[0] == '-' || right.text[0] == '+';
    const Generated r = sign && right.level == kSign && !Binary(right)
                            ? right
                            : AtLeast(power ? level : level + 1, right);
    return {l.text + Gap() + head.text + Gap() + r.text,
            "(" + head.shape + " " + l.shape + " " + r.shape + ")", level};
  }
  // Whether something of a sign's level is a multiplication, not a sign.
  static bool Binary(const Generated& g) {
    return g.shape[0] == '(' && g.shape.rfind("(neg ", 0) != 0 && g.shape.rfind("(pos ", 0) != 0;
  }

  std::mt19937 random_;
};

}  // namespace tacho::testing

#endif  // TACHO_TESTS_PARSER_PROMQL_GENERATOR_H_
