#include "adapter/core/k8s_names.h"

#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

constexpr size_t kMaxNameBytes = 63;
constexpr size_t kMaxPrefixBytes = 253;

// [A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?
bool IsLabelName(std::string_view text) {
  if (text.empty() || !IsAlnum(text.front()) || !IsAlnum(text.back())) return false;
  for (const char c : text) {
    if (!IsAlnum(c) && c != '-' && c != '_' && c != '.') return false;
  }
  return true;
}

bool IsLowerAlnum(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z'); }

// Lower-case DNS labels, joined by dots.
bool IsSubdomain(std::string_view text) {
  char before = '.';
  for (const char c : text) {
    const bool at_edge = before == '.';
    if (c == '.' ? !IsLowerAlnum(before) : !(IsLowerAlnum(c) || (c == '-' && !at_edge))) {
      return false;
    }
    before = c;
  }
  return IsLowerAlnum(before);
}

}  // namespace

std::string LabelKeyFault(std::string_view key) {
  const size_t slash = key.find('/');
  const bool prefixed = slash != std::string_view::npos;
  const std::string_view prefix = prefixed ? key.substr(0, slash) : std::string_view();
  const std::string_view name = prefixed ? key.substr(slash + 1) : key;
  if (name.find('/') != std::string_view::npos) {
    return "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must "
           "start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or "
           "'123-abc', regex used for validation is "
           "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and "
           "'/' (e.g. 'example.com/MyName')";
  }
  if (prefixed && prefix.empty()) return "prefix part must be non-empty";
  if (prefix.size() > kMaxPrefixBytes) return "prefix part must be no more than 253 characters";
  if (prefixed && !IsSubdomain(prefix)) {
    return "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
           "characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
           "'example.com', regex used for validation is "
           "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
  }
  if (name.empty()) return "name part must be non-empty";
  if (name.size() > kMaxNameBytes) return "name part must be no more than 63 characters";
  if (IsLabelName(name)) return "";
  return "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and "
         "end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex "
         "used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
}

std::string LabelValueFault(std::string_view value) {
  if (value.size() > kMaxNameBytes) return "must be no more than 63 characters";
  if (value.empty() || IsLabelName(value)) return "";
  return "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
         "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "
         "'my_value',  or '12345', regex used for validation is "
         "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
}

}  // namespace tacho::adapter
