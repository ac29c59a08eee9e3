#include <array>
#include <charconv>
#include <iostream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "parser/number.h"
#include "tacho/database.h"
#include "tools/command_line.h"
#include "tools/commands.h"

namespace tacho::tools {
namespace {

constexpr int64_t kStartMs = 1'000'000'000'000;  // of the first body; any time would do

int64_t Seconds(const std::string& text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && at == end && value > 0 && value <= 86'400 ? value : 0;
}

// The bodies as scrapes of one target, the given number of seconds apart.
absl::Status Load(Database& db, std::span<const std::string> files, int64_t interval_s) {
  absl::StatusOr<Target> target = db.AddTarget({{"instance", "file"}});
  if (!target.ok()) return target.status();
  int64_t at_ms = kStartMs;
  for (const std::string& file : files) {
    const auto body = ReadInput(file, db.options().storage.max_body_bytes);
    if (!body.ok()) return body.status();
    const auto format = body->ends_with("# EOF\n") ? Exposition::kOpenMetrics : Exposition::kText;
    const auto report = target->Ingest(*body, format, Timestamp::FromUnixMillis(at_ms));
    if (!report.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(file, ":", std::string(report.status().message())));
    }
    at_ms += interval_s * 1000;
  }
  return absl::OkStatus();
}

void Print(const QueryResult& result) {
  if (result.type() == ResultType::kScalar) {
    std::cout << parser::FormatFloat(result.scalar()) << "\n";
  } else if (result.type() == ResultType::kString) {
    std::cout << result.string() << "\n";
  }
  for (const ResultSample& sample : result.samples()) {
    std::cout << sample.labels().ToString() << " " << parser::FormatFloat(sample.value) << "\n";
  }
}

}  // namespace

int Query(std::span<const std::string> args) {
  static constexpr std::array<std::string_view, 1> kFlags = {"interval"};
  const auto line = ParseCommandLine(args, kFlags);
  if (!line.ok() || line->words.size() < 2) {
    std::cerr << "tachotool query: "
              << (line.ok() ? "give an expression and at least one body" : line.status().message())
              << "\n";
    return 2;
  }
  const int64_t interval_s = Seconds(line->Get("interval", "15"));
  if (interval_s == 0) {
    std::cerr << "tachotool query: --interval takes whole seconds, 1 to 86400\n";
    return 2;
  }
  const std::span<const std::string> files = std::span(line->words).subspan(1);
  const int64_t span_s = interval_s * static_cast<int64_t>(files.size());
  Database db({.retention = absl::Minutes(10) + absl::Seconds(span_s)});
  absl::Status loaded = Load(db, files, interval_s);
  if (!loaded.ok()) {
    std::cerr << loaded.message() << "\n";
    return 1;
  }
  const Timestamp last = Timestamp::FromUnixMillis(kStartMs) + absl::Seconds(span_s - interval_s);
  const auto result = db.Ask(line->words.front(), last);
  if (!result.ok()) {
    std::cerr << "expression:" << result.status().message() << "\n";
    return 1;
  }
  Print(*result);
  return 0;
}

}  // namespace tacho::tools
