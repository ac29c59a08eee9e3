#include "adapter/core/k8s_selector_lexer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tacho::adapter::internal {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kNoWord = " \t\r\n=!(),><";

// Longer ones first.
constexpr std::array<std::pair<std::string_view, SelectorToken>, 9> kSymbols = {
    {{"==", SelectorToken::kDoubleEquals},
     {"!=", SelectorToken::kNotEquals},
     {"=", SelectorToken::kEquals},
     {"!", SelectorToken::kNot},
     {"(", SelectorToken::kOpen},
     {")", SelectorToken::kClose},
     {",", SelectorToken::kComma},
     {">", SelectorToken::kGreater},
     {"<", SelectorToken::kLess}}};

}  // namespace

SelectorLexeme SelectorLexer::word() const {
  SelectorLexeme out = next_;
  if (out.token == SelectorToken::kIn || out.token == SelectorToken::kNotIn) {
    out.token = SelectorToken::kWord;
  }
  return out;
}

void SelectorLexer::Take(SelectorToken token, size_t length) {
  next_ = {token, rest_.substr(0, length)};
  rest_.remove_prefix(length);
}

void SelectorLexer::Advance() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpace), rest_.size()));
  if (rest_.empty()) {
    next_ = {};
    return;
  }
  for (const auto& [symbol, token] : kSymbols) {
    if (rest_.starts_with(symbol)) return Take(token, symbol.size());
  }
  const size_t length = std::min(rest_.find_first_of(kNoWord), rest_.size());
  const std::string_view word = rest_.substr(0, length);
  Take(word == "in"      ? SelectorToken::kIn
       : word == "notin" ? SelectorToken::kNotIn
                         : SelectorToken::kWord,
       length);
}

}  // namespace tacho::adapter::internal
