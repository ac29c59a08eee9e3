// Lexer: PromQL text to tokens, with the words and the errors of Prometheus' lexer.
//
// What a character means depends on where it stands: between expressions, inside
// {...}, or inside [...]. The lexer keeps track of that, and of the nesting depth, so
// that the grammar behind it never sees text nested deeper than the limit.
//
// Source      Prometheus 3.x, promql/parser/lex.go, for what is a token and for the
//             texts of errors. One difference: 0xbeef is a number here.
// Order       Tokens come in the order of the text. The last one is kEnd or kError.
// Cost        One pass. Allocates the token vector and, on an error, its text.
// Limits      max_depth: ( [ { open at once.
#ifndef TACHO_PARSER_PROMQL_LEXER_H_
#define TACHO_PARSER_PROMQL_LEXER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/promql_quote.h"
#include "parser/promql_token.h"

namespace tacho::parser {

class Lexer {
 public:
  Lexer(std::string_view text, uint32_t max_depth) : text_(text), max_depth_(max_depth) {}

  void Run();

  const std::vector<Token>& tokens() const { return tokens_; }
  // What the kError token stands for.
  const std::string& error() const { return error_; }
  uint32_t error_offset() const { return error_offset_; }
  bool too_deep() const { return too_deep_; }

 private:
  // One token, from a character that is neither space nor the start of a comment.
  void Statement(char c);
  void InsideBraces(char c);
  void DurationStart(char c);
  void EndOfText();

  void Punctuation(char c);
  void Comparison(char c);
  void OpenParen();
  void CloseParen();
  void OpenBracket();
  void CloseBracket();
  void Colon();
  void Word();
  void BracketWord();
  void BraceMatchOperator(char c);

  void NumberOrDuration();
  bool ScanNumber();
  bool ScanHexNumber();
  bool ScanDigitsOf(char c, bool* dot, bool* exponent);
  bool ScanDurationUnits();
  void String(char quote);
  bool Escape(char quote);
  bool EscapeDigits(int digits, uint32_t base, uint32_t max);
  void RawString();

  // Where the next token begins, behind spaces and comments.
  [[nodiscard]] uint32_t BehindSpace() const;
  [[nodiscard]] bool FollowedByParen() const;
  [[nodiscard]] bool AtEnd() const { return at_ >= text_.size(); }
  [[nodiscard]] char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] uint32_t RuneHere() const {
    return AtEnd() ? kBadRune : DecodeRune(text_.substr(at_)).code;
  }
  bool Accept(std::string_view any_of);
  void Nest();
  void Emit(TokenKind kind, Op op = Op::kNone);
  void Fail(std::string message) { FailAt(begin_, std::move(message)); }
  void FailAt(uint32_t offset, std::string message);

  std::string_view text_;
  uint32_t max_depth_;
  std::vector<Token> tokens_;
  std::string error_;
  uint32_t error_offset_ = 0;

  uint32_t at_ = 0;     // the next byte to read
  uint32_t begin_ = 0;  // where the token being read begins
  uint32_t depth_ = 0;  // ( [ { open
  uint32_t parens_ = 0;
  bool done_ = false;
  bool too_deep_ = false;
  bool in_braces_ = false;
  bool in_brackets_ = false;
  bool wants_duration_ = false;  // in brackets, before a number
  bool got_duration_ = false;    // in any brackets so far, as Prometheus has it
  bool got_colon_ = false;
};

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_LEXER_H_
