#include <array>
#include <iostream>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tacho/database.h"
#include "tools/answer.h"
#include "tools/bodies.h"
#include "tools/command_line.h"
#include "tools/commands.h"
#include "tools/fixes.h"
#include "tools/promqltest/eval_block.h"
#include "tools/remote.h"

namespace tacho::tools {
namespace {

absl::Status Usage(const std::string& what) { return absl::FailedPreconditionError(what); }

// A flag's time, or `fallback` if it is not given.
absl::StatusOr<Timestamp> TimeFlag(const CommandLine& line, const std::string& flag,
                                   Timestamp fallback) {
  if (!line.Has(flag)) return fallback;
  const std::optional<int64_t> ms = promqltest::ParseTime(line.Get(flag, ""));
  if (!ms.has_value()) return Usage(absl::StrCat("--", flag, " takes seconds or a duration"));
  return Timestamp::FromUnixMillis(*ms);
}

absl::StatusOr<QueryResult> Ask(const tacho::Query& query, bool range, const CommandLine& line,
                                int64_t interval_ms, Timestamp last) {
  if (!range) {
    const auto time = TimeFlag(line, "time", last);
    if (!time.ok()) return time.status();
    return query.Evaluate(*time);
  }
  const auto start = TimeFlag(line, "start", Timestamp());
  if (!start.ok()) return start.status();
  const auto end = TimeFlag(line, "end", last);
  if (!end.ok()) return end.status();
  const auto step = TimeFlag(line, "step", Timestamp::FromUnixMillis(interval_ms));
  if (!step.ok()) return step.status();
  return query.EvaluateRange({.start = *start, .end = *end, .step = *step - Timestamp()});
}

// Words are: instant or range, the expression, the files.
absl::StatusOr<Answer> AskFiles(const CommandLine& line) {
  const absl::StatusOr<int64_t> interval_ms = IntervalMs(line);
  if (!interval_ms.ok()) return interval_ms.status();
  const std::span<const std::string> files = std::span(line.words).subspan(2);
  if (files.empty()) return Usage("give at least one file with a body, or --url");
  const int64_t span_ms = *interval_ms * static_cast<int64_t>(files.size());
  constexpr int kSlackHours = 24 * 30;  // windows may reach back before the first body
  Options options{.retention = absl::Hours(kSlackHours) + absl::Milliseconds(span_ms)};
  options.promql = FeaturesFor(line);
  Database db(options);
  const Labels labels = {{"instance", "file"}};
  if (absl::Status loaded = LoadBodies(db, labels, files, *interval_ms); !loaded.ok()) {
    return loaded;
  }
  const absl::StatusOr<tacho::Query> query = db.Prepare(line.words[1]);
  if (!query.ok()) {
    return absl::InvalidArgumentError(
        PlacedFault("expression", std::string(query.status().message())));
  }
  const auto last = Timestamp::FromUnixMillis(span_ms - *interval_ms);
  const auto result = Ask(*query, line.words[0] == "range", line, *interval_ms, last);
  if (!result.ok()) return result.status();
  return AnswerOf(*result);
}

absl::StatusOr<Answer> AskServer(const CommandLine& line) {
  if (line.words.size() > 2) return Usage("give files or --url, not both");
  RemoteQuery query{.url = line.Get("url", ""),
                    .range = line.words[0] == "range",
                    .parameters = {{"query", line.words[1]}}};
  for (const char* flag : {"time", "start", "end", "step"}) {
    if (line.Has(flag)) query.parameters.emplace_back(flag, line.Get(flag, ""));
  }
  if (query.range && !(line.Has("start") && line.Has("end") && line.Has("step"))) {
    return Usage("a range query of a server wants --start, --end and --step");
  }
  return AskRemote(query);
}

absl::StatusOr<CommandLine> ParseQueryLine(std::span<const std::string> args) {
  static constexpr std::array<std::string_view, 6> kFlags = {"interval", "time", "start",
                                                             "end",      "step", "url"};
  static constexpr std::array<std::string_view, 1> kSwitches = {"experimental"};
  absl::StatusOr<CommandLine> line = ParseCommandLine(args, kFlags, kSwitches);
  if (!line.ok()) return Usage(std::string(line.status().message()));
  if (line->words.size() < 2 || (line->words[0] != "instant" && line->words[0] != "range")) {
    return Usage("write: query instant EXPRESSION BODY..., or query range ...");
  }
  const bool range = line->words[0] == "range";
  for (const char* flag : {"start", "end", "step"}) {
    if (!range && line->Has(flag)) return Usage(absl::StrCat("--", flag, " is for query range"));
  }
  if (range && line->Has("time")) return Usage("--time is for query instant");
  return line;
}

int Fail(const absl::Status& status) {
  const bool usage = absl::IsFailedPrecondition(status);
  const std::string message(status.message());
  std::cerr << (usage ? "tachotool query: " : "") << message << "\n";
  const std::string fix = usage ? "" : SuggestFix(message);
  if (!fix.empty()) std::cerr << "  fix: " << fix << "\n";
  return usage ? 2 : 1;
}

}  // namespace

int Query(std::span<const std::string> args) {
  const absl::StatusOr<CommandLine> line = ParseQueryLine(args);
  if (!line.ok()) return Fail(line.status());
  const absl::StatusOr<Answer> answer = line->Has("url") ? AskServer(*line) : AskFiles(*line);
  if (!answer.ok()) return Fail(answer.status());
  Print(*answer);
  return 0;
}

}  // namespace tacho::tools
