#include "storage/matcher.h"

#include <algorithm>
#include <utility>

#include "storage/regex.h"

namespace tacho::storage {

LabelMatcher::LabelMatcher(LabelMatcher&&) noexcept = default;
LabelMatcher& LabelMatcher::operator=(LabelMatcher&&) noexcept = default;
LabelMatcher::~LabelMatcher() = default;

absl::StatusOr<LabelMatcher> LabelMatcher::Create(std::string_view label, MatchOp op,
                                                  std::string_view value,
                                                  int64_t max_regex_bytes) {
  LabelMatcher matcher;
  matcher.label_ = label;
  matcher.negated_ = op == MatchOp::kNotEqual || op == MatchOp::kNotRegex;
  const bool is_regex = op == MatchOp::kRegex || op == MatchOp::kNotRegex;
  std::optional<std::vector<std::string>> texts;
  if (is_regex) {
    texts = PlainAlternatives(value);
  } else {
    texts.emplace({std::string(value)});
  }
  if (texts.has_value()) {
    matcher.is_set_ = true;
    std::ranges::sort(*texts);
    texts->erase(std::unique(texts->begin(), texts->end()), texts->end());
    matcher.values_ = *std::move(texts);
  } else {
    absl::StatusOr<std::unique_ptr<Regex>> regex = Regex::Compile(value, max_regex_bytes);
    if (!regex.ok()) return regex.status();
    matcher.regex_ = *std::move(regex);
  }
  matcher.matches_empty_ = matcher.Matches("");
  matcher.exact_ = matcher.is_set_ && !matcher.negated_ && !matcher.matches_empty_;
  return matcher;
}

bool LabelMatcher::MatchesPattern(std::string_view value) const {
  if (!is_set_) return regex_->Matches(value);
  if (values_.size() == 1) return values_.front() == value;
  return std::ranges::binary_search(values_, value);
}

bool LabelMatcher::Matches(std::string_view value) const {
  return MatchesPattern(value) != negated_;
}

}  // namespace tacho::storage
