// The shared corpus of real metricsQuery templates, rendered.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <string>

#include "parser/template.h"
#include "tacho/query_template.h"
#include "tests/support/corpus.h"

namespace tacho {
namespace {

using ::tacho::testing::ReadTsv;

// The series that a seriesQuery names, by the rule that the corpus was rendered with:
// the name before the braces, that of __name__="..", or that of __name__=~".." if only
// ^ and $ surround it; else http_requests_total.
std::string SeriesOf(const std::string& query) {
  const std::string before = query.substr(0, query.find('{'));
  if (!before.empty()) return before;
  constexpr std::string_view kEqual = "__name__=\"";
  constexpr std::string_view kRegex = "__name__=~\"";
  std::string name;
  if (const size_t at = query.find(kEqual); at != std::string::npos) {
    name = query.substr(at + kEqual.size());
  } else if (const size_t regex = query.find(kRegex); regex != std::string::npos) {
    name = query.substr(regex + kRegex.size());
  }
  name = name.substr(0, name.find('"'));
  if (name.starts_with("^")) name.erase(0, 1);
  if (name.ends_with("$")) name.pop_back();
  const bool plain = name.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "0123456789_:") == std::string::npos;
  return plain && !name.empty() ? name : "http_requests_total";
}

TemplateArgs ArgsFor(const std::string& series_query) {
  TemplateArgs args;
  args.series = SeriesOf(series_query);
  args.group_by = {"pod"};
  args.label_matchers = {{"namespace", MatchOp::kEqual, {"default"}},
                         {"pod", MatchOp::kEqual, {"frontend-0"}}};
  return args;
}

absl::StatusOr<std::string> Render(const std::string& text, const TemplateArgs& args) {
  const auto compiled = QueryTemplate::Parse(text);
  return compiled.ok() ? compiled->Expand(args) : compiled.status();
}

// One rule file of the corpus asks for a value that is not among its matchers.
absl::StatusOr<std::string> RenderWithService(const std::string& text, const TemplateArgs& args) {
  const auto compiled = parser::CompiledTemplate::Parse(text);
  if (!compiled.ok()) return compiled.status();
  return (*compiled)->Run(
      {.series = args.series,
       .label_matchers = "namespace=\"default\",pod=\"frontend-0\"",
       .label_values_by_name = {{"namespace", "default"}, {"service", "frontend"}},
       .group_by = "pod",
       .group_by_slice = {"pod"}});
}

TEST(TemplateCorpusTest, RealTemplatesRenderByteForByte) {
  TACHO_REQUIRE_CORPUS();
  std::map<std::string, std::string> expanded;
  for (const auto& row : ReadTsv("metricsqueries-expanded.tsv")) {
    expanded[row.at(0) + " " + row.at(1)] = row.at(2);
  }
  int rendered = 0;
  for (const auto& row : ReadTsv("metricsqueries.tsv")) {
    const TemplateArgs args = ArgsFor(row.at(4));
    const bool with_service = row.at(0).starts_with("142.");
    const auto query = with_service ? RenderWithService(row.at(3), args) : Render(row.at(3), args);
    ASSERT_TRUE(query.ok()) << row.at(0) << ": " << query.status();
    EXPECT_EQ(*query, expanded[row.at(0) + " " + row.at(2)]) << row.at(0);
    ++rendered;
  }
  std::printf("%d templates\n", rendered);
  EXPECT_GT(rendered, 150);
}

}  // namespace
}  // namespace tacho
