// Quoting as Go prints it: what Prometheus shows in its errors and writes when it
// prints an expression, and what a query template writes as a matcher's value.
//
// Source      Go's strconv.Quote and the verbs %q and %#U of fmt.
// Limits      A code point that Unicode has not assigned is kept as it is, where Go
//             would escape it; both read back as the same text.
#ifndef TACHO_PARSER_PROMQL_QUOTE_H_
#define TACHO_PARSER_PROMQL_QUOTE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "tacho/internal/utf8.h"

namespace tacho::parser {

using internal::DecodeRune;
using internal::kBadRune;
using internal::Rune;
// What is no code point is written as U+FFFD.
void AppendRune(uint32_t code, std::string* out);

// "text" in double quotes, with escapes. Always reads back as the same bytes.
std::string QuoteText(std::string_view text);
void AppendQuoted(std::string_view text, std::string* out);

// 'x', as %q prints a rune.
std::string QuoteRune(uint32_t code);
// U+0063 'c', as %#U does.
std::string NameRune(uint32_t code);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_QUOTE_H_
