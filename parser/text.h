// Text: the small jobs on bytes that reading and refusing an exposition needs.
//
// Ownership   Nothing is kept.
// Limits      Quote cuts at kMaxQuotedBytes: an error must not carry a 16 MB line.
#ifndef TACHO_PARSER_TEXT_H_
#define TACHO_PARSER_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/string_view.h"
#include "tacho/internal/utf8.h"

namespace tacho::parser {

// The packaged Abseil's string_view is a type of its own.
inline absl::string_view ToAbsl(std::string_view s) { return {s.data(), s.size()}; }

inline constexpr size_t kMaxQuotedBytes = 1024;

using internal::IsValidUtf8;

// In double quotes, escaped as AppendQuoted does, so that messages read as Prometheus'.
// Longer text is cut, and says so.
[[nodiscard]] std::string Quote(std::string_view text);

// "line:column" of a byte offset, both from 1, columns in bytes.
[[nodiscard]] std::string LineColumn(std::string_view text, size_t offset);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_TEXT_H_
