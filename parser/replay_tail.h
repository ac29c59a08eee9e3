// ReadLineTail: what follows the text of a line that replay has recognised, where it
// is not just a short decimal.
//
// Ownership   Nothing is kept.
#ifndef TACHO_PARSER_REPLAY_TAIL_H_
#define TACHO_PARSER_REPLAY_TAIL_H_

#include <cstdint>
#include <string_view>

#include "parser/number_inline.h"
#include "tacho/exposition.h"

namespace tacho::parser {

struct LineTail {
  double value = 0;
  bool has_timestamp = false;
  int64_t timestamp_ms = 0;
};

// Bytes that must be readable at a value for the two short readers: a short decimal, a
// space, and a timestamp of at most 15 digits with what its last load reads beyond.
inline constexpr size_t kLineTailSlack = 2 * kShortDecimalSlack;

// The commonest timestamp, milliseconds in the text format, at the space that precedes
// it. Returns the start of the next line; null if it is not just that.
inline const char* ReadShortTimestamp(const char* p, Exposition format, LineTail* tail) {
  if (format != Exposition::kText || *p != ' ') return nullptr;
  uint64_t digits_value = 0;
  const unsigned digits = ReadDigits(++p, &digits_value);
  if (digits == 0 || digits > 15 || p[digits] != '\n') return nullptr;
  tail->has_timestamp = true;
  tail->timestamp_ms = static_cast<int64_t>(digits_value);
  return p + digits + 1;
}

// `rest` begins at the value. Returns the start of the next line; null for what only
// the full parser can judge: an error, an exemplar, a body that ends here.
[[nodiscard]] const char* ReadLineTail(std::string_view rest, Exposition format, LineTail* tail);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_REPLAY_TAIL_H_
