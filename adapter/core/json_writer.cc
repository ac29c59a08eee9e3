#include "adapter/core/json_writer.h"

#include <cstddef>

namespace tacho::adapter {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

unsigned char Byte(char c) { return static_cast<unsigned char>(c); }
bool IsContinuation(char c) { return (Byte(c) & 0xc0) == 0x80; }

// The length of the UTF-8 sequence that `text` begins with; 0 if it begins with
// none: overlong, a surrogate, beyond U+10FFFF, cut off.
size_t SequenceLength(std::string_view text) {
  const unsigned char lead = Byte(text[0]);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[i])) return 0;
  }
  const unsigned char second = Byte(text[1]);
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return 0;
  if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 0;
  return length;
}

void AppendAscii(char c, std::string* out) {
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  if (const size_t i = kShort.find(c); i != std::string_view::npos) {
    *out += '\\';
    *out += kLetters[i];
  } else if (Byte(c) < 0x20 || c == '<' || c == '>' || c == '&') {
    *out += "\\u00";
    *out += kHex[Byte(c) >> 4];
    *out += kHex[Byte(c) & 15];
  } else {
    *out += c;
  }
}

}  // namespace

void AppendJsonString(std::string_view text, std::string* out) {
  *out += '"';
  while (!text.empty()) {
    const size_t length = SequenceLength(text);
    const std::string_view sequence = text.substr(0, length);
    if (length == 0) {
      *out += "\\ufffd";
    } else if (length == 1) {
      AppendAscii(text[0], out);
    } else if (sequence == "\xe2\x80\xa8" || sequence == "\xe2\x80\xa9") {
      *out += "\\u202";
      *out += kHex[Byte(sequence[2]) & 15];
    } else {
      *out += sequence;
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  *out += '"';
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string JsonString(std::string_view text) {
  std::string out;
  AppendJsonString(text, &out);
  return out;
}

}  // namespace tacho::adapter
