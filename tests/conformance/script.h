// Script: what is stored and what an expression is then worth, in a few lines.
//
//   load 10s
//     http_requests{pod="a"} 0+10x3 _ stale 7
//   eval instant at 50s rate(http_requests[1m])
//     {pod="a"} 1.5
//
// `load STEP` is followed by series: a name, labels, and a sample for each of the times
// 0, STEP, 2*STEP and so on:
//   1  -2.5  NaN  +Inf   that value
//   0+10x3               0, 10, 20, 30; with - falling; 5x3 is 5 four times
//   _  _x3               no sample, three times none
//   stale                a staleness marker
// `eval instant at TIME EXPR` is followed by the result: `LABELS VALUE` a line for a
// vector, none for an empty one, VALUE alone for a scalar, or `error CODE: TEXT`.
// A `#` begins a comment line.
//
// Every evaluation runs over the same samples stored in several ways (Layout), both ad
// hoc and by a query that was prepared and asked before anything was stored, and also with
// each series in a group of its own. All must agree in every bit, and with the script to
// four units in the last place.
//
// Source      The notation follows Prometheus' test scripts; only what is above of it.
#ifndef TACHO_TESTS_CONFORMANCE_SCRIPT_H_
#define TACHO_TESTS_CONFORMANCE_SCRIPT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tacho/labels.h"
#include "tacho/options.h"
#include "tacho/time.h"

namespace tacho::testing {

struct ScriptSample {
  Timestamp time;
  double value = 0;  // may be a staleness marker
};

struct ScriptSeries {
  Labels labels;
  std::vector<ScriptSample> samples;  // by time
};

struct ScriptValue {
  Labels labels;
  double value = 0;
};

struct ScriptEval {
  int line = 0;
  Timestamp time;
  std::string expr;
  std::vector<ScriptValue> vector;
  std::optional<double> scalar;
  std::string error;  // "CODE: TEXT"; empty if a value is expected
};

struct Script {
  std::vector<ScriptSeries> series;
  std::vector<ScriptEval> evals;

  // An error says which line is wrong.
  static absl::StatusOr<Script> Parse(std::string_view text);
};

// name{a="b",c="d"}, {a="b"} or name; values without escapes.
absl::StatusOr<Labels> ParseScriptLabels(std::string_view text);

// Two values that a script may call the same: within four units in the last place, zeros
// of the same sign, any NaN like another.
bool SameValue(double a, double b);

// How the samples of a script are stored.
enum class Layout : uint8_t {
  kBody,    // one target without labels; a row holds all series
  kTarget,  // a target for each label set; a row holds its metrics
  kSplit,   // the first label belongs to the target, the others to the body
  kLone,    // Database::Append, sample by sample
};

// Room for scripts that are longer than a default retention.
Options ScriptOptions();

// Runs a script; what is not as expected becomes a failure of the calling test.
void RunScript(std::string_view text, const Options& options = ScriptOptions());

}  // namespace tacho::testing

#endif  // TACHO_TESTS_CONFORMANCE_SCRIPT_H_
