#include "tools/bodies.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "parser/exposition_parser.h"
#include "tools/fixes.h"
#include "tools/promqltest/eval_block.h"

namespace tacho::tools {

absl::StatusOr<int64_t> IntervalMs(const CommandLine& line) {
  constexpr int64_t kDayMs = 86'400'000;
  const std::optional<int64_t> ms = promqltest::ParseTime(line.Get("interval", "15s"));
  if (ms.has_value() && *ms > 0 && *ms <= kDayMs) return *ms;
  return absl::FailedPreconditionError(
      "--interval takes seconds or a duration, above 0 and up to a day");
}

Exposition GuessFormat(std::string_view body) {
  const bool eof = body.ends_with("# EOF\n") || body.ends_with("# EOF");
  return eof ? Exposition::kOpenMetrics : Exposition::kText;
}

absl::StatusOr<Labels> ParseLabels(const std::string& text) {
  const std::string body = "x{" + text + "} 1\n";
  parser::ExpositionParser parser(body, Exposition::kText);
  parser::ParsedSample sample;
  std::vector<Label> labels;
  if (parser.Next(&sample) && sample.metric == "x") {
    for (const parser::LabelRef& label : sample.labels) {
      labels.push_back({std::string(label.name), std::string(label.value)});
    }
    if (!parser.Next(&sample) && parser.status().ok()) return Labels::Create(std::move(labels));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("not labels: ", text, "; write them as namespace=\"default\",pod=\"a-1\""));
}

absl::Status LoadBodies(Database& db, const Labels& target_labels,
                        std::span<const std::string> files, int64_t interval_ms) {
  absl::StatusOr<Target> target = db.AddTarget(target_labels);
  if (!target.ok()) return target.status();
  int64_t at_ms = 0;
  for (const std::string& file : files) {
    const auto body = ReadInput(file, db.options().storage.max_body_bytes);
    if (!body.ok()) return body.status();
    const auto report = target->Ingest(*body, GuessFormat(*body), Timestamp::FromUnixMillis(at_ms));
    if (!report.ok()) {
      return absl::InvalidArgumentError(PlacedFault(file, std::string(report.status().message())));
    }
    at_ms += interval_ms;
  }
  return absl::OkStatus();
}

}  // namespace tacho::tools
