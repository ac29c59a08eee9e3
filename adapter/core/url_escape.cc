#include "adapter/core/url_escape.h"

#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

std::string Escape(std::string_view text, std::string_view also_plain) {
  std::string out;
  for (const char c : text) {
    if (IsAlnum(c) || also_plain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> Unescape(std::string_view text, bool plus_is_space) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = HexValue(text[i + 1]);
    const int low = HexValue(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace

std::string EscapePath(std::string_view path) { return Escape(path, "-_.~$&+,/:;=@"); }

std::string EscapeQuery(std::string_view value) {
  std::string out = Escape(value, "-_.~ ");
  for (char& c : out) {
    if (c == ' ') c = '+';
  }
  return out;
}

std::optional<std::string> UnescapePath(std::string_view text) { return Unescape(text, false); }
std::optional<std::string> UnescapeQuery(std::string_view text) { return Unescape(text, true); }

}  // namespace tacho::adapter
