#include "tools/promqltest/eval_block.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "parser/promql_literal.h"
#include "storage/regex.h"
#include "tools/promqltest/series_line.h"

namespace tacho::promqltest {
namespace {

constexpr int64_t kMaxRegexBytes = 1 << 20;
// Of a range query, and of what is expected of one.
constexpr int64_t kMaxSteps = 1'000'000;

absl::Status Wrong(std::string_view what) { return absl::InvalidArgumentError(std::string(what)); }

// from A to B step S
absl::StatusOr<Steps> ParseSteps(Cursor& in) {
  constexpr std::string_view kForm = "a range is written: from 0 to 10m step 30s";
  int64_t times[3] = {};
  constexpr std::string_view kWords[3] = {"from", "to", "step"};
  for (size_t i = 0; i < 3; ++i) {
    if (in.Word() != kWords[i]) return Wrong(kForm);
    const std::optional<int64_t> time = ParseTime(in.Word());
    if (!time.has_value()) return Wrong(kForm);
    times[i] = *time;
  }
  const Steps steps{times[0], times[1], times[2]};
  if (steps.step_ms <= 0) return Wrong("the step must be above 0");
  if (steps.end_ms < steps.start_ms) return Wrong("a range must not end before it starts");
  if ((steps.end_ms - steps.start_ms) / steps.step_ms >= kMaxSteps) {
    return Wrong(absl::StrCat("over ", kMaxSteps, " steps"));
  }
  return steps;
}

absl::StatusOr<TextMatch> MatchPattern(std::string_view pattern) {
  TextMatch match;
  match.written = absl::StrCat("regex:", std::string(pattern));
  absl::StatusOr<std::unique_ptr<storage::Regex>> regex = storage::Regex::Compile(
      absl::StrCat("(?s:.*)(?:", std::string(pattern), ")(?s:.*)"), kMaxRegexBytes);
  if (!regex.ok()) return regex.status();
  match.regex = *std::move(regex);
  return match;
}

TextMatch MatchText(std::string_view text) {
  TextMatch match;
  match.written = absl::StrCat("msg:", std::string(text));
  match.text = std::string(text);
  return match;
}

// [msg:TEXT|regex:RE]
absl::StatusOr<TextMatch> ParseMatch(Cursor& in) {
  if (in.AtEnd()) return TextMatch();
  if (in.Accept("msg:")) return MatchText(Trim(in.rest()));
  if (in.Accept("regex:")) return MatchPattern(Trim(in.rest()));
  return Wrong("behind what is expected stands msg:TEXT, regex:RE or nothing");
}

absl::Status ExpectFail(absl::StatusOr<TextMatch> match, Eval& eval) {
  if (!match.ok()) return match.status();
  if (eval.failure_given) return Wrong("a second failure is expected");
  eval.fail = true;
  eval.failure_given = true;
  eval.failure = *std::move(match);
  return absl::OkStatus();
}

absl::Status ExpectAnnotation(Cursor& in, bool none, ExpectedAnnotations& annotations) {
  absl::StatusOr<TextMatch> match = ParseMatch(in);
  if (!match.ok()) return match.status();
  if (none) {
    annotations.none = true;
  } else {
    annotations.any_of.push_back(*std::move(match));
  }
  return absl::OkStatus();
}

absl::Status ExpectString(Cursor& in, Eval& eval) {
  std::optional<std::string> text = in.Quoted();
  in.SkipBlanks();
  if (!text.has_value() || !in.AtEnd()) return Wrong("expect string wants a quoted text");
  eval.string = std::move(text);
  return absl::OkStatus();
}

absl::Status ExpectRangeVector(Cursor& in, Eval& eval) {
  if (in.Word() != "vector") return Wrong("write: expect range vector from 0 to 10m step 30s");
  const absl::StatusOr<Steps> steps = ParseSteps(in);
  if (!steps.ok()) return steps.status();
  if (!in.AtEnd()) return Wrong("nothing may stand behind the step");
  eval.matrix = *steps;
  return absl::OkStatus();
}

absl::Status ParseExpect(Cursor& in, Eval& eval) {
  const std::string_view what = in.Word();
  if (what == "fail") return ExpectFail(ParseMatch(in), eval);
  if (what == "warn") return ExpectAnnotation(in, false, eval.warnings);
  if (what == "no_warn") return ExpectAnnotation(in, true, eval.warnings);
  if (what == "info") return ExpectAnnotation(in, false, eval.infos);
  if (what == "no_info") return ExpectAnnotation(in, true, eval.infos);
  if (what == "string") return ExpectString(in, eval);
  if (what == "range") return ExpectRangeVector(in, eval);
  if (what == "ordered") {
    eval.ordered = true;
    return in.AtEnd() ? absl::OkStatus() : Wrong("nothing may stand behind ordered");
  }
  return Wrong(absl::StrCat("cannot expect \"", std::string(what),
                            "\"; fail, warn, no_warn, info, no_info, ordered, string and range "
                            "vector can be"));
}

absl::Status AddSeries(std::string_view text, Eval& eval) {
  absl::StatusOr<SeriesLine> line = ParseSeriesLine(text);
  if (!line.ok()) return line.status();
  if (line->start_times) return Wrong("a result has no start times");
  if (!eval.range && !line->histograms && !eval.matrix.has_value() && line->values.size() != 1) {
    return Wrong(
        "an instant query gives one value a series; for a range vector write 'expect "
        "range vector from A to B step S' first");
  }
  eval.histograms |= line->histograms;
  eval.series.push_back({std::move(line->labels), std::move(line->values)});
  return absl::OkStatus();
}

// Besides a sample's value a hexadecimal number, whose x would repeat a sample.
std::optional<double> ParseScalar(std::string_view line) {
  if (const std::optional<double> value = ParseValue(line); value.has_value()) return value;
  const bool negative = line.starts_with('-');
  if (negative || line.starts_with('+')) line.remove_prefix(1);
  if (!line.starts_with("0x") && !line.starts_with("0X")) return std::nullopt;
  const absl::StatusOr<double> number = parser::ParseNumberLiteral(line);
  if (!number.ok()) return std::nullopt;
  return negative ? -*number : *number;
}

bool ApplyLegacy(std::string_view command, Eval& eval) {
  const std::string_view kind = command.substr(std::string_view("eval").size());
  if (kind == "_fail") eval.fail = true;
  if (kind == "_warn") eval.warnings.any_of.emplace_back();
  if (kind == "_info") eval.infos.any_of.emplace_back();
  if (kind == "_ordered") eval.ordered = true;
  return kind.empty() || kind == "_fail" || kind == "_warn" || kind == "_info" ||
         kind == "_ordered";
}

absl::Status CheckAnnotations(const ExpectedAnnotations& annotations, std::string_view kind) {
  if (!annotations.none || annotations.any_of.empty()) return absl::OkStatus();
  return Wrong(
      absl::StrCat("both ", std::string(kind), " and no_", std::string(kind), " are expected"));
}

}  // namespace

std::optional<int64_t> ParseTime(std::string_view word) {
  const std::optional<double> seconds = ParseValue(word);
  int64_t ms = 0;
  if (!seconds.has_value() || !parser::SecondsToMillis(*seconds, &ms)) return std::nullopt;
  constexpr int64_t kMost = int64_t{1} << 52;  // sums and tenfolds stay within 64 bits
  return ms > kMost || ms < -kMost ? std::nullopt : std::optional(ms);
}

absl::StatusOr<Eval> ParseEvalHead(std::string_view command, Cursor head) {
  Eval eval;
  if (!ApplyLegacy(command, eval)) {
    return Wrong(absl::StrCat("no command \"", std::string(command), "\""));
  }
  const std::string_view kind = head.Word();
  if (kind == "range") {
    eval.range = true;
    const absl::StatusOr<Steps> steps = ParseSteps(head);
    if (!steps.ok()) return steps.status();
    eval.steps = *steps;
  } else if (kind == "instant") {
    Cursor ahead = head;
    if (ahead.Word() == "at") {
      const std::optional<int64_t> time = ParseTime(ahead.Word());
      if (!time.has_value()) return Wrong("no time behind at: eval instant at 5m up");
      eval.steps = {*time, *time, 1};
      head = ahead;
    }
  } else {
    return Wrong("eval is followed by instant at TIME, or range from A to B step S");
  }
  eval.expr = std::string(head.rest());
  if (eval.expr.empty()) return Wrong("nothing to evaluate");
  return eval;
}

absl::Status ParseEvalLine(std::string_view line, Eval& eval) {
  Cursor in(line);
  Cursor ahead = in;
  const std::string_view word = ahead.Word();
  // A metric may be named expect; then a value stands behind it.
  if (word == "expect" && !ParseValue(ahead.rest()).has_value()) return ParseExpect(ahead, eval);
  if (word == "expected_fail_message") return ExpectFail(MatchText(ahead.rest()), eval);
  if (word == "expected_fail_regexp") return ExpectFail(MatchPattern(ahead.rest()), eval);
  const std::optional<double> scalar = ParseScalar(line);
  if (!scalar.has_value()) return AddSeries(line, eval);
  if (eval.scalar.has_value()) return Wrong("a second scalar is expected");
  eval.scalar = scalar;
  return absl::OkStatus();
}

bool NeedsNoMore(const Eval& eval) { return eval.scalar.has_value() || eval.failure_given; }

absl::Status CheckEval(const Eval& eval) {
  if (eval.range && eval.ordered) {
    return Wrong("the result of a range query is always sorted; ordered has no meaning");
  }
  if (eval.range && (eval.matrix.has_value() || eval.string.has_value())) {
    return Wrong("a range query gives neither a string nor a range vector");
  }
  const int kinds = static_cast<int>(!eval.series.empty() || eval.matrix.has_value()) +
                    static_cast<int>(eval.scalar.has_value()) +
                    static_cast<int>(eval.string.has_value());
  if (kinds > 1) return Wrong("series, a scalar and a string are expected at once");
  if (absl::Status status = CheckAnnotations(eval.warnings, "warn"); !status.ok()) return status;
  return CheckAnnotations(eval.infos, "info");
}

}  // namespace tacho::promqltest
