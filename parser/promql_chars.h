// Character classes of PromQL and of query templates: ASCII only, whatever the locale
// says; a byte of a longer UTF-8 sequence is in none of them.
//
// Cost        A comparison or two, no table.
#ifndef TACHO_PARSER_PROMQL_CHARS_H_
#define TACHO_PARSER_PROMQL_CHARS_H_

#include <algorithm>
#include <string_view>

namespace tacho::parser {

inline bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
// A letter or an underscore: what may begin a name.
inline bool IsAlpha(char c) { return c == '_' || (Lower(c) >= 'a' && Lower(c) <= 'z'); }
inline bool IsAlphaNumeric(char c) { return IsAlpha(c) || IsDigit(c); }
inline bool IsHexDigit(char c) { return IsDigit(c) || (Lower(c) >= 'a' && Lower(c) <= 'f'); }

// A label name that needs no quotes.
inline bool IsPlainLabel(std::string_view name) {
  return !name.empty() && IsAlpha(name[0]) && std::all_of(name.begin(), name.end(), IsAlphaNumeric);
}

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_CHARS_H_
