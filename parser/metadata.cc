#include "parser/metadata.h"

#include <optional>

#include "parser/exposition_lexer.h"
#include "parser/replay_table.h"

namespace tacho::parser {
namespace {

std::optional<MetadataKind> KindOf(Token token) {
  switch (token) {
    case Token::kHelp:
      return MetadataKind::kHelp;
    case Token::kType:
      return MetadataKind::kType;
    case Token::kUnit:
      return MetadataKind::kUnit;
    default:
      return std::nullopt;
  }
}

// \\ and \n, and in OpenMetrics \"; any other backslash stands for itself.
std::string UnescapeHelp(std::string_view text, bool quotes) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == '\\' || next == 'n' || (quotes && next == '"')) {
      out.push_back(next == 'n' ? '\n' : next);
      ++i;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

void VisitOpening(std::string_view opening, Exposition format, MetadataVisitor visit) {
  ExpositionLexer lexer(opening, format);
  while (true) {
    if (lexer.text()) lexer.SkipNewlines();
    const Token token = lexer.Next();
    if (token == Token::kEof || token == Token::kInvalid) return;
    const std::optional<MetadataKind> kind = KindOf(token);
    if (!kind.has_value()) continue;
    if (lexer.Next() != Token::kMetricName) return;
    std::string_view name = lexer.Bytes();
    if (name.starts_with('"')) name = name.substr(1, name.size() - 2);
    if (lexer.Next() != Token::kText) return;
    // Without the space before it, and in OpenMetrics without the newline after it.
    std::string_view text = lexer.Bytes();
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    visit(*kind, name,
          *kind == MetadataKind::kHelp ? UnescapeHelp(text, !lexer.text()) : std::string(text));
  }
}

}  // namespace

void ForEachMetadata(const ReplayPlan& plan, MetadataVisitor visit) {
  const ReplayTable& table = plan.table();
  for (size_t run = 0; run < table.run_count(); ++run) {
    VisitOpening(table.opening(table.run(run)), table.format(), visit);
  }
}

}  // namespace tacho::parser
