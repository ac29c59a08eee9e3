// The lines of an eval block, one at a time: its head says what is asked and when, the
// lines below it what must come of it.
//
// Units       Times are milliseconds; script text has durations or seconds.
#ifndef TACHO_TOOLS_PROMQLTEST_EVAL_BLOCK_H_
#define TACHO_TOOLS_PROMQLTEST_EVAL_BLOCK_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/promqltest/cursor.h"
#include "tools/promqltest/script.h"

namespace tacho::promqltest {

// 1m30s, -10, 0.5: a duration or seconds, with an optional sign.
std::optional<int64_t> ParseTime(std::string_view word);

// `command` is the first word, in lower case; `head` what stands behind it.
//   kInvalidArgument    says what an eval looks like
absl::StatusOr<Eval> ParseEvalHead(std::string_view command, Cursor head);

// Adds what one line expects.
//   kInvalidArgument    says what is wrong with it
absl::Status ParseEvalLine(std::string_view line, Eval& eval);

// Whether a line has said all that there is to say: a number, or how it fails in the older
// form. The next command may then follow at once.
bool NeedsNoMore(const Eval& eval);

// Whether the lines go together.
absl::Status CheckEval(const Eval& eval);

}  // namespace tacho::promqltest

#endif  // TACHO_TOOLS_PROMQLTEST_EVAL_BLOCK_H_
