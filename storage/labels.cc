#include "tacho/labels.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tacho/internal/utf8.h"

namespace tacho {
namespace {

bool IsIdentifier(std::string_view name) {
  if (name.empty()) return false;
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
  };
  return letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

void AppendEscaped(std::string* out, char c) {
  constexpr std::string_view kPlain = "\a\b\f\n\r\t\v\"\\";
  constexpr std::string_view kEscaped = "abfnrtv\"\\";
  if (const size_t i = kPlain.find(c); i != std::string_view::npos) {
    *out += '\\';
    *out += kEscaped[i];
  } else {
    absl::StrAppend(out, "\\x", absl::Hex(static_cast<uint8_t>(c), absl::kZeroPad2));
  }
}

// As Go quotes, but for the few characters beyond ASCII that it does not print.
std::string Quoted(std::string_view text) {
  const bool utf8 = internal::IsValidUtf8(text);
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    const bool control = byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8);
    if (control || c == '"' || c == '\\') {
      AppendEscaped(&out, c);
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

Labels::Labels(std::initializer_list<Label> labels)
    : Labels(FromUnsorted(std::vector<Label>(labels))) {}

Labels Labels::FromUnsorted(std::vector<Label> labels) {
  // (A stable sort allocates, and most labels come in order.)
  if (!std::ranges::is_sorted(labels, {}, &Label::name)) {
    std::ranges::stable_sort(labels, {}, &Label::name);
  }
  size_t kept = 0;
  for (size_t i = 0; i < labels.size(); ++i) {
    const bool overridden = i + 1 < labels.size() && labels[i + 1].name == labels[i].name;
    if (overridden || labels[i].value.empty()) continue;
    if (kept != i) labels[kept] = std::move(labels[i]);
    ++kept;
  }
  labels.resize(kept);
  labels.shrink_to_fit();  // label sets live long
  Labels out;
  out.labels_ = std::move(labels);
  return out;
}

absl::StatusOr<Labels> Labels::Create(std::vector<Label> labels) {
  std::ranges::stable_sort(labels, {}, &Label::name);
  for (size_t i = 0; i < labels.size(); ++i) {
    const Label& label = labels[i];
    if (label.name.empty()) return absl::InvalidArgumentError("a label has an empty name");
    if (!internal::IsValidUtf8(label.name) || !internal::IsValidUtf8(label.value)) {
      return absl::InvalidArgumentError(
          absl::StrCat("label ", Quoted(label.name), " is not UTF-8"));
    }
    if (i > 0 && labels[i - 1].name == label.name) {
      return absl::InvalidArgumentError(absl::StrCat("label ", label.name, " is given twice"));
    }
  }
  return FromUnsorted(std::move(labels));
}

std::string_view Labels::Get(std::string_view name) const {
  for (const Label& label : labels_) {
    if (label.name == name) return label.value;
  }
  return {};
}

std::string Labels::ToString() const {
  const std::string_view metric = Get(kMetricNameLabel);
  const bool plain = IsIdentifier(metric);
  std::string out(plain ? metric : std::string_view());
  std::string_view separator;
  std::string inside;
  if (!metric.empty() && !plain) {
    inside = Quoted(metric);
    separator = ", ";
  }
  for (const Label& label : labels_) {
    if (label.name == kMetricNameLabel) continue;
    const std::string name = IsIdentifier(label.name) ? label.name : Quoted(label.name);
    absl::StrAppend(&inside, std::string(separator), name, "=", Quoted(label.value));
    separator = ", ";
  }
  if (!plain || !inside.empty()) absl::StrAppend(&out, "{", inside, "}");
  return out;
}

std::string Labels::ToBraces() const {
  std::string out = "{";
  for (const Label& label : labels_) {
    const std::string name = IsIdentifier(label.name) ? label.name : Quoted(label.name);
    absl::StrAppend(&out, out.size() > 1 ? ", " : "", name, "=", Quoted(label.value));
  }
  return out + "}";
}

}  // namespace tacho
