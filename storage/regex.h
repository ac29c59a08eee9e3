// Regex: the one place of the store that knows RE2.
//
// Source      Prometheus 3.x: Perl syntax, fully anchored, a dot matches a newline.
// Threads     Immutable.
#ifndef TACHO_STORAGE_REGEX_H_
#define TACHO_STORAGE_REGEX_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace tacho::storage {

class Regex {
 public:
  //   kInvalidArgument    not a regex; RE2's reason
  //   kResourceExhausted  it would take more than max_bytes once compiled
  static absl::StatusOr<std::unique_ptr<Regex>> Compile(std::string_view pattern,
                                                        int64_t max_bytes);
  ~Regex();

  [[nodiscard]] bool Matches(std::string_view text) const;

 private:
  struct Impl;
  explicit Regex(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The texts that an alternation of plain texts stands for: "a|b\\.c" is a and b.c. An
// optional group around the whole is fine. Nothing if the pattern is anything more.
std::optional<std::vector<std::string>> PlainAlternatives(std::string_view pattern);

// What label_replace does with a text: if an anchored regex matches all of it, a template
// with the regex's groups is filled in, as by Go's Regexp.Expand: $1, ${1}, $name, ${name},
// $$. A bare name is as long as it can be, so $1_x is the group "1_x". A group that there
// is not is empty; a $ that begins nothing of these stands for itself.
class RegexReplacement {
 public:
  //   kInvalidArgument    not a regex; RE2's reason
  //   kResourceExhausted  it would take more than max_bytes once compiled
  static absl::StatusOr<std::unique_ptr<RegexReplacement>> Compile(std::string_view pattern,
                                                                   std::string_view replacement,
                                                                   int64_t max_bytes);
  ~RegexReplacement();

  // Nothing if the text does not match.
  [[nodiscard]] std::optional<std::string> Apply(std::string_view text) const;

 private:
  struct Impl;
  explicit RegexReplacement(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_REGEX_H_
