#include "adapter/core/go_regexp.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

// Go takes any Unicode letter here; group names that RE2 knows are ASCII, so for the
// others only their length matters.
bool IsGroupCharacter(char c) {
  return IsAlnum(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

// The length of the part of a pattern at `at` that stands for itself: an escaped
// character, text between \Q and \E, a class, or one character.
size_t VerbatimLength(std::string_view pattern, size_t at) {
  const std::string_view rest = pattern.substr(at);
  if (rest.starts_with("\\Q")) return std::min(rest.find("\\E"), rest.size() - 2) + 2;
  if (rest.front() == '\\') return std::min<size_t>(2, rest.size());
  if (rest.front() != '[') return 1;
  size_t end = rest.starts_with("[^") ? 2 : 1;
  if (end < rest.size() && rest[end] == ']') ++end;  // a class may begin with ]
  while (end < rest.size() && rest[end] != ']') {
    const size_t named = rest.substr(end).starts_with("[:") ? rest.find(":]", end) : end;
    end = named != end && named != std::string_view::npos ? named + 2
                                                          : end + (rest[end] == '\\' ? 2 : 1);
  }
  return std::min(end + 1, rest.size());
}

// Go also takes (?<name>...) for a named group; this RE2 only (?P<name>...).
std::string TranslateGroupNames(std::string_view pattern) {
  std::string out;
  for (size_t at = 0; at < pattern.size();) {
    const std::string_view rest = pattern.substr(at);
    const bool named = rest.starts_with("(?<") && rest.size() > 3 && IsGroupCharacter(rest[3]);
    if (named) {
      out += "(?P<";
      at += 3;
      continue;
    }
    const size_t length = VerbatimLength(pattern, at);
    out += rest.substr(0, length);
    at += length;
  }
  return out;
}

// One step through an expansion: text that stands for itself, then perhaps a group.
struct ExpansionStep {
  std::string_view text;
  std::string_view group;  // its name or number; empty: none
};

// The group reference that follows a $, cut off `rest`; empty if there is none.
std::string_view TakeGroup(std::string_view* rest) {
  const size_t brace = !rest->empty() && rest->front() == '{' ? 1 : 0;
  size_t end = brace;
  while (end < rest->size() && IsGroupCharacter((*rest)[end])) ++end;
  if (end == brace) return {};
  if (brace == 1 && (end == rest->size() || (*rest)[end] != '}')) return {};
  const std::string_view name = rest->substr(brace, end - brace);
  rest->remove_prefix(end + brace);
  return name;
}

ExpansionStep NextStep(std::string_view* rest) {
  const size_t dollar = rest->find('$');
  ExpansionStep step{rest->substr(0, dollar), {}};
  if (dollar == std::string_view::npos) {
    *rest = {};
    return step;
  }
  const std::string_view with_dollar = rest->substr(0, dollar + 1);
  rest->remove_prefix(dollar + 1);
  if (!rest->empty() && rest->front() == '$') {
    rest->remove_prefix(1);
    step.text = with_dollar;
    return step;
  }
  step.group = TakeGroup(rest);
  if (step.group.empty()) step.text = with_dollar;
  return step;
}

// A group's number: as written, or of the name. -1: there is none.
int GroupNumber(const re2::RE2& regex, std::string_view name) {
  int number = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool leading_zero = name.size() > 1 && name.front() == '0';
  if (error == std::errc() && end == name.data() + name.size() && !leading_zero) {
    return number <= regex.NumberOfCapturingGroups() ? number : -1;
  }
  const auto& names = regex.NamedCapturingGroups();
  const auto it = names.find(std::string(name));
  return it == names.end() ? -1 : it->second;
}

}  // namespace

GoRegexp::GoRegexp(std::string pattern, std::shared_ptr<const re2::RE2> regex)
    : pattern_(std::move(pattern)), regex_(std::move(regex)) {}

absl::StatusOr<GoRegexp> GoRegexp::CompileAs(const std::string& text, std::string_view pattern,
                                             const RegexpLimits& limits) {
  if (pattern.size() > limits.max_pattern_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat("a regular expression of ", pattern.size(),
                                                     " bytes; at most ", limits.max_pattern_bytes,
                                                     " are allowed"));
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(limits.max_compiled_bytes);
  auto regex = std::make_shared<const re2::RE2>(TranslateGroupNames(text), options);
  if (!regex->ok()) {
    const std::string message =
        absl::StrCat("regular expression ", Quoted(pattern), ": ", regex->error());
    return regex->error_code() == re2::RE2::ErrorPatternTooLarge
               ? absl::ResourceExhaustedError(message)
               : absl::InvalidArgumentError(message);
  }
  return GoRegexp(std::string(pattern), std::move(regex));
}

absl::StatusOr<GoRegexp> GoRegexp::Compile(std::string_view pattern, const RegexpLimits& limits) {
  return CompileAs(std::string(pattern), pattern, limits);
}

absl::StatusOr<GoRegexp> GoRegexp::CompileWhole(std::string_view pattern,
                                                const RegexpLimits& limits) {
  return CompileAs(absl::StrCat("^(?s:", Abs(pattern), ")$"), pattern, limits);
}

int GoRegexp::groups() const { return regex_->NumberOfCapturingGroups(); }

bool GoRegexp::MatchString(std::string_view text) const {
  return re2::RE2::PartialMatch(Piece(text), *regex_);
}

std::optional<std::string> GoRegexp::Expand(std::string_view text,
                                            std::string_view expansion) const {
  std::vector<re2::StringPiece> groups(static_cast<size_t>(regex_->NumberOfCapturingGroups()) + 1);
  if (!regex_->Match(Piece(text), 0, text.size(), re2::RE2::UNANCHORED, groups.data(),
                     static_cast<int>(groups.size()))) {
    return std::nullopt;
  }
  std::string out;
  for (std::string_view rest = expansion; !rest.empty();) {
    const ExpansionStep step = NextStep(&rest);
    out += step.text;
    const int number = step.group.empty() ? -1 : GroupNumber(*regex_, step.group);
    if (number >= 0) out.append(groups[static_cast<size_t>(number)].as_string());
  }
  return out;
}

std::vector<std::string> GoRegexp::UnknownGroups(std::string_view expansion) const {
  std::vector<std::string> unknown;
  for (std::string_view rest = expansion; !rest.empty();) {
    const ExpansionStep step = NextStep(&rest);
    if (!step.group.empty() && GroupNumber(*regex_, step.group) < 0) {
      unknown.emplace_back(step.group);
    }
  }
  return unknown;
}

std::optional<std::string> LiteralExpansion(std::string_view expansion) {
  std::string out;
  for (std::string_view rest = expansion; !rest.empty();) {
    const ExpansionStep step = NextStep(&rest);
    if (!step.group.empty()) return std::nullopt;
    out += step.text;
  }
  return out;
}

}  // namespace tacho::adapter
