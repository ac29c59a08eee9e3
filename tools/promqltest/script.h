// Script: a test in Prometheus' promqltest format, as commands. A block of lines is one
// command; a blank line ends it, and a comment line is a blank one.
//
//   clear
//
//   load 10s
//     http_requests{pod="a"} 0+10x3 _ stale 7
//
//   eval instant at 50s rate(http_requests[1m])
//     expect no_warn
//     {pod="a"} 1.5
//
//   eval range from 0 to 1m step 30s http_requests
//     http_requests{pod="a"} 0 30 7
//
// A number, as what is expected of a scalar, and expected_fail_message or
// expected_fail_regexp may be followed by the next command without a blank line.
//
// Besides `expect fail|warn|no_warn|info|no_info|ordered [msg:TEXT|regex:RE]` there are
// `expect string "..."`, `expect range vector from A to B step S`, a bare number for a
// scalar, and the older forms eval_fail, eval_warn, eval_info, eval_ordered,
// expected_fail_message and expected_fail_regexp.
//
// Units       Times are milliseconds since the epoch at which the script's time begins.
// Ownership   Owns its text.
// Threads     Immutable once parsed.
// Limits      kMaxItems samples a line (series_line.h), kMaxPoints over the script.
#ifndef TACHO_TOOLS_PROMQLTEST_SCRIPT_H_
#define TACHO_TOOLS_PROMQLTEST_SCRIPT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "tacho/labels.h"
#include "tools/promqltest/series_line.h"

namespace tacho::storage {
class Regex;
}

namespace tacho::promqltest {

inline constexpr size_t kMaxPoints = 20'000'000;

struct Steps {
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  int64_t step_ms = 1;
};

// What a message must be: any, this text, or one in which the pattern is found.
struct TextMatch {
  std::optional<std::string> text;
  std::shared_ptr<const storage::Regex> regex;  // null: none
  std::string written;                          // as in the script, for reports

  [[nodiscard]] bool Matches(std::string_view message) const;
};

struct Clear {};

struct LoadedSeries {
  int line = 0;
  bool histograms = false;
  std::vector<std::optional<double>> values;
  // Empty, or one a value: milliseconds from the sample, nothing where unknown.
  std::vector<std::optional<int64_t>> starts_ms;
};

struct Load {
  int line = 0;
  int64_t step_ms = 0;
  bool with_nhcb = false;  // also makes native histograms of the classic ones
  std::map<Labels, LoadedSeries> series;
};

struct ExpectedSeries {
  Labels labels;
  std::vector<std::optional<double>> values;
};

// What annotations of one severity must be like.
struct ExpectedAnnotations {
  std::vector<TextMatch> any_of;  // each must occur, and nothing else may
  bool none = false;
};

struct Eval {
  int line = 0;
  std::string expr;
  bool range = false;
  // Of a range query. An instant one is asked at start_ms, which is the end of the range
  // vector if one is expected: as Prometheus does, whatever stands behind "at".
  Steps steps;

  bool fail = false;
  bool failure_given = false;  // by a line of its own, not by eval_fail only
  TextMatch failure;
  ExpectedAnnotations warnings;
  ExpectedAnnotations infos;
  bool ordered = false;
  bool histograms = false;  // a native histogram is expected

  std::vector<ExpectedSeries> series;
  std::optional<double> scalar;
  std::optional<std::string> string;
  std::optional<Steps> matrix;  // expect range vector
};

using Command = std::variant<Clear, Load, Eval>;

struct Script {
  std::vector<Command> commands;

  //   kInvalidArgument    "line: what is wrong, and what to do about it"
  //   kResourceExhausted  likewise; the message names the bound
  static absl::StatusOr<Script> Parse(std::string_view text);
};

}  // namespace tacho::promqltest

#endif  // TACHO_TOOLS_PROMQLTEST_SCRIPT_H_
