// TemplateBuilder: makes the program while the grammar reads a template.
//
// As in promql_builder.h: the grammar calls one method per construct, the first error
// makes failed() true and ends the parse.
//
// I1  operands_ from commands_.back() on are those of the innermost command.
// I2  blocks_ are the range and if whose <<end>> has not come yet.
//
// Threads     One parse, one thread.
#ifndef TACHO_PARSER_TEMPLATE_BUILDER_H_
#define TACHO_PARSER_TEMPLATE_BUILDER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/template.h"

namespace tacho::parser {

class TemplateBuilder {
 public:
  explicit TemplateBuilder(TemplateProgram* program);

  [[nodiscard]] bool failed() const { return failed_; }
  // "line:column: what is wrong"
  [[nodiscard]] const std::string& error() const { return error_; }
  // Where the construct that is reported next begins.
  void At(const char* place) { at_ = place; }
  void Expected(std::string_view what);

  // Between actions.
  void Text(std::string_view text);
  void TrimBefore();
  void TrimAfter() { trim_next_ = true; }
  void BeginAction();

  // Actions.
  void Print();
  void BeginIf();
  void RangeVariable(std::string_view name);
  void BeginRange();
  void Else();
  void ElseIf();
  void End();
  void Unsupported(std::string_view keyword);
  void Finish();

  // Pipelines and commands.
  void BeginPipeline();
  void EndPipeline();
  void BeginCommand();
  void EndCommand();
  void OpenParen();
  void CloseParen() { --parens_; }

  // Operands; the text is the operand's own.
  void Field(std::string_view text);     // .A.b
  void Dot(std::string_view text);       // .
  void Variable(std::string_view text);  // $, $.A.b, $x
  void String(std::string_view text);
  void Number(std::string_view text);
  void Word(std::string_view text);  // a function, true, false, nil

 private:
  struct Operand {
    uint32_t expr = 0;
    bool is_function = false;
  };
  struct Command {
    size_t first_operand = 0;
    bool piped = false;  // takes the value of the command before it
  };
  struct Block {
    bool range = false;
    bool in_else = false;
    const char* place = nullptr;
    uint32_t opening = kNoStep;         // the step that jumps to the next branch
    size_t variables = 0;               // names in scope before the block
    std::vector<uint32_t> to_end = {};  // jumps behind the block
  };
  static constexpr uint32_t kNoStep = UINT32_MAX;

  void Fail(std::string_view message) { FailAt(at_, message); }
  void FailAt(const char* place, std::string_view message);
  [[nodiscard]] const char* PlaceOf(uint32_t expr) const;
  uint32_t AddExpr(TemplateExpr expr);
  uint32_t AddStep(TemplateStep step);
  void Push(TemplateExpr expr);
  uint32_t PopValue();
  [[nodiscard]] uint32_t Here() const { return static_cast<uint32_t>(program_->steps.size()); }
  [[nodiscard]] bool DotIsRoot() const;
  // The field chain behind a root dot: Series, or LabelValuesByName.x.
  void RootChain(std::string_view chain);
  void AddArgument(TemplateExpr* call, uint32_t arg);
  void CheckCall(const TemplateExpr& call);
  void CheckPrintf(const TemplateExpr& call);
  bool OpenBlock(bool range, uint32_t opening);
  void CloseBranch(Block* block);

  TemplateProgram* program_;
  const char* at_;
  const char* action_;  // the << of the action being read
  bool failed_ = false;
  std::string error_;
  bool trim_next_ = false;
  uint32_t text_before_ = kNoStep;  // the text right before the action, if there is one
  std::vector<Operand> operands_;
  std::vector<Command> commands_;
  std::vector<Block> blocks_;
  std::vector<std::string> variables_;  // names by slot
  std::vector<std::string> declared_;   // of the range being read
  size_t parens_ = 0;
};

}  // namespace tacho::parser

#endif  // TACHO_PARSER_TEMPLATE_BUILDER_H_
