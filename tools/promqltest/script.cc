#include "tools/promqltest/script.h"

#include <cctype>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "parser/promql_literal.h"
#include "parser/promql_quote.h"
#include "storage/regex.h"
#include "tools/promqltest/cursor.h"
#include "tools/promqltest/eval_block.h"

namespace tacho::promqltest {
namespace {

// The text as lines; a comment is a blank line.
std::vector<std::string_view> SplitLines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = Trim(text.substr(0, end));
    if (line.starts_with("#")) line = {};
    lines.push_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string Lower(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

// Of a load: the start times that lines gave.
struct LoadStarts {
  // For the series in the line behind; line 0: none.
  int line = 0;
  SeriesLine next;
  // For series that have none of their own, over and over; empty: none.
  std::vector<std::optional<double>> others;
};

using Offsets = std::vector<std::optional<int64_t>>;

absl::StatusOr<Offsets> OffsetsOf(const std::vector<std::optional<double>>& seconds) {
  Offsets offsets;
  for (const std::optional<double>& one : seconds) {
    int64_t ms = 0;
    if (one.has_value() && !parser::SecondsToMillis(*one, &ms)) {
      return absl::InvalidArgumentError("a start time is out of range");
    }
    offsets.push_back(one.has_value() ? std::optional(ms) : std::nullopt);
  }
  return offsets;
}

absl::StatusOr<Offsets> StartOffsets(const SeriesLine& starts, const SeriesLine& series) {
  if (starts.labels != series.labels) {
    return absl::InvalidArgumentError(
        absl::StrCat("start times of ", starts.labels.ToString(), " stand before another series, ",
                     series.labels.ToString(), ": put them on the line before their own"));
  }
  if (starts.values.size() != series.values.size()) {
    return absl::InvalidArgumentError(absl::StrCat(starts.values.size(), " start times for ",
                                                   series.values.size(),
                                                   " samples: give one each, or _"));
  }
  return OffsetsOf(starts.values);
}

// The start times of a series that has none of its own.
absl::StatusOr<Offsets> RepeatedOffsets(const std::vector<std::optional<double>>& starts,
                                        size_t samples) {
  std::vector<std::optional<double>> seconds;
  for (size_t i = 0; i < samples && !starts.empty(); ++i) {
    seconds.push_back(starts[i % starts.size()]);
  }
  return OffsetsOf(seconds);
}

// Whether a line begins the next command though no blank line is before it.
bool IsCommand(std::string_view line) {
  const std::string word = Lower(Cursor(line).Word());
  return word == "clear" || word.starts_with("load") || word.starts_with("eval");
}

class ScriptParser {
 public:
  explicit ScriptParser(std::string_view text) : lines_(SplitLines(text)) {}

  absl::StatusOr<Script> Run() {
    while (at_ < lines_.size()) {
      if (lines_[at_].empty()) {
        ++at_;
        continue;
      }
      absl::Status status = Block();
      if (!status.ok()) {
        return absl::Status(status.code(),
                            absl::StrCat(at_ + 1, ": ", std::string(status.message())));
      }
    }
    return std::move(script_);
  }

 private:
  [[nodiscard]] int Line() const { return static_cast<int>(at_) + 1; }
  [[nodiscard]] bool InBlock() const { return at_ < lines_.size() && !lines_[at_].empty(); }

  absl::Status Block() {
    Cursor head(lines_[at_]);
    const std::string command = Lower(head.Word());
    if (command == "clear") return ClearBlock(head);
    if (command == "load" || command == "load_with_nhcb") {
      return LoadBlock(head, command != "load");
    }
    if (command.starts_with("eval")) return EvalBlock(command, head);
    return absl::InvalidArgumentError(
        absl::StrCat("no command \"", std::string(lines_[at_].substr(0, 60)),
                     "\"; clear, load and eval are, and a blank line ends a block"));
  }

  absl::Status ClearBlock(const Cursor& head) {
    if (!head.AtEnd() && head.Peek() != '#') {
      return absl::InvalidArgumentError("clear stands alone on its line");
    }
    script_.commands.emplace_back(Clear());
    ++at_;
    return absl::OkStatus();
  }

  absl::Status LoadBlock(Cursor head, bool with_nhcb) {
    Load load;
    load.line = Line();
    load.with_nhcb = with_nhcb;
    const std::optional<int64_t> step = ParseTime(head.Word());
    if (!step.has_value() || *step <= 0 || !head.AtEnd()) {
      return absl::InvalidArgumentError("load wants the time between two samples: load 30s");
    }
    load.step_ms = *step;
    LoadStarts starts;
    for (++at_; InBlock(); ++at_) {
      if (absl::Status status = LoadLine(load, starts); !status.ok()) return status;
    }
    if (starts.line != 0) {
      at_ = static_cast<size_t>(starts.line) - 1;
      return absl::InvalidArgumentError("no series behind its start times");
    }
    script_.commands.emplace_back(std::move(load));
    return absl::OkStatus();
  }

  absl::Status LoadLine(Load& load, LoadStarts& starts) {
    absl::StatusOr<SeriesLine> line = ParseSeriesLine(lines_[at_]);
    if (!line.ok()) return line.status();
    points_ += line->values.size();
    if (points_ > kMaxPoints) {
      return absl::ResourceExhaustedError(absl::StrCat("over ", kMaxPoints, " samples in all"));
    }
    if (line->start_times) {
      if (starts.line != 0) return absl::InvalidArgumentError("two lines of start times");
      if (line->labels.empty()) {
        starts.others = std::move(line->values);
      } else {
        starts.line = Line();
        starts.next = *std::move(line);
      }
      return absl::OkStatus();
    }
    LoadedSeries series;
    series.line = Line();
    auto offsets = starts.line != 0 ? StartOffsets(starts.next, *line)
                                    : RepeatedOffsets(starts.others, line->values.size());
    if (!offsets.ok()) return offsets.status();
    series.starts_ms = *std::move(offsets);
    starts.line = 0;
    series.histograms = line->histograms;
    series.values = std::move(line->values);
    load.series.insert_or_assign(std::move(line->labels), std::move(series));
    return absl::OkStatus();
  }

  absl::Status EvalBlock(const std::string& command, const Cursor& head) {
    absl::StatusOr<Eval> eval = ParseEvalHead(command, head);
    if (!eval.ok()) return eval.status();
    eval->line = Line();
    for (++at_; InBlock(); ++at_) {
      if (NeedsNoMore(*eval) && IsCommand(lines_[at_])) break;
      if (absl::Status status = ParseEvalLine(lines_[at_], *eval); !status.ok()) return status;
    }
    if (absl::Status status = CheckEval(*eval); !status.ok()) {
      at_ = static_cast<size_t>(eval->line) - 1;
      return status;
    }
    if (eval->matrix.has_value()) eval->steps.start_ms = eval->matrix->end_ms;
    script_.commands.emplace_back(*std::move(eval));
    return absl::OkStatus();
  }

  const std::vector<std::string_view> lines_;
  size_t at_ = 0;  // the line being read, from 0
  size_t points_ = 0;
  Script script_;
};

// As Go's regular expressions read a text: what is not UTF-8 is U+FFFD. RE2 finds nothing
// in such a text.
std::string ValidUtf8(std::string_view text) {
  std::string valid;
  while (!text.empty()) {
    const parser::Rune rune = parser::DecodeRune(text);
    parser::AppendRune(rune.code, &valid);
    text.remove_prefix(rune.width);
  }
  return valid;
}

}  // namespace

bool TextMatch::Matches(std::string_view message) const {
  if (text.has_value()) return message == *text;
  return regex == nullptr || regex->Matches(ValidUtf8(message));
}

absl::StatusOr<Script> Script::Parse(std::string_view text) { return ScriptParser(text).Run(); }

}  // namespace tacho::promqltest
