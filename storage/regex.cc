#include "storage/regex.h"

#include <re2/re2.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace tacho::storage {
namespace {

// Characters that mean something in a regex unless escaped.
constexpr std::string_view kMeta = "\\.+*?()|[]{}^$";

// "(?:a|b)" and "(a|b)" are "a|b", if the first group closes at the very end and holds no
// other group.
std::string_view WithoutGroup(std::string_view pattern) {
  if (pattern.size() < 2 || pattern.front() != '(' || pattern.back() != ')') return pattern;
  if (pattern[pattern.size() - 2] == '\\') return pattern;
  std::string_view inner = pattern.substr(1, pattern.size() - 2);
  if (inner.starts_with("?:")) inner.remove_prefix(2);
  return inner;
}

}  // namespace

struct Regex::Impl {
  Impl(std::string_view pattern, const RE2::Options& options)
      : re(re2::StringPiece(pattern.data(), pattern.size()), options) {}
  RE2 re;
};

Regex::Regex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Regex::~Regex() = default;

absl::StatusOr<std::unique_ptr<Regex>> Regex::Compile(std::string_view pattern,
                                                      int64_t max_bytes) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(max_bytes);
  options.set_never_capture(true);
  auto impl = std::make_unique<Impl>(pattern, options);
  if (impl->re.ok()) return std::unique_ptr<Regex>(new Regex(std::move(impl)));
  if (impl->re.error_code() == RE2::ErrorPatternTooLarge) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the regex takes more than max_regex_bytes (", max_bytes,
                     ") once compiled; simplify it"));
  }
  return absl::InvalidArgumentError(absl::StrCat("error parsing regexp: ", impl->re.error()));
}

bool Regex::Matches(std::string_view text) const {
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), impl_->re);
}

std::optional<std::vector<std::string>> PlainAlternatives(std::string_view pattern) {
  std::vector<std::string> texts(1);
  const std::string_view inner = WithoutGroup(pattern);
  for (size_t i = 0; i < inner.size(); ++i) {
    const char c = inner[i];
    if (c == '|') {
      texts.emplace_back();
    } else if (c == '\\') {
      // Only an escaped metacharacter, or an escaped dash or slash, is plain; \d is not.
      if (++i == inner.size()) return std::nullopt;
      if (kMeta.find(inner[i]) == std::string_view::npos && inner[i] != '-' && inner[i] != '/') {
        return std::nullopt;
      }
      texts.back() += inner[i];
    } else if (kMeta.find(c) != std::string_view::npos) {
      return std::nullopt;
    } else {
      texts.back() += c;
    }
  }
  return texts;
}

}  // namespace tacho::storage
