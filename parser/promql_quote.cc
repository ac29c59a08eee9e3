#include "parser/promql_quote.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace tacho::parser {
namespace {

struct CodeRange {
  uint32_t first;
  uint32_t last;
};

// What Go does not print as it is: controls, spaces other than U+0020, format
// characters, surrogates and private use. Sorted.
constexpr CodeRange kUnprintable[] = {
    {0x00, 0x1F},       {0x7F, 0xA0},       {0xAD, 0xAD},       {0x600, 0x605},
    {0x61C, 0x61C},     {0x6DD, 0x6DD},     {0x70F, 0x70F},     {0x8E2, 0x8E2},
    {0x1680, 0x1680},   {0x180E, 0x180E},   {0x2000, 0x200F},   {0x2028, 0x202F},
    {0x205F, 0x206F},   {0x3000, 0x3000},   {0xD800, 0xF8FF},   {0xFEFF, 0xFEFF},
    {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},   {0x110BD, 0x110BD}, {0x110CD, 0x110CD},
    {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE00FF}, {0xE01F0, 0xFFFFFFFF},
};

bool IsPrintable(uint32_t code) {
  const CodeRange* range =
      std::lower_bound(std::begin(kUnprintable), std::end(kUnprintable), code,
                       [](const CodeRange& r, uint32_t c) { return r.last < c; });
  return code < range->first;
}

// How many bytes at the front are ASCII that needs no escape.
size_t PlainSize(std::string_view text) {
  const auto plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
  return static_cast<size_t>(std::ranges::find_if_not(text, plain) - text.begin());
}

constexpr char kHexDigits[] = "0123456789abcdef";

void AppendHex(uint32_t code, int digits, std::string* out) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    *out += kHexDigits[(code >> shift) & 0xF];
  }
}

// The letter of a two-character escape, or 0.
char ShortEscape(uint32_t code) {
  constexpr std::string_view kCodes = "\a\b\f\n\r\t\v";
  const size_t at = code < 0x20 ? kCodes.find(static_cast<char>(code)) : std::string_view::npos;
  return at == std::string_view::npos ? '\0' : "abfnrtv"[at];
}

void AppendEscaped(uint32_t code, char quote, std::string* out) {
  if (code == static_cast<uint8_t>(quote) || code == '\\') {
    *out += '\\';
    *out += static_cast<char>(code);
  } else if (IsPrintable(code)) {
    AppendRune(code, out);
  } else if (const char letter = ShortEscape(code)) {
    *out += '\\';
    *out += letter;
  } else if (code < 0x80) {
    *out += "\\x";
    AppendHex(code, 2, out);
  } else if (code < 0x10000) {
    *out += "\\u";
    AppendHex(code, 4, out);
  } else {
    *out += "\\U";
    AppendHex(code, 8, out);
  }
}

}  // namespace

void AppendRune(uint32_t code, std::string* out) {
  if ((code >= 0xD800 && code < 0xE000) || code > 0x10FFFF) code = kBadRune;
  if (code < 0x80) {
    *out += static_cast<char>(code);
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr uint32_t kLead[] = {0, 0xC0, 0xE0, 0xF0};
  *out += static_cast<char>(kLead[more] | code >> (6 * more));
  for (int i = more - 1; i >= 0; --i) {
    *out += static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3F));
  }
}

void AppendQuoted(std::string_view text, std::string* out) {
  *out += '"';
  while (!text.empty()) {
    const size_t plain = PlainSize(text);
    out->append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const Rune rune = DecodeRune(text);
    if (rune.malformed()) {
      *out += "\\x";
      AppendHex(static_cast<uint8_t>(text[0]), 2, out);
    } else if (rune.code == kBadRune) {
      *out += "\\ufffd";  // the lexer takes a bare U+FFFD for damaged text
    } else {
      AppendEscaped(rune.code, '"', out);
    }
    text.remove_prefix(rune.width);
  }
  *out += '"';
}

std::string QuoteText(std::string_view text) {
  std::string out;
  AppendQuoted(text, &out);
  return out;
}

std::string QuoteRune(uint32_t code) {
  std::string out = "'";
  AppendEscaped(code, '\'', &out);
  return out + "'";
}

std::string NameRune(uint32_t code) {
  std::string out = "U+";
  constexpr std::string_view kUpper = "0123456789ABCDEF";
  const int digits = code < 0x10000 ? 4 : code < 0x100000 ? 5 : 6;
  for (int i = digits - 1; i >= 0; --i) out += kUpper[(code >> (4 * i)) & 0xF];
  if (IsPrintable(code)) {
    out += " '";
    AppendRune(code, &out);
    out += "'";
  }
  return out;
}

}  // namespace tacho::parser
