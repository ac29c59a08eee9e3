#include "tools/json_text.h"

#include "parser/promql_quote.h"

namespace tacho::tools {

std::string JsonText(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  while (!text.empty()) {
    const parser::Rune rune = parser::DecodeRune(text);
    if (rune.code == '"' || rune.code == '\\') {
      out += '\\';
      out += static_cast<char>(rune.code);
    } else if (rune.code == '\n') {
      out += "\\n";
    } else if (rune.code < 0x20) {
      out += "\\u00";
      out += kHex[rune.code >> 4];
      out += kHex[rune.code & 15];
    } else {
      parser::AppendRune(rune.code, &out);
    }
    text.remove_prefix(rune.width);
  }
  return out + "\"";
}

}  // namespace tacho::tools
