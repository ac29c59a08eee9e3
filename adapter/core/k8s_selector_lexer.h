// The tokens of a Kubernetes label selector. Everything that is neither white space
// nor one of = ! ( ) , > < is part of a word.
//
// Ownership   Lexemes point into the text.
// Threads     One user at a time.
#ifndef TACHO_ADAPTER_CORE_K8S_SELECTOR_LEXER_H_
#define TACHO_ADAPTER_CORE_K8S_SELECTOR_LEXER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tacho::adapter::internal {

enum class SelectorToken : uint8_t {
  kEnd,
  kWord,
  kIn,
  kNotIn,
  kOpen,
  kClose,
  kComma,
  kNot,
  kEquals,
  kDoubleEquals,
  kNotEquals,
  kGreater,
  kLess,
};

struct SelectorLexeme {
  SelectorToken token = SelectorToken::kEnd;
  std::string_view text;  // empty at the end
};

class SelectorLexer {
 public:
  explicit SelectorLexer(std::string_view text) : rest_(text) { Advance(); }

  // The next token; `in` and `notin` as themselves.
  [[nodiscard]] const SelectorLexeme& raw() const { return next_; }
  // The same where a name or value may stand: `in` and `notin` are words.
  [[nodiscard]] SelectorLexeme word() const;

  void Advance();

 private:
  void Take(SelectorToken token, size_t length);

  std::string_view rest_;
  SelectorLexeme next_;
};

}  // namespace tacho::adapter::internal

#endif  // TACHO_ADAPTER_CORE_K8S_SELECTOR_LEXER_H_
