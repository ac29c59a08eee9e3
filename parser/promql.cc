#include "parser/promql.h"

#include <optional>
#include <utility>

#include "parser/promql_builder.h"
#include "parser/promql_check.h"
#include "parser/promql_duration.h"
#include "parser/promql_error.h"
#include "parser/promql_grammar.h"
#include "parser/promql_lexer.h"

namespace tacho::parser {
namespace {

absl::Status TooLong(std::string_view text, const ParseLimits& limits) {
  return absl::ResourceExhaustedError("1:1: parse error: the query has " +
                                      std::to_string(text.size()) + " bytes, more than " +
                                      std::to_string(limits.max_bytes) + " (max_bytes)");
}

absl::Status TooDeep(std::string_view text, const Lexer& lexer, const ParseLimits& limits) {
  const std::string message =
      "( [ { nested more than " + std::to_string(limits.max_depth) + " deep (max_depth)";
  return ToStatus(text, {lexer.error_offset(), message, /*limit=*/true});
}

}  // namespace

absl::StatusOr<Ast> ParsePromql(std::string_view text, const ParseLimits& limits) {
  if (text.size() > limits.max_bytes || text.size() > UINT32_MAX) return TooLong(text, limits);
  Lexer lexer(text, limits.max_depth);
  lexer.Run();
  if (lexer.too_deep()) return TooDeep(text, lexer, limits);
  Ast ast{std::string(text)};
  Builder builder(lexer, limits, &ast);
  if (!ParseTokens(lexer.tokens(), &builder)) return ToStatus(text, builder.error());
  const std::optional<ParseError> error = CheckTypes(&ast);
  if (error) return ToStatus(text, *error);
  FoldDurations(&ast).IgnoreError();  // a matter of those who evaluate
  return ast;
}

}  // namespace tacho::parser
