#include "tacho/query_template.h"

#include <algorithm>
#include <utility>

#include "parser/promql_quote.h"
#include "parser/template.h"

namespace tacho {
namespace {

bool IsRegex(MatchOp op) { return op == MatchOp::kRegex || op == MatchOp::kNotRegex; }

std::string_view OpText(MatchOp op) {
  switch (op) {
    case MatchOp::kEqual:
      return "=";
    case MatchOp::kNotEqual:
      return "!=";
    case MatchOp::kRegex:
      return "=~";
    case MatchOp::kNotRegex:
      return "!~";
  }
  return "=";
}

// What Go's regexp.QuoteMeta escapes. A hyphen means nothing outside of [ ] and stays.
std::string EscapeRegex(std::string_view text) {
  constexpr std::string_view kMeta = "\\.+*?()|[]{}^$";
  std::string out;
  for (const char c : text) {
    if (kMeta.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string Join(const std::vector<std::string>& texts, char separator) {
  std::string out;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += separator;
    out += texts[i];
  }
  return out;
}

// pod=~"a|b"
std::string MatcherText(const TemplateMatcher& matcher) {
  std::vector<std::string> values = matcher.values;
  if (IsRegex(matcher.op)) {
    std::transform(values.begin(), values.end(), values.begin(), EscapeRegex);
  }
  return matcher.label + std::string(OpText(matcher.op)) + parser::QuoteText(Join(values, '|'));
}

absl::Status CheckMatcher(const TemplateMatcher& matcher) {
  if (matcher.label.empty()) {
    return absl::InvalidArgumentError("a label matcher has no label");
  }
  if (matcher.values.size() <= 1 || IsRegex(matcher.op)) return absl::OkStatus();
  return absl::InvalidArgumentError("the matcher of label " + parser::QuoteText(matcher.label) +
                                    " has " + std::to_string(matcher.values.size()) + " values; " +
                                    std::string(OpText(matcher.op)) + " takes one");
}

}  // namespace

QueryTemplate::QueryTemplate(std::shared_ptr<const parser::CompiledTemplate> compiled)
    : compiled_(std::move(compiled)) {}

absl::StatusOr<QueryTemplate> QueryTemplate::Parse(std::string_view text) {
  auto compiled = parser::CompiledTemplate::Parse(text);
  if (!compiled.ok()) return compiled.status();
  return QueryTemplate(*std::move(compiled));
}

absl::StatusOr<std::string> QueryTemplate::Expand(const TemplateArgs& args) const {
  parser::TemplateFields fields;
  fields.series = args.series;
  fields.group_by = Join(args.group_by, ',');
  fields.group_by_slice = args.group_by;
  std::vector<std::string> matchers;
  for (const TemplateMatcher& matcher : args.label_matchers) {
    if (absl::Status status = CheckMatcher(matcher); !status.ok()) return status;
    matchers.push_back(MatcherText(matcher));
    fields.label_values_by_name[matcher.label] = Join(matcher.values, '|');
  }
  fields.label_matchers = Join(matchers, ',');
  absl::StatusOr<std::string> query = compiled_->Run(fields);
  if (query.ok() && query->empty()) {
    return absl::InvalidArgumentError("empty query produced by metrics query template");
  }
  return query;
}

}  // namespace tacho
