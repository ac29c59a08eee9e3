// Running a compiled template.
#include <deque>
#include <utility>

#include "parser/ast.h"  // PositionIn
#include "parser/template.h"
#include "parser/template_builder.h"
#include "parser/template_grammar.h"
#include "parser/template_value.h"

namespace tacho::parser {
namespace {

using Kind = TemplateExpr::Kind;

class TemplateRun {
 public:
  TemplateRun(const TemplateProgram& program, const TemplateFields& fields)
      : program_(program), fields_(fields), variables_(program.slots) {}

  absl::StatusOr<std::string> Execute() {
    while (next_ < program_.steps.size() && status_.ok()) {
      Count();
      Step(program_.steps[next_++]);
      if (out_.size() > kMaxTemplateOutput) FailSize();
    }
    if (!status_.ok()) return std::move(status_);
    return std::move(out_);
  }

 private:
  // A range that is being run: over a list or over a map.
  struct Loop {
    const TemplateStep* step = nullptr;
    const TemplateList* list = nullptr;
    const TemplateMap* map = nullptr;
    size_t index = 0;
    TemplateMap::const_iterator entry = {};
  };

  void Step(const TemplateStep& step) {
    switch (step.kind) {
      case TemplateStep::Kind::kText:
        out_ += step.text;
        return;
      case TemplateStep::Kind::kPrint:
        return Print(step.expr);
      case TemplateStep::Kind::kJump:
        next_ = step.target;
        return;
      case TemplateStep::Kind::kJumpIfFalse:
        if (!IsTrue(Value(step.expr))) next_ = step.target;
        return;
      case TemplateStep::Kind::kRange:
        return BeginRange(step);
      case TemplateStep::Kind::kNext:
        return NextElement(step);
    }
  }

  void Print(uint32_t expr) {
    const TemplateValue value = Value(expr);
    if (!AppendValue(value, 'v', &out_)) out_ += "<no value>";
  }

  void BeginRange(const TemplateStep& step) {
    const TemplateValue over = Value(step.expr);
    Loop loop{.step = &step};
    if (const auto* list = std::get_if<const TemplateList*>(&over)) {
      loop.list = *list;
    } else if (const auto* map = std::get_if<const TemplateMap*>(&over)) {
      loop.map = *map;
      loop.entry = loop.map->begin();
    } else if (!std::holds_alternative<std::monostate>(over)) {
      return Fail(step.expr, "range cannot go over a " + std::string(TypeName(over)));
    }
    if (!IsTrue(over)) {
      next_ = step.target;
      return;
    }
    loops_.push_back(loop);
    SetVariables();
  }

  void NextElement(const TemplateStep& step) {
    Loop& loop = loops_.back();
    ++loop.index;
    if (loop.map != nullptr) ++loop.entry;
    const size_t size = loop.map != nullptr ? loop.map->size() : loop.list->size();
    if (loop.index == size) return loops_.pop_back();
    next_ = step.target;
    SetVariables();
  }

  [[nodiscard]] TemplateValue Element() const {
    const Loop& loop = loops_.back();
    return std::string_view(loop.map != nullptr ? loop.entry->second : (*loop.list)[loop.index]);
  }

  void SetVariables() {
    const Loop& loop = loops_.back();
    const uint32_t count = loop.step->variables;
    if (count == 0) return;
    if (count == 2) {
      variables_[loop.step->slot] = loop.map != nullptr
                                        ? TemplateValue(std::string_view(loop.entry->first))
                                        : TemplateValue(static_cast<int64_t>(loop.index));
    }
    variables_[loop.step->slot + count - 1] = Element();
  }

  // Recurses once per call within a call: kMaxTemplateNesting.
  TemplateValue Value(uint32_t id) {
    Count();
    const TemplateExpr& expr = program_.exprs[id];
    switch (expr.kind) {
      case Kind::kText:
        return std::string_view(expr.text);
      case Kind::kNumber:
        return expr.number;
      case Kind::kBool:
        return expr.number != 0;
      case Kind::kNil:
        return {};
      case Kind::kDot:
        return Element();
      case Kind::kField:
        return Field(static_cast<TemplateField>(expr.number));
      case Kind::kMapField:
        return MapValue(expr.text);
      case Kind::kVariable:
        return variables_[static_cast<size_t>(expr.number)];
      case Kind::kCall:
        return status_.ok() ? Call(id, expr) : TemplateValue();
    }
    return {};
  }

  [[nodiscard]] TemplateValue Field(TemplateField field) const {
    switch (field) {
      case TemplateField::kSeries:
        return std::string_view(fields_.series);
      case TemplateField::kLabelMatchers:
        return std::string_view(fields_.label_matchers);
      case TemplateField::kLabelValuesByName:
        return &fields_.label_values_by_name;
      case TemplateField::kGroupBy:
        return std::string_view(fields_.group_by);
      case TemplateField::kGroupBySlice:
        return &fields_.group_by_slice;
    }
    return {};
  }

  [[nodiscard]] TemplateValue MapValue(const std::string& key) const {
    const auto found = fields_.label_values_by_name.find(key);
    if (found == fields_.label_values_by_name.end()) return {};
    return std::string_view(found->second);
  }

  TemplateValue Call(uint32_t id, const TemplateExpr& call) {
    switch (static_cast<TemplateFunction>(call.number)) {
      case TemplateFunction::kIndex:
        return Index(id, Value(call.args[0]), Value(call.args[1]));
      case TemplateFunction::kLen:
        return Length(id, Value(call.args[0]));
      case TemplateFunction::kEq:
        return EqualsAny(id, call);
      case TemplateFunction::kNe:
        return !EqualsAny(id, call);
      case TemplateFunction::kNot:
        return !IsTrue(Value(call.args[0]));
      case TemplateFunction::kAnd:
        return FirstThatIs(call, false);
      case TemplateFunction::kOr:
        return FirstThatIs(call, true);
      case TemplateFunction::kPrintf:
        return Printf(id, call);
    }
    return {};
  }

  TemplateValue Index(uint32_t id, const TemplateValue& in, const TemplateValue& at) {
    const auto* map = std::get_if<const TemplateMap*>(&in);
    const auto* key = std::get_if<std::string_view>(&at);
    if (map != nullptr && key != nullptr) {
      const auto found = (*map)->find(std::string(*key));
      return found == (*map)->end() ? std::string_view() : std::string_view(found->second);
    }
    const auto* list = std::get_if<const TemplateList*>(&in);
    const auto* number = std::get_if<int64_t>(&at);
    if (list == nullptr || number == nullptr) {
      Fail(id, "index takes a map and a text, or a list and a number, not a " +
                   std::string(TypeName(in)) + " and a " + std::string(TypeName(at)));
      return {};
    }
    if (*number < 0 || static_cast<uint64_t>(*number) >= (*list)->size()) {
      Fail(id,
           "index " + std::to_string(*number) + " of a list of " + std::to_string((*list)->size()));
      return {};
    }
    return std::string_view((**list)[static_cast<size_t>(*number)]);
  }

  TemplateValue Length(uint32_t id, const TemplateValue& of) {
    if (const auto* text = std::get_if<std::string_view>(&of)) return Size(text->size());
    if (const auto* list = std::get_if<const TemplateList*>(&of)) return Size((*list)->size());
    if (const auto* map = std::get_if<const TemplateMap*>(&of)) return Size((*map)->size());
    Fail(id, "len takes a text, a list or a map, not a " + std::string(TypeName(of)));
    return {};
  }
  static int64_t Size(size_t size) { return static_cast<int64_t>(size); }

  // eq a b c: a is b or c.
  bool EqualsAny(uint32_t id, const TemplateExpr& call) {
    const TemplateValue first = Value(call.args[0]);
    for (size_t i = 1; i < call.args.size() && status_.ok(); ++i) {
      const TemplateValue other = Value(call.args[i]);
      constexpr size_t kFirstUncomparable = 4;  // lists and maps; and nil is index 0
      const bool comparable = first.index() == other.index() && first.index() != 0 &&
                              first.index() < kFirstUncomparable;
      if (!comparable) {
        Fail(id, "a " + std::string(TypeName(first)) + " cannot be compared with a " +
                     std::string(TypeName(other)));
        return false;
      }
      if (first == other) return true;
    }
    return false;
  }

  // and, or: the first argument that decides, else the last.
  TemplateValue FirstThatIs(const TemplateExpr& call, bool truth) {
    TemplateValue value;
    for (const uint32_t arg : call.args) {
      value = Value(arg);
      if (IsTrue(value) == truth || !status_.ok()) break;
    }
    return value;
  }

  // The format and the number of values were checked when it was parsed.
  TemplateValue Printf(uint32_t id, const TemplateExpr& call) {
    const std::string& format = program_.exprs[call.args[0]].text;
    std::string& text = texts_.emplace_back();
    size_t arg = 1;
    for (size_t i = 0; i < format.size() && status_.ok(); ++i) {
      if (format[i] != '%') {
        text += format[i];
      } else if (format[++i] == '%') {
        text += '%';
      } else {
        const TemplateValue value = Value(call.args[arg++]);
        if (!status_.ok()) break;
        if (!AppendValue(value, format[i], &text)) {
          Fail(id, std::string("printf's %") + format[i] + " does not take a " +
                       std::string(TypeName(value)));
        }
      }
      if (text.size() > kMaxTemplateOutput) FailSize();
    }
    text_bytes_ += text.size();
    if (text_bytes_ > kMaxTexts) FailSize();
    return std::string_view(text);
  }

  void Count() {
    if (++steps_ <= kMaxTemplateSteps || !status_.ok()) return;
    status_ = absl::ResourceExhaustedError("the template takes more than " +
                                           std::to_string(kMaxTemplateSteps) + " steps");
  }
  void FailSize() {
    if (!status_.ok()) return;
    status_ = absl::ResourceExhaustedError("the query is longer than " +
                                           std::to_string(kMaxTemplateOutput) + " bytes");
  }
  void Fail(uint32_t expr, const std::string& message) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(PositionIn(program_.text, program_.exprs[expr].offset) +
                                         ": " + message);
  }

  // Texts that printf made, all together.
  static constexpr size_t kMaxTexts = 16 * kMaxTemplateOutput;

  const TemplateProgram& program_;
  const TemplateFields& fields_;
  absl::Status status_;
  std::string out_;
  size_t next_ = 0;
  size_t steps_ = 0;
  std::vector<TemplateValue> variables_;
  std::vector<Loop> loops_;
  std::deque<std::string> texts_;  // a deque: views of its texts stay valid
  size_t text_bytes_ = 0;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const CompiledTemplate>> CompiledTemplate::Parse(
    std::string_view text) {
  if (text.size() > kMaxTemplateBytes) {
    return absl::InvalidArgumentError("1:1: the template has " + std::to_string(text.size()) +
                                      " bytes, more than " + std::to_string(kMaxTemplateBytes));
  }
  TemplateProgram program;
  program.text = text;
  TemplateBuilder builder(&program);
  if (!ParseTemplateText(program.text, &builder)) {
    return absl::InvalidArgumentError(builder.error());
  }
  return std::shared_ptr<const CompiledTemplate>(new CompiledTemplate(std::move(program)));
}

absl::StatusOr<std::string> CompiledTemplate::Run(const TemplateFields& fields) const {
  return TemplateRun(program_, fields).Execute();
}

}  // namespace tacho::parser
