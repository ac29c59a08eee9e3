#include "parser/text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "parser/promql_quote.h"

namespace tacho::parser {

std::string Quote(std::string_view text) {
  std::string out;
  AppendQuoted(text.substr(0, kMaxQuotedBytes), &out);
  if (text.size() > kMaxQuotedBytes) out += " (cut)";
  return out;
}

std::string LineColumn(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const size_t newline = before.rfind('\n');
  const size_t line_start = newline == std::string_view::npos ? 0 : newline + 1;
  return absl::StrCat(lines + 1, ":", std::min(offset, text.size()) - line_start + 1);
}

}  // namespace tacho::parser
