// ExpositionLexer: the tokens of both exposition formats.
//
// It is the two state machines of Prometheus' lexers written as scans over character
// classes: same tokens, and, because error texts quote it, the same place to stop when
// no token fits. Two habits of those machines matter:
//   - The text format is read as if the body had one more '\n'. Here that newline is
//     virtual: position size() reads as '\n', and the body is never copied.
//   - NUL bytes are stepped over inside label values and metadata, and only there.
//     Elsewhere in the text format a NUL where a line could begin ends the body.
//
// Source      Prometheus 3.x, model/textparse/promlex.l and openmetricslex.l.
// Ownership   Looks at the body; owns nothing.
// Cost        One table lookup per byte; comments and metadata by memchr.
#ifndef TACHO_PARSER_EXPOSITION_LEXER_H_
#define TACHO_PARSER_EXPOSITION_LEXER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parser/exposition_chars.h"
#include "tacho/exposition.h"

namespace tacho::parser {

enum class Token : uint8_t {
  kInvalid,
  kEof,
  kLinebreak,
  kHelp,
  kType,
  kUnit,
  kEofWord,
  kText,
  kComment,
  kMetricName,
  kQuoted,
  kBraceOpen,
  kBraceClose,
  kLabelName,
  kLabelValue,
  kComma,
  kEqual,
  kTimestamp,
  kValue,
};
// As Prometheus' messages name it: "INVALID", "MNAME".
std::string_view TokenName(Token token);

class ExpositionLexer {
 public:
  ExpositionLexer(std::string_view body, Exposition format)
      : body_(body), text_(format == Exposition::kText), limit_(body.size() + (text_ ? 1 : 0)) {}

  Token Next() { return text_ ? NextOfText() : NextOfOpenMetrics(); }

  // The last token is [start(), at()). After kInvalid, at() is the byte that does not
  // fit. After kEof, start() is still the token before.
  size_t start() const { return start_; }
  size_t at() const { return at_; }
  // The last token's bytes, without the virtual newline.
  std::string_view Bytes() const { return Slice(start_, at_); }
  std::string_view Slice(size_t begin, size_t end) const {
    return body_.substr(begin, end - begin);
  }
  std::string_view body() const { return body_; }
  size_t limit() const { return limit_; }  // body size, with the virtual newline
  bool text() const { return text_; }

  // Continues at `offset`, which must be the start of a line.
  void Seek(size_t offset) {
    at_ = start_ = offset;
    state_ = State::kInit;
  }
  // After a series' '{': steps over `size` bytes, which were read as its labels before, up
  // to and with the '}'.
  void SkipLabels(size_t size) {
    at_ += size;
    start_ = at_ - 1;
    state_ = State::kValue;
  }
  // Steps over empty lines.
  void SkipNewlines() {
    while (at_ < body_.size() && body_[at_] == '\n') ++at_;
  }

 private:
  enum class State : uint8_t {
    kInit,
    kComment,
    kMeta1,
    kMeta2,
    kLabels,
    kLabelValue,
    kValue,
    kTimestamp,
    kExemplar,
    kExemplarValue,
    kExemplarTimestamp,
  };

  // The byte at at_; 0 beyond the end.
  unsigned char Current() const {
    if (at_ < body_.size()) return static_cast<unsigned char>(body_[at_]);
    return at_ < limit_ ? '\n' : 0;
  }
  // To the next byte, over NULs where they do not count; returns Current().
  unsigned char Step() {
    ++at_;
    if (SkipsNuls()) {
      while (at_ < body_.size() && body_[at_] == '\0') ++at_;
    }
    return Current();
  }
  bool SkipsNuls() const {
    return state_ == State::kLabelValue || state_ == State::kMeta2 || state_ == State::kComment;
  }
  // The token that one byte makes.
  Token Take(Token token, State next) {
    Step();
    state_ = next;
    return token;
  }
  Token Take(Token token) { return Take(token, state_); }
  // Over all bytes of the class. The virtual newline is not among them.
  void Scan(uint16_t char_class) {
    const char* const data = body_.data();
    const size_t size = body_.size();
    size_t i = at_;
    while (i < size && IsIn(static_cast<unsigned char>(data[i]), char_class)) ++i;
    at_ = i;
  }
  void SkipBlanks() {
    while (IsIn(Current(), kBlank)) Step();
  }
  size_t FindNewline() const;
  bool ScanQuoted(uint16_t plain);
  Token Quoted(uint16_t plain, Token token, State next);
  Token Name(uint16_t char_class, Token token, State next);
  bool TakeWord(std::string_view word);
  Token MetaName();

  Token NextOfText();
  Token TextLineStart();
  Token TextComment();
  Token TextSkipComment();
  Token TextMetadata();
  Token TextLabels();
  Token TextTimestamp();

  Token NextOfOpenMetrics();
  Token OpenMetricsLineStart();
  Token OpenMetricsComment();
  Token OpenMetricsMetadata();
  Token OpenMetricsLabels(State after_name_and_equal, State after_close);
  Token OpenMetricsSpaced(Token token, State next);
  Token OpenMetricsTimestamp();
  Token OpenMetricsExemplar();

  std::string_view body_;
  bool text_;
  State state_ = State::kInit;
  size_t limit_;
  size_t start_ = 0;
  size_t at_ = 0;
};

}  // namespace tacho::parser

#endif  // TACHO_PARSER_EXPOSITION_LEXER_H_
