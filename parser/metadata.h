// Metadata: what # HELP, # TYPE and # UNIT lines of a body say of metrics. A replay plan
// keeps those lines as they were, so nothing more is kept, and the steady path does
// nothing for them.
//
// Ownership   Looks at the plan.
// Cost        One pass over the lines between samples.
// Limits      Lines behind the last sample of a body are not in its plan.
#ifndef TACHO_PARSER_METADATA_H_
#define TACHO_PARSER_METADATA_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "parser/replay.h"

namespace tacho::parser {

enum class MetadataKind : uint8_t { kHelp, kType, kUnit };

// `text` is unescaped; both are valid during the call.
using MetadataVisitor =
    absl::FunctionRef<void(MetadataKind kind, std::string_view metric, std::string_view text)>;

// In the order of the body.
void ForEachMetadata(const ReplayPlan& plan, MetadataVisitor visit);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_METADATA_H_
