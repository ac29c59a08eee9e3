// RunScript: a script's evaluations, each with its verdict.
//
// An instant evaluation is asked several times, as Prometheus' own runner does: as it is
// written, and, unless a function in it depends on the time of asking, with its selectors
// pinned (pinned.h) at other times: -10t, 0, t/5, t and 10t for an evaluation at t, or
// -1 s, 0 and 1 s for one at 0. Each of these is asked again as the middle of a range of
// three steps a minute apart. All must give what the script says.
//
// A query that touches native histograms is unsupported, never passed.
//
// Threads     Scripts may be run in parallel; a run is of one thread.
#ifndef TACHO_TOOLS_PROMQLTEST_RUNNER_H_
#define TACHO_TOOLS_PROMQLTEST_RUNNER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace tacho::promqltest {

enum class Verdict : uint8_t { kPassed, kFailed, kUnsupported };
// "passed", "failed", "unsupported".
std::string_view VerdictName(Verdict verdict);

struct Outcome {
  int line = 0;
  std::string expr;
  Verdict verdict = Verdict::kPassed;
  std::string reason;  // empty if it passed
};

struct ScriptReport {
  std::vector<Outcome> outcomes;  // in the order of the script
  // "line: what is wrong": the script is malformed or a sample in it was refused; nothing
  // after that was run. Empty if all of it was.
  std::string fault;
};

ScriptReport RunScript(std::string_view text);

}  // namespace tacho::promqltest

#endif  // TACHO_TOOLS_PROMQLTEST_RUNNER_H_
