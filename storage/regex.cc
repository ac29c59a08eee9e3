#include "storage/regex.h"

#include <re2/re2.h>

#include <charconv>
#include <utility>
#include <vector>

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

// A piece of a template: plain text, or a group of the regex.
struct Piece {
  std::string text;
  int group = -1;
};

bool IsNameCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// The name after a $, with its braces if it has any; empty if there is none.
std::string_view NameAt(std::string_view rest, bool* braced) {
  *braced = rest.starts_with('{');
  const size_t begin = *braced ? 1 : 0;
  size_t end = begin;
  while (end < rest.size() && IsNameCharacter(rest[end])) ++end;
  if (*braced && (end == rest.size() || rest[end] != '}')) return {};
  return rest.substr(begin, end - begin);
}

int GroupOf(const RE2& re, std::string_view name) {
  int number = -1;
  const char* const end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, number);
  if (error == std::errc() && stop == end && (name.size() == 1 || name.front() != '0')) {
    return number <= re.NumberOfCapturingGroups() ? number : -1;
  }
  const auto& names = re.NamedCapturingGroups();
  const auto it = names.find(std::string(name));
  return it == names.end() ? -1 : it->second;
}

std::vector<Piece> Pieces(const RE2& re, std::string_view replacement) {
  std::vector<Piece> pieces(1);
  while (!replacement.empty()) {
    const size_t dollar = replacement.find('$');
    pieces.back().text += replacement.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    replacement.remove_prefix(dollar + 1);
    bool braced = false;
    const std::string_view name = NameAt(replacement, &braced);
    if (!name.empty()) {
      pieces.push_back({.text = "", .group = GroupOf(re, name)});
      pieces.emplace_back();
      replacement.remove_prefix(name.size() + (braced ? 2 : 0));
    } else {
      pieces.back().text += '$';
      if (replacement.starts_with('$')) replacement.remove_prefix(1);
    }
  }
  return pieces;
}

}  // namespace

struct Regex::Impl {
  Impl(std::string_view pattern, const RE2::Options& options)
      : re(re2::StringPiece(pattern.data(), pattern.size()), options) {}
  RE2 re;
};

Regex::Regex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Regex::~Regex() = default;

absl::StatusOr<std::unique_ptr<Regex>> Regex::Compile(std::string_view pattern, int64_t max_bytes) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(max_bytes);
  options.set_never_capture(true);
  auto impl = std::make_unique<Impl>(pattern, options);
  if (impl->re.ok()) return std::unique_ptr<Regex>(new Regex(std::move(impl)));
  if (impl->re.error_code() == RE2::ErrorPatternTooLarge) {
    return absl::ResourceExhaustedError(absl::StrCat("the regex takes more than max_regex_bytes (",
                                                     max_bytes, ") once compiled; simplify it"));
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

struct RegexReplacement::Impl {
  Impl(std::string_view pattern, const RE2::Options& options)
      : re(re2::StringPiece(pattern.data(), pattern.size()), options) {}
  RE2 re;
  std::vector<Piece> pieces = {};
};

RegexReplacement::RegexReplacement(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RegexReplacement::~RegexReplacement() = default;

absl::StatusOr<std::unique_ptr<RegexReplacement>> RegexReplacement::Compile(
    std::string_view pattern, std::string_view replacement, int64_t max_bytes) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(max_bytes);
  auto impl = std::make_unique<Impl>(pattern, options);
  if (impl->re.ok()) {
    impl->pieces = Pieces(impl->re, replacement);
    return std::unique_ptr<RegexReplacement>(new RegexReplacement(std::move(impl)));
  }
  if (impl->re.error_code() == RE2::ErrorPatternTooLarge) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the regex takes more than ", max_bytes, " bytes once compiled; simplify it"));
  }
  return absl::InvalidArgumentError(impl->re.error());
}

std::optional<std::string> RegexReplacement::Apply(std::string_view text) const {
  const re2::StringPiece all(text.data(), text.size());
  std::vector<re2::StringPiece> groups(static_cast<size_t>(impl_->re.NumberOfCapturingGroups()) +
                                       1);
  if (!impl_->re.Match(all, 0, all.size(), RE2::ANCHOR_BOTH, groups.data(),
                       static_cast<int>(groups.size()))) {
    return std::nullopt;
  }
  std::string out;
  for (const Piece& piece : impl_->pieces) {
    out += piece.text;
    if (piece.group < 0) continue;
    const re2::StringPiece& group = groups[static_cast<size_t>(piece.group)];
    out.append(group.data(), group.size());
  }
  return out;
}

}  // namespace tacho::storage
