// UTF-8: whether bytes are well-formed, and which code point comes first. Not part of the
// API: it stands here because the parser and the store both see this folder, and neither
// sees the other.
//
// Threads     Pure functions.
// Cost        IsValidUtf8 reads ASCII eight bytes at a time.
#ifndef TACHO_INTERNAL_UTF8_H_
#define TACHO_INTERNAL_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tacho::internal {

// A code point and the bytes it takes. Bytes that are no UTF-8 give kBadRune, width 1;
// U+FFFD itself gives kBadRune, width 3.
inline constexpr uint32_t kBadRune = 0xFFFD;
struct Rune {
  uint32_t code = kBadRune;
  uint32_t width = 1;
  [[nodiscard]] bool malformed() const { return code == kBadRune && width == 1; }
};

// The first rune of text, which is not empty. Well-formed: no overlong forms, no
// surrogates, at most U+10FFFF.
inline Rune DecodeRune(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xC2 || lead > 0xF4) return {};
  const uint32_t width = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < width) return {};
  uint32_t code = lead & (0xFFU >> (width + 1));
  for (uint32_t i = 1; i < width; ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if ((byte & 0xC0) != 0x80) return {};
    code = code << 6 | (byte & 0x3FU);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  if (code < kSmallest[width] || code > 0x10FFFF || surrogate) return {};
  return {code, width};
}

// Whole words, the last one overlapping the one before it.
inline bool IsAscii(std::string_view text) {
  uint64_t bits = 0;
  uint64_t word;
  if (text.size() < sizeof(word)) {
    for (const char c : text) bits |= static_cast<uint8_t>(c);
    return bits < 0x80;
  }
  const size_t last = text.size() - sizeof(word);
  for (size_t i = 0; i < last; i += sizeof(word)) {
    std::memcpy(&word, text.data() + i, sizeof(word));
    bits |= word;
  }
  std::memcpy(&word, text.data() + last, sizeof(word));
  return ((bits | word) & 0x8080808080808080) == 0;
}

[[nodiscard]] inline bool IsValidUtf8(std::string_view text) {
  if (IsAscii(text)) return true;
  while (!text.empty()) {
    const Rune rune = DecodeRune(text);
    if (rune.malformed()) return false;
    text.remove_prefix(rune.width);
  }
  return true;
}

}  // namespace tacho::internal

#endif  // TACHO_INTERNAL_UTF8_H_
