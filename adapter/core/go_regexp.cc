#include "adapter/core/go_regexp.h"

#include <re2/re2.h>

#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

constexpr size_t kMaxPatternBytes = 1024;
constexpr int64_t kMaxCompiledBytes = 1 << 20;

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

// One step through an expansion: text that stands for itself, then perhaps a group.
struct ExpansionStep {
  std::string_view text;
  std::string_view group;  // its name or number; empty: none
};

// Go takes any Unicode letter here; group names that RE2 knows are ASCII, so for the
// others only their length matters.
bool IsGroupCharacter(char c) {
  return IsAlnum(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

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

absl::StatusOr<GoRegexp> GoRegexp::Compile(std::string_view pattern) {
  if (pattern.size() > kMaxPatternBytes) {
    return absl::ResourceExhaustedError(absl::StrCat("a regular expression of ", pattern.size(),
                                                     " bytes; at most ", kMaxPatternBytes,
                                                     " are allowed"));
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxCompiledBytes);
  auto regex = std::make_shared<const re2::RE2>(Piece(pattern), options);
  if (!regex->ok()) {
    const std::string message =
        absl::StrCat("regular expression ", Quoted(pattern), ": ", regex->error());
    return regex->error_code() == re2::RE2::ErrorPatternTooLarge
               ? absl::ResourceExhaustedError(message)
               : absl::InvalidArgumentError(message);
  }
  return GoRegexp(std::string(pattern), std::move(regex));
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
