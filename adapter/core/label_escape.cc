#include "adapter/core/label_escape.h"

#include <charconv>
#include <cstdint>
#include <optional>

namespace tacho::adapter {
namespace {

constexpr size_t kMaxCodeDigits = 5;

std::optional<uint32_t> ParseCode(std::string_view digits) {
  uint32_t code = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return surrogate || code > 0x10ffff ? std::nullopt : std::optional<uint32_t>(code);
}

void AppendUtf8(uint32_t code, std::string* out) {
  const auto byte = [out](uint32_t value) { out->push_back(static_cast<char>(value)); };
  const auto tail = [&byte, code](uint32_t shift) { byte(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    byte(0xe0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    byte(0xf0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

std::string UnescapeLabelName(std::string_view name) {
  if (!name.starts_with("U__")) return std::string(name);
  std::string out;
  std::string_view rest = name.substr(3);
  while (!rest.empty()) {
    const size_t underscore = rest.find('_');
    out.append(rest.substr(0, underscore));
    if (underscore == std::string_view::npos) break;
    rest.remove_prefix(underscore + 1);
    const size_t end = rest.find('_');
    if (end == std::string_view::npos || end > kMaxCodeDigits) return std::string(name);
    const std::optional<uint32_t> code =
        end == 0 ? std::optional<uint32_t>('_') : ParseCode(rest.substr(0, end));
    if (!code.has_value()) return std::string(name);
    AppendUtf8(*code, &out);
    rest.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace tacho::adapter
