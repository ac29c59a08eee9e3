#include "parser/template_builder.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "parser/ast.h"  // PositionIn
#include "parser/promql_literal.h"
#include "parser/promql_quote.h"

namespace tacho::parser {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

struct FunctionInfo {
  std::string_view name;
  TemplateFunction function;
  size_t least;
  size_t most;
};
constexpr size_t kNoMost = SIZE_MAX;
constexpr FunctionInfo kFunctions[] = {
    {"index", TemplateFunction::kIndex, 2, 2}, {"len", TemplateFunction::kLen, 1, 1},
    {"eq", TemplateFunction::kEq, 2, kNoMost}, {"ne", TemplateFunction::kNe, 2, 2},
    {"not", TemplateFunction::kNot, 1, 1},     {"and", TemplateFunction::kAnd, 1, kNoMost},
    {"or", TemplateFunction::kOr, 1, kNoMost}, {"printf", TemplateFunction::kPrintf, 1, kNoMost},
};

// In the order of enum TemplateField.
constexpr std::string_view kFields[] = {"Series", "LabelMatchers", "LabelValuesByName", "GroupBy",
                                        "GroupBySlice"};

// How many arguments a format takes; -1: a verb that is not supported.
int CountVerbs(std::string_view format) {
  int verbs = 0;
  for (size_t i = format.find('%'); i != std::string_view::npos; i = format.find('%', i + 2)) {
    const char verb = i + 1 < format.size() ? format[i + 1] : '\0';
    if (verb == '%') continue;
    constexpr std::string_view kVerbs = "sqvd";
    if (kVerbs.find(verb) == std::string_view::npos) return -1;
    ++verbs;
  }
  return verbs;
}

}  // namespace

TemplateBuilder::TemplateBuilder(TemplateProgram* program)
    : program_(program), at_(program->text.data()), action_(at_) {}

void TemplateBuilder::FailAt(const char* place, std::string_view message) {
  if (failed_) return;
  failed_ = true;
  const auto offset = static_cast<uint32_t>(place - program_->text.data());
  error_ = PositionIn(program_->text, offset) + ": " + std::string(message);
}

void TemplateBuilder::Expected(std::string_view what) {
  const char* const end = program_->text.data() + program_->text.size();
  if (at_ == end) return Fail("the template ends within << >>: expected " + std::string(what));
  const std::string_view rest(at_, static_cast<size_t>(end - at_));
  Fail("unexpected " + QuoteRune(DecodeRune(rest).code) + ": expected " + std::string(what));
}

const char* TemplateBuilder::PlaceOf(uint32_t expr) const {
  return program_->text.data() + program_->exprs[expr].offset;
}

uint32_t TemplateBuilder::AddExpr(TemplateExpr expr) {
  if (program_->exprs.size() + program_->steps.size() >= kMaxTemplateNodes) {
    Fail("the template is too large: more than " + std::to_string(kMaxTemplateNodes) + " nodes");
    return 0;
  }
  expr.offset = static_cast<uint32_t>(at_ - program_->text.data());
  program_->exprs.push_back(std::move(expr));
  return static_cast<uint32_t>(program_->exprs.size() - 1);
}

uint32_t TemplateBuilder::AddStep(TemplateStep step) {
  if (program_->exprs.size() + program_->steps.size() >= kMaxTemplateNodes) {
    Fail("the template is too large: more than " + std::to_string(kMaxTemplateNodes) + " nodes");
    return 0;
  }
  program_->steps.push_back(std::move(step));
  return Here() - 1;
}

void TemplateBuilder::Text(std::string_view text) {
  if (trim_next_) text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  trim_next_ = false;
  if (text.empty()) return;
  text_before_ = AddStep({.kind = TemplateStep::Kind::kText, .text = std::string(text)});
}

void TemplateBuilder::TrimBefore() {
  if (text_before_ == kNoStep) return;
  std::string& text = program_->steps[text_before_].text;
  text.erase(text.find_last_not_of(kSpace) + 1);
}

void TemplateBuilder::BeginAction() {
  text_before_ = kNoStep;
  action_ = at_;
}

void TemplateBuilder::Print() { AddStep({.kind = TemplateStep::Kind::kPrint, .expr = PopValue()}); }

bool TemplateBuilder::OpenBlock(bool range, uint32_t opening) {
  if (blocks_.size() == kMaxTemplateNesting) {
    Fail("more than " + std::to_string(kMaxTemplateNesting) + " blocks within each other");
    return false;
  }
  blocks_.push_back(
      {.range = range, .place = action_, .opening = opening, .variables = variables_.size()});
  return true;
}

void TemplateBuilder::BeginIf() {
  const uint32_t expr = PopValue();
  OpenBlock(false, AddStep({.kind = TemplateStep::Kind::kJumpIfFalse, .expr = expr}));
}

void TemplateBuilder::RangeVariable(std::string_view name) { declared_.emplace_back(name); }

void TemplateBuilder::BeginRange() {
  const auto count = static_cast<uint32_t>(declared_.size());
  const auto slot = static_cast<uint32_t>(variables_.size());
  const uint32_t opening = AddStep(
      {.kind = TemplateStep::Kind::kRange, .expr = PopValue(), .variables = count, .slot = slot});
  if (!OpenBlock(true, opening)) return;
  std::move(declared_.begin(), declared_.end(), std::back_inserter(variables_));
  declared_.clear();
  program_->slots = std::max(program_->slots, slot + count);
}

// Ends the branch that is being read: a range goes on with its next element, an if
// jumps behind its block.
void TemplateBuilder::CloseBranch(Block* block) {
  variables_.resize(block->variables);
  if (block->range && !block->in_else) {
    AddStep({.kind = TemplateStep::Kind::kNext, .target = block->opening + 1});
  }
}

void TemplateBuilder::Else() {
  if (blocks_.empty() || blocks_.back().in_else) {
    return FailAt(action_, "<<else>> without <<if>> or <<range>>");
  }
  Block& block = blocks_.back();
  CloseBranch(&block);
  block.to_end.push_back(AddStep({.kind = TemplateStep::Kind::kJump}));
  if (failed_) return;
  program_->steps[block.opening].target = Here();
  block.opening = kNoStep;
  block.in_else = true;
}

void TemplateBuilder::ElseIf() {
  if (!blocks_.empty() && blocks_.back().range) {
    return FailAt(action_, "<<else if>> belongs to <<if>>");
  }
  const uint32_t expr = PopValue();
  Else();
  if (failed_) return;
  Block& block = blocks_.back();
  block.in_else = false;
  block.opening = AddStep({.kind = TemplateStep::Kind::kJumpIfFalse, .expr = expr});
}

void TemplateBuilder::End() {
  if (blocks_.empty()) return FailAt(action_, "<<end>> without <<if>> or <<range>>");
  Block& block = blocks_.back();
  CloseBranch(&block);
  if (failed_) return;
  if (block.opening != kNoStep) program_->steps[block.opening].target = Here();
  for (const uint32_t jump : block.to_end) program_->steps[jump].target = Here();
  blocks_.pop_back();
}

void TemplateBuilder::Unsupported(std::string_view keyword) {
  Fail("<<" + std::string(keyword) + ">> is not supported");
}

void TemplateBuilder::Finish() {
  if (!blocks_.empty()) FailAt(blocks_.back().place, "this block has no <<end>>");
}

void TemplateBuilder::BeginPipeline() { commands_.push_back({.first_operand = operands_.size()}); }

void TemplateBuilder::EndPipeline() { commands_.pop_back(); }

// The value of the command before it, if any, is the one operand there.
void TemplateBuilder::BeginCommand() {
  Command& command = commands_.back();
  command.piped = operands_.size() > command.first_operand;
}

void TemplateBuilder::EndCommand() {
  const Command command = commands_.back();
  auto first = operands_.begin() + static_cast<ptrdiff_t>(command.first_operand);
  // Go passes the piped value as the last argument.
  if (command.piped) std::rotate(first, first + 1, operands_.end());
  const auto count = static_cast<size_t>(operands_.end() - first);
  if (!first->is_function) {
    if (count > 1) Fail("only a function takes arguments");
    return;
  }
  for (auto operand = first + 1; operand != operands_.end(); ++operand) {
    if (operand->is_function) {
      return FailAt(PlaceOf(operand->expr), "a function among arguments needs parentheses");
    }
    AddArgument(&program_->exprs[first->expr], operand->expr);
  }
  first->is_function = false;
  operands_.erase(first + 1, operands_.end());
  CheckCall(program_->exprs[operands_.back().expr]);
}

// A pipeline nests as parentheses do: a | not | not is not (not a).
void TemplateBuilder::AddArgument(TemplateExpr* call, uint32_t arg) {
  call->args.push_back(arg);
  call->depth = std::max(call->depth, program_->exprs[arg].depth + 1);
  if (call->depth > kMaxTemplateNesting) {
    Fail("more than " + std::to_string(kMaxTemplateNesting) + " calls within each other");
  }
}

void TemplateBuilder::CheckCall(const TemplateExpr& call) {
  const FunctionInfo& info = kFunctions[call.number];
  const char* const place = program_->text.data() + call.offset;
  if (call.args.size() < info.least || call.args.size() > info.most) {
    return FailAt(place, "wrong number of arguments for " + std::string(info.name) + ": " +
                             std::to_string(call.args.size()));
  }
  if (info.function == TemplateFunction::kPrintf) CheckPrintf(call);
}

void TemplateBuilder::CheckPrintf(const TemplateExpr& call) {
  const char* const place = program_->text.data() + call.offset;
  const TemplateExpr& format = program_->exprs[call.args[0]];
  if (format.kind != TemplateExpr::Kind::kText) {
    return FailAt(place, "the format of printf must be a quoted text");
  }
  const int verbs = CountVerbs(format.text);
  if (verbs < 0) return FailAt(place, "printf takes only %s, %q, %v, %d and %%");
  if (static_cast<size_t>(verbs) + 1 != call.args.size()) {
    FailAt(place, "printf has " + std::to_string(verbs) + " verbs for " +
                      std::to_string(call.args.size() - 1) + " values");
  }
}

void TemplateBuilder::OpenParen() {
  if (++parens_ > kMaxTemplateNesting) {
    Fail("more than " + std::to_string(kMaxTemplateNesting) + " parentheses within each other");
  }
}

void TemplateBuilder::Push(TemplateExpr expr) {
  operands_.push_back({.expr = AddExpr(std::move(expr))});
}

uint32_t TemplateBuilder::PopValue() {
  const uint32_t expr = operands_.back().expr;
  operands_.pop_back();
  return expr;
}

bool TemplateBuilder::DotIsRoot() const {
  return std::none_of(blocks_.begin(), blocks_.end(),
                      [](const Block& block) { return block.range && !block.in_else; });
}

void TemplateBuilder::Field(std::string_view text) {
  if (!DotIsRoot()) {
    return Fail("within range the dot is a text, which has no fields: write $" + std::string(text));
  }
  RootChain(text.substr(1));
}

void TemplateBuilder::RootChain(std::string_view chain) {
  const size_t dot = chain.find('.');
  const std::string_view name = chain.substr(0, dot);
  const auto* field = std::find(std::begin(kFields), std::end(kFields), name);
  if (field == std::end(kFields)) {
    return Fail("no field ." + std::string(name) +
                ": there are .Series .LabelMatchers .LabelValuesByName .GroupBy .GroupBySlice");
  }
  const auto index = static_cast<TemplateField>(field - std::begin(kFields));
  if (dot == std::string_view::npos) {
    return Push({.kind = TemplateExpr::Kind::kField, .number = static_cast<int64_t>(index)});
  }
  const std::string_view key = chain.substr(dot + 1);
  if (index != TemplateField::kLabelValuesByName || key.find('.') != std::string_view::npos) {
    return Fail("a text or a list has no fields");
  }
  Push({.kind = TemplateExpr::Kind::kMapField, .text = std::string(key)});
}

void TemplateBuilder::Dot(std::string_view) {
  if (DotIsRoot()) return Fail("the dot is all fields at once: name one of them");
  Push({.kind = TemplateExpr::Kind::kDot});
}

void TemplateBuilder::Variable(std::string_view text) {
  if (text == "$") return Fail("$ is all fields at once: name one of them");
  if (text[1] == '.') return RootChain(text.substr(2));
  const auto found = std::find(variables_.rbegin(), variables_.rend(), text);
  if (text.find('.') != std::string_view::npos) return Fail("a range's variable has no fields");
  if (found == variables_.rend()) return Fail("no variable " + std::string(text) + " here");
  Push({.kind = TemplateExpr::Kind::kVariable, .number = variables_.rend() - found - 1});
}

void TemplateBuilder::String(std::string_view text) {
  Push({.kind = TemplateExpr::Kind::kText, .text = UnquoteLiteral(text)});
}

void TemplateBuilder::Number(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return Fail("the number is out of range");
  Push({.kind = TemplateExpr::Kind::kNumber, .number = number});
}

void TemplateBuilder::Word(std::string_view text) {
  if (text == "true" || text == "false") {
    return Push({.kind = TemplateExpr::Kind::kBool, .number = text == "true"});
  }
  if (text == "nil") return Push({});
  const auto is_it = [text](const FunctionInfo& info) { return info.name == text; };
  const auto* info = std::find_if(std::begin(kFunctions), std::end(kFunctions), is_it);
  if (info == std::end(kFunctions)) {
    return Fail("function " + QuoteText(text) + " is not supported");
  }
  Push({.kind = TemplateExpr::Kind::kCall, .number = info - std::begin(kFunctions)});
  if (!failed_) operands_.back().is_function = true;
}

}  // namespace tacho::parser
