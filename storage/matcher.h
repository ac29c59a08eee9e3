// LabelMatcher: one condition on one label: =, !=, =~, !~. Compiled once.
//
// A missing label is the same as an empty one. Regexes are anchored at both ends and
// a dot matches a newline (Prometheus 3.x). An alternation of plain texts, such as
// the adapter's pod=~"a|b|c", becomes a set and never runs a regex.
//
// Threads     Immutable; Matches is safe from any thread.
// Limits      The memory of one compiled regex.
#ifndef TACHO_STORAGE_MATCHER_H_
#define TACHO_STORAGE_MATCHER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tacho/query_template.h"  // MatchOp

namespace tacho::storage {

class Regex;  // the wrapper around RE2

class LabelMatcher {
 public:
  //   kInvalidArgument    the pattern is no regex; RE2's reason
  //   kResourceExhausted  the compiled regex would be over max_regex_bytes
  static absl::StatusOr<LabelMatcher> Create(std::string_view label, MatchOp op,
                                             std::string_view value, int64_t max_regex_bytes);
  LabelMatcher(LabelMatcher&&) noexcept;
  LabelMatcher& operator=(LabelMatcher&&) noexcept;
  ~LabelMatcher();

  [[nodiscard]] const std::string& label() const { return label_; }
  [[nodiscard]] bool Matches(std::string_view value) const;
  // Whether it also selects series without the label.
  [[nodiscard]] bool MatchesEmpty() const { return matches_empty_; }
  // The only values that can match, sorted, if they are few and known (= and sets);
  // never holds "".
  [[nodiscard]] const std::vector<std::string>* values() const {
    return exact_ ? &values_ : nullptr;
  }

 private:
  LabelMatcher() = default;
  bool MatchesPattern(std::string_view value) const;

  std::string label_;
  bool negated_ = false;
  bool matches_empty_ = false;
  bool exact_ = false;                 // values_ are all that can match
  bool is_set_ = false;                // the pattern is values_, not regex_
  std::vector<std::string> values_;    // sorted
  std::unique_ptr<Regex> regex_;
};

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_MATCHER_H_
