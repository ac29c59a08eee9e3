// GoRegexp: a regular expression of a configuration file, with Go's meaning:
// leftmost-first. RE2 is the engine that Go's is a twin of; what Go spells otherwise,
// (?<name>...), is translated.
//
// Threads     Immutable; safe from any thread.
// Limits      RegexpLimits: 10,000 nested parentheses and a{1000}{1000} are refused, not
//             tried.
#ifndef TACHO_ADAPTER_CORE_GO_REGEXP_H_
#define TACHO_ADAPTER_CORE_GO_REGEXP_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace re2 {
class RE2;
}

namespace tacho::adapter {

struct RegexpLimits {
  size_t max_pattern_bytes = 1024;
  int64_t max_compiled_bytes = int64_t{1} << 20;
};

class GoRegexp {
 public:
  // Unanchored; "." does not match a newline.
  //   kInvalidArgument    no regular expression; the message is RE2's
  //   kResourceExhausted  too long, or too large when compiled
  [[nodiscard]] static absl::StatusOr<GoRegexp> Compile(std::string_view pattern,
                                                        const RegexpLimits& limits = {});
  // As relabelling and label matchers have it: the whole text must match, and "." also
  // matches a newline. Refuses as Compile does.
  [[nodiscard]] static absl::StatusOr<GoRegexp> CompileWhole(std::string_view pattern,
                                                             const RegexpLimits& limits = {});

  [[nodiscard]] bool MatchString(std::string_view text) const;

  // What the first match makes of `expansion`; nothing if there is no match. Text
  // outside the match is dropped. As Go's Regexp.ExpandString: $1, ${1}, $name, ${name},
  // $$; the name after a bare $ is as long as it can be, so $1_x is the group "1_x",
  // which there is not: empty. A $ that starts nothing of these stands for itself.
  [[nodiscard]] std::optional<std::string> Expand(std::string_view text,
                                                  std::string_view expansion) const;

  // The groups that `expansion` refers to and that there are not, as written; Expand puts
  // nothing in their place.
  [[nodiscard]] std::vector<std::string> UnknownGroups(std::string_view expansion) const;

  [[nodiscard]] int groups() const;
  [[nodiscard]] const std::string& pattern() const { return pattern_; }

 private:
  static absl::StatusOr<GoRegexp> CompileAs(const std::string& text, std::string_view pattern,
                                            const RegexpLimits& limits);
  GoRegexp(std::string pattern, std::shared_ptr<const re2::RE2> regex);

  std::string pattern_;
  std::shared_ptr<const re2::RE2> regex_;
};

// What an expansion makes of every match, if it refers to no group.
[[nodiscard]] std::optional<std::string> LiteralExpansion(std::string_view expansion);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_GO_REGEXP_H_
