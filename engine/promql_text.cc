// FormatPromql and PromqlToJson: the public door to what the parser can print.
#include "engine/parse_limits.h"
#include "parser/promql.h"
#include "parser/promql_json.h"
#include "tacho/promql.h"

namespace tacho {

absl::StatusOr<std::string> FormatPromql(std::string_view promql, const Options& options) {
  const absl::StatusOr<parser::Ast> ast =
      parser::ParsePromql(promql, engine::ParseLimitsOf(options));
  if (!ast.ok()) return ast.status();
  return parser::PrettyPromql(*ast);
}

absl::StatusOr<std::string> PromqlToJson(std::string_view promql, const Options& options) {
  const absl::StatusOr<parser::Ast> ast =
      parser::ParsePromql(promql, engine::ParseLimitsOf(options));
  if (!ast.ok()) return ast.status();
  return parser::PromqlJson(*ast);
}

}  // namespace tacho
