// Small helpers for text that the packages lack. The packaged Abseil has a
// string_view of its own: Abs() is the door to it.
//
// Threads     Pure functions.
#ifndef TACHO_ADAPTER_CORE_TEXT_H_
#define TACHO_ADAPTER_CORE_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace tacho::adapter {

inline absl::string_view Abs(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view Std(absl::string_view text) { return {text.data(), text.size()}; }

// Of ASCII letters only.
[[nodiscard]] std::string Lowercase(std::string_view text);

// In double quotes, controls escaped, cut after 100 bytes: for messages.
[[nodiscard]] std::string Quoted(std::string_view text);

// A decimal integer with an optional sign, as Go's ParseInt reads it.
[[nodiscard]] std::optional<int64_t> ParseInt64(std::string_view text);

[[nodiscard]] constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool IsAlpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr bool IsAlnum(char c) { return IsDigit(c) || IsAlpha(c); }

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_TEXT_H_
