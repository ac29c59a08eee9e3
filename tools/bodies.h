// Bodies: files of /metrics taken as scrapes of one target, so that a command can ask
// about them what it would ask a server.
//
// Order       By file; the clock starts at 0 and goes on by the interval.
// Limits      A body has at most the database's max_body_bytes.
#ifndef TACHO_TOOLS_BODIES_H_
#define TACHO_TOOLS_BODIES_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tacho/database.h"
#include "tacho/exposition.h"
#include "tacho/labels.h"
#include "tools/command_line.h"

namespace tacho::tools {

// --interval: between two bodies; 15s if it is not given.
//   kFailedPrecondition the flag is not right
absl::StatusOr<int64_t> IntervalMs(const CommandLine& line);

// OpenMetrics must end with # EOF, and nothing else may have it.
[[nodiscard]] Exposition GuessFormat(std::string_view body);

// What stands between the braces of a series: namespace="default",pod="a-1".
//   kInvalidArgument    it is not that
absl::StatusOr<Labels> ParseLabels(const std::string& text);

// Adds a target with these labels, its first scrape at time 0.
//   kInvalidArgument    file:line:column: a body that does not parse
//   others              as ReadInput and Target::Ingest
absl::Status LoadBodies(Database& db, const Labels& target_labels,
                        std::span<const std::string> files, int64_t interval_ms);

}  // namespace tacho::tools

#endif  // TACHO_TOOLS_BODIES_H_
