#include "adapter/core/text.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace tacho::adapter {

std::string Lowercase(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

std::string Quoted(std::string_view text) {
  constexpr size_t kLongest = 100;
  const bool cut = text.size() > kLongest;
  return absl::StrCat("\"", absl::Utf8SafeCEscape(Abs(text.substr(0, kLongest))),
                      cut ? "...\"" : "\"");
}

std::optional<int64_t> ParseInt64(std::string_view text) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace tacho::adapter
