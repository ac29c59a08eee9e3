// Character classes of the exposition formats: what a token may hold is one bit of one
// table, so that every scan of the lexer is the same loop.
//
// Ownership   Constants.
#ifndef TACHO_PARSER_EXPOSITION_CHARS_H_
#define TACHO_PARSER_EXPOSITION_CHARS_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace tacho::parser {

inline constexpr uint16_t kLabelStart = 1 << 0;   // [a-zA-Z_]
inline constexpr uint16_t kLabelChar = 1 << 1;    // and digits
inline constexpr uint16_t kMetricStart = 1 << 2;  // [a-zA-Z_:]
inline constexpr uint16_t kMetricChar = 1 << 3;   // and digits
inline constexpr uint16_t kDigit = 1 << 4;
inline constexpr uint16_t kBlank = 1 << 5;      // space, tab
inline constexpr uint16_t kTextValue = 1 << 6;  // a value in the text format
inline constexpr uint16_t kWord = 1 << 7;       // value and timestamp in OpenMetrics
// What may stand in quotes as it is, by the kind of string: a label value may hold
// NULs, and newlines only in the text format; a name may hold newlines but no NULs;
// strings of an exemplar neither.
inline constexpr uint16_t kPlainValue = 1 << 8;
inline constexpr uint16_t kPlainValueOneLine = 1 << 9;
inline constexpr uint16_t kPlainName = 1 << 10;
inline constexpr uint16_t kPlainExemplar = 1 << 11;

constexpr uint16_t ClassOf(int c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  const bool digit = c >= '0' && c <= '9';
  const bool plain = c != '"' && c != '\\';
  const bool blank = c == ' ' || c == '\t';
  unsigned bits = 0;
  if (letter) bits |= kLabelStart;
  if (letter || digit) bits |= kLabelChar;
  if (letter || c == ':') bits |= kMetricStart;
  if (letter || digit || c == ':') bits |= kMetricChar;
  if (digit) bits |= kDigit;
  if (blank) bits |= kBlank;
  if (!blank && c != '{' && c != '\n' && c != 0) bits |= kTextValue;
  if (c != ' ' && c != '\n' && c != 0) bits |= kWord;
  if (plain) bits |= kPlainValue;
  if (plain && c != '\n') bits |= kPlainValueOneLine;
  if (plain && c != 0) bits |= kPlainName;
  if (plain && c != 0 && c != '\n') bits |= kPlainExemplar;
  return static_cast<uint16_t>(bits);
}

inline constexpr std::array<uint16_t, 256> kCharClasses = [] {
  std::array<uint16_t, 256> table{};
  for (int c = 0; c < 256; ++c) table[static_cast<size_t>(c)] = ClassOf(c);
  return table;
}();

inline bool IsIn(unsigned char c, uint16_t char_class) {
  return (kCharClasses[c] & char_class) != 0;
}

}  // namespace tacho::parser

#endif  // TACHO_PARSER_EXPOSITION_CHARS_H_
