// The smallest program that embeds tacho: three pods, two scrapes of each 15 s apart,
// and how many requests a second each pod answers. Exits with 0 if the rates are right.
#include <cmath>
#include <cstdio>
#include <string>

#include "tacho/database.h"
#include "tacho/query_template.h"

int main() {
  const auto first = tacho::Timestamp::FromUnixMillis(1'700'000'000'000);
  const auto now = first + absl::Seconds(15);

  tacho::Database db({.retention = absl::Minutes(10)});
  for (int pod = 0; pod < 3; ++pod) {  // pod n answers 30 (n + 1) requests in 15 s
    auto target = db.AddTarget({{"namespace", "shop"}, {"pod", "web-" + std::to_string(pod)}});
    const std::string later = std::to_string(1000 + 30 * (pod + 1));
    target->Ingest("http_requests_total 1000\n", tacho::Exposition::kText, first).IgnoreError();
    target->Ingest("http_requests_total " + later + "\n", tacho::Exposition::kText, now)
        .IgnoreError();
  }

  auto rule = tacho::QueryTemplate::Parse(
      "sum(rate(<<.Series>>{<<.LabelMatchers>>}[30s])) by (<<.GroupBy>>)");
  auto text = rule->Expand({.series = "http_requests_total",
                            .label_matchers = {{"namespace", tacho::MatchOp::kEqual, {"shop"}}},
                            .group_by = {"pod"}});
  auto query = db.Prepare(*text);  // once; evaluate it as often as you like
  auto result = query->Evaluate(now);
  for (const auto& sample : result->samples()) {  // {pod="web-0"} 2.0 requests/s
    std::printf("%s %.1f requests/s\n", sample.labels().ToString().c_str(), sample.value);
  }

  int right = 0;
  for (const auto& sample : result->samples()) {
    right += std::abs(sample.value - 2.0 * (right + 1)) < 1e-9 ? 1 : 0;
  }
  return right == 3 ? 0 : 1;
}
