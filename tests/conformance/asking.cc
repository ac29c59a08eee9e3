#include "tests/conformance/asking.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace tacho::testing {

std::string ToText(const absl::StatusOr<QueryResult>& result) {
  if (!result.ok()) return result.status().ToString();
  if (result->type() == ResultType::kScalar) return absl::StrCat(result->scalar());
  if (result->samples().empty()) return "nothing";
  std::string out;
  for (const ResultSample& sample : result->samples()) {
    absl::StrAppend(&out, out.empty() ? "" : "; ", sample.labels().ToString(), " ", sample.value);
  }
  return out;
}

AskingDatabase::AskingDatabase(Options options) : db_(std::move(options)) {}

Target AskingDatabase::Add(const Labels& labels, const TargetOptions& options) {
  return db_.AddTarget(labels, options).value();
}

std::string AskingDatabase::Ask(const std::string& expr, int64_t at_ms) {
  if (!prepared_.contains(expr)) prepared_.emplace(expr, db_.Prepare(expr));
  const absl::StatusOr<Query>& query = prepared_.at(expr);
  const std::string answer = ToText(db_.Ask(expr, At(at_ms)));
  EXPECT_EQ(query.ok() ? ToText(query->Evaluate(At(at_ms))) : query.status().ToString(), answer)
      << expr << " prepared earlier, at " << at_ms << " ms";
  return answer;
}

void Scrape(Target& target, std::string_view body, int64_t at_ms) {
  const auto report = target.Ingest(body, Exposition::kText, At(at_ms));
  EXPECT_TRUE(report.ok()) << report.status();
}

}  // namespace tacho::testing
