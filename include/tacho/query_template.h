// QueryTemplate: the metricsQuery of a prometheus-adapter rule, a Go template
// with << and >> that makes PromQL for one request.
//
//   auto t = QueryTemplate::Parse(
//       "sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)");
//   t->Expand({.series = "http_requests_total",
//              .label_matchers = {{"namespace", MatchOp::kEqual, {"ms-test"}}},
//              .group_by = {"pod"}});
//
// Threads     Immutable after Parse.
// Limits      The fields .Series .LabelMatchers .LabelValuesByName .GroupBy
//             .GroupBySlice; index, range, if/else, printf %s %q %v %d, len, eq, ne,
//             not, and, or; variables of range; trim markers; comments. Anything else
//             is refused by Parse, with line and column.
#ifndef TACHO_QUERY_TEMPLATE_H_
#define TACHO_QUERY_TEMPLATE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tacho/export.h"

namespace tacho {

namespace parser {
class CompiledTemplate;
}

enum class MatchOp : uint8_t {
  kEqual,     // =
  kNotEqual,  // !=
  kRegex,     // =~
  kNotRegex,  // !~
};

// One label matcher of a request. Several values stand for "any of" (kRegex) or
// "none of" (kNotRegex) and are joined by |; values are plain text, and a value
// used in a regex is escaped, so that a dot in a pod's name matches a dot only.
struct TemplateMatcher {
  std::string label;
  MatchOp op = MatchOp::kEqual;
  std::vector<std::string> values;
};

struct TemplateArgs {
  std::string series;
  std::vector<TemplateMatcher> label_matchers;  // in the order they shall be written
  std::vector<std::string> group_by;
};

class TACHO_EXPORT QueryTemplate {
 public:
  //   kInvalidArgument    "line:column: what is wrong"; the template needs mending
  [[nodiscard]] static absl::StatusOr<QueryTemplate> Parse(std::string_view text);

  //   kInvalidArgument    the template cannot be run with these arguments, or gives
  //                       an empty query
  //   kResourceExhausted  the query would be over 64 KiB
  [[nodiscard]] absl::StatusOr<std::string> Expand(const TemplateArgs& args) const;

 private:
  explicit QueryTemplate(std::shared_ptr<const parser::CompiledTemplate> compiled);
  std::shared_ptr<const parser::CompiledTemplate> compiled_;
};

}  // namespace tacho

#endif  // TACHO_QUERY_TEMPLATE_H_
