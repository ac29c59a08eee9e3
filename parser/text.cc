#include "parser/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace tacho::parser {
namespace {

// Whole words, the last one overlapping the one before it.
bool IsAscii(std::string_view text) {
  uint64_t bits = 0;
  uint64_t word;
  if (text.size() < sizeof(word)) {
    for (const char c : text) bits |= static_cast<unsigned char>(c);
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

struct Rune {
  uint32_t value = 0;
  size_t size = 0;  // 0: not UTF-8
};

unsigned char ByteAt(std::string_view text, size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

// The first rune of text, which is not empty. A sequence is valid if it has the
// continuation bytes that its lead promises and could not have been written shorter.
Rune FirstRune(std::string_view text) {
  const unsigned char lead = ByteAt(text, 0);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xc2 || lead > 0xf4) return {};
  const size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  uint32_t value = lead & (0x7fu >> size);
  for (size_t i = 1; i < size; ++i) {
    const unsigned char c = ByteAt(text, i);
    if ((c & 0xc0) != 0x80) return {};
    value = value << 6 | (c & 0x3fu);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kSmallest[size] || value > 0x10ffff || surrogate) return {};
  return {value, size};
}

// Go escapes what Unicode does not class as graphic. This is that set where it is not
// letters and marks of some script: controls, spaces other than ' ', format
// characters, private use, noncharacters.
bool IsGraphic(uint32_t rune) {
  struct Range {
    uint32_t first, last;
  };
  constexpr Range kHidden[] = {
      {0x00, 0x1f},     {0x7f, 0xa0},       {0xad, 0xad},       {0x2000, 0x200f}, {0x2028, 0x202f},
      {0x205f, 0x206f}, {0x3000, 0x3000},   {0xe000, 0xf8ff},   {0xfeff, 0xfeff}, {0xfff0, 0xfffb},
      {0xfffe, 0xffff}, {0xe0000, 0xe00ff}, {0xe01f0, 0x10ffff}};
  return std::none_of(std::begin(kHidden), std::end(kHidden),
                      [=](Range r) { return rune >= r.first && rune <= r.last; });
}

void AppendHex(std::string* out, char kind, uint32_t value, int digits) {
  *out += '\\';
  *out += kind;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    *out += "0123456789abcdef"[(value >> shift) & 15];
  }
}

void AppendEscaped(std::string* out, uint32_t rune) {
  constexpr std::string_view kLetters = "abtnvfr";  // \a is 7, \r is 13
  if (rune >= 7 && rune <= 13) {
    *out += '\\';
    *out += kLetters[rune - 7];
  } else if (rune < 0x80) {
    AppendHex(out, 'x', rune, 2);
  } else if (rune < 0x10000) {
    AppendHex(out, 'u', rune, 4);
  } else {
    AppendHex(out, 'U', rune, 8);
  }
}

}  // namespace

bool IsValidUtf8(std::string_view text) {
  if (IsAscii(text)) return true;
  while (!text.empty()) {
    const Rune rune = FirstRune(text);
    if (rune.size == 0) return false;
    text.remove_prefix(rune.size);
  }
  return true;
}

std::string Quote(std::string_view text) {
  const bool cut = text.size() > kMaxQuotedBytes;
  text = text.substr(0, kMaxQuotedBytes);
  std::string out = "\"";
  while (!text.empty()) {
    const Rune rune = FirstRune(text);
    if (rune.size == 0) {
      AppendHex(&out, 'x', ByteAt(text, 0), 2);
    } else if (rune.value == '"' || rune.value == '\\') {
      out.append("\\").append(text, 0, 1);
    } else if (IsGraphic(rune.value)) {
      out.append(text, 0, rune.size);
    } else {
      AppendEscaped(&out, rune.value);
    }
    text.remove_prefix(std::max<size_t>(rune.size, 1));
  }
  return out + (cut ? "\" (cut)" : "\"");
}

std::string LineColumn(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const size_t newline = before.rfind('\n');
  const size_t line_start = newline == std::string_view::npos ? 0 : newline + 1;
  return absl::StrCat(lines + 1, ":", std::min(offset, text.size()) - line_start + 1);
}

}  // namespace tacho::parser
