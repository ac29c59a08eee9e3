// PreviewRulesOver: what the rules of a file would expose and answer over bodies, or
// over what a running server has.
//
// Ownership   Shares the rules.
// Cost        As PreviewRules; a server is asked once per rule and metric.
#ifndef TACHO_TOOLS_PREVIEW_H_
#define TACHO_TOOLS_PREVIEW_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "adapter/core/rule_preview.h"
#include "tools/command_line.h"

namespace tacho::tools {

inline constexpr size_t kMaxPreviewSeries = 200'000;  // of one selector

// --metrics BODY,... with --labels and --interval, or --adapter URL; neither: over nothing.
//   kFailedPrecondition the command line is wrong
//   others              as LoadBodies, or the server does not answer at all
absl::StatusOr<adapter::RulePreview> PreviewRulesOver(
    const CommandLine& line, const std::shared_ptr<const adapter::RuleSet>& rules);

// For people: a paragraph per rule. Or one line of JSON.
void PrintPreview(const adapter::RulePreview& preview);
std::string PreviewJson(const std::string& file, const adapter::RuleSet& rules,
                        const adapter::RulePreview& preview);

}  // namespace tacho::tools

#endif  // TACHO_TOOLS_PREVIEW_H_
