#include "tools/promqltest/series_line.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "parser/promql_literal.h"
#include "tacho/sample.h"
#include "tools/promqltest/cursor.h"

namespace tacho::promqltest {
namespace {

constexpr std::string_view kStartTimes = "@st";

absl::Status Wrong(std::string_view what, std::string_view where) {
  constexpr size_t kShown = 60;
  return absl::InvalidArgumentError(where.empty()
                                        ? absl::StrCat(std::string(what), " at the end of the line")
                                        : absl::StrCat(std::string(what), " at \"",
                                                       std::string(where.substr(0, kShown)),
                                                       where.size() > kShown ? "...\"" : "\""));
}

bool IsWord(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

std::optional<double> Unsigned(std::string_view word) {
  if (word.empty()) return std::nullopt;
  if (IsWord(word, "inf")) return std::numeric_limits<double>::infinity();
  if (IsWord(word, "nan")) return NormalNan();
  if ((word.front() < '0' || word.front() > '9') && word.front() != '.') return std::nullopt;
  if (const auto number = parser::ParseNumberLiteral(word); number.ok()) return *number;
  if (const auto duration = parser::ParseDurationLiteral(word); duration.ok()) {
    return parser::DurationSeconds(*duration);
  }
  return std::nullopt;
}

// Reads a sign and a number. Nothing is read if no number stands there.
std::optional<double> Signed(Cursor& in) {
  Cursor ahead = in;
  const bool negative = ahead.Accept("-");
  if (!negative) ahead.Accept("+");
  const std::optional<double> value = Unsigned(ahead.Number());
  if (value.has_value()) in = ahead;
  return value.has_value() && negative ? -*value : value;
}

absl::Status ReadMatcher(Cursor& in, std::vector<Label>& labels) {
  std::optional<std::string> quoted = in.Quoted();
  const bool bare = !quoted.has_value();
  std::string name = bare ? std::string(in.Identifier(false)) : *std::move(quoted);
  if (name.empty()) return Wrong("no label name", in.rest());
  in.SkipBlanks();
  if (!in.Accept("=")) {
    if (bare) return Wrong("no = behind a label's name", in.rest());
    labels.push_back({std::string(kMetricNameLabel), std::move(name)});
    return absl::OkStatus();
  }
  in.SkipBlanks();
  std::optional<std::string> value = in.Quoted();
  if (!value.has_value()) return Wrong("no quoted value of a label", in.rest());
  labels.push_back({std::move(name), *std::move(value)});
  return absl::OkStatus();
}

absl::StatusOr<Labels> ReadLabels(Cursor& in) {
  std::vector<Label> labels;
  const std::string_view name = in.Identifier(true);
  if (!name.empty()) labels.push_back({std::string(kMetricNameLabel), std::string(name)});
  if (in.rest().starts_with(kStartTimes)) return Labels::Create(std::move(labels));
  const bool braces = !in.rest().starts_with("{{") && in.Accept("{");
  if (name.empty() && !braces) return Wrong("no series, such as m{a=\"b\"},", in.rest());
  while (braces) {
    in.SkipBlanks();
    if (in.Accept("}")) break;
    if (absl::Status status = ReadMatcher(in, labels); !status.ok()) return status;
    in.SkipBlanks();
    if (!in.Accept(",") && in.Peek() != '}') return Wrong("neither , nor }", in.rest());
  }
  return Labels::Create(std::move(labels));
}

// xN behind an item. False: it stands there, but is no count.
bool ReadTimes(Cursor& in, std::optional<size_t>* times) {
  if (!in.Accept("x")) return true;
  const std::string_view digits = in.Number();
  size_t n = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (error != std::errc() || end != digits.data() + digits.size()) return false;
  *times = n;
  return true;
}

class ItemReader {
 public:
  ItemReader(Cursor& in, SeriesLine& line) : in_(in), line_(line) {}

  absl::Status Read() {
    const std::string_view begin = in_.rest();
    if (in_.rest().starts_with("{{")) return Histogram();
    if (in_.Accept("_")) return Repeat(std::nullopt, 0, 0);
    if (line_.start_times && in_.Accept("*")) return Repeat(Last(), 0, 1);
    if (in_.Accept("stale")) return Repeat(StaleMarker(), 0, 1);
    const std::optional<double> value = Signed(in_);
    if (!value.has_value()) return Wrong("no sample", begin);
    if (in_.Peek() != '+' && in_.Peek() != '-') return Repeat(value, 0, 1);
    const std::optional<double> change = Signed(in_);
    if (!change.has_value()) return Wrong("no number to add", in_.rest());
    if (in_.Peek() != 'x') return Wrong("no xN behind a+b", in_.rest());
    return Repeat(value, *change, 1);
  }

 private:
  // The last start time that is known.
  [[nodiscard]] double Last() const {
    const auto known = std::ranges::find_if(line_.values.rbegin(), line_.values.rend(),
                                            [](const auto& value) { return value.has_value(); });
    return known == line_.values.rend() ? 0 : **known;
  }

  // xN is N more than `once`, of which a gap has none.
  absl::Status Repeat(std::optional<double> value, double change, size_t once) {
    std::optional<size_t> times;
    const std::string_view begin = in_.rest();
    if (!ReadTimes(in_, &times)) return Wrong("no count", begin);
    const size_t count = times.has_value() ? *times : 1 - once;
    if (count > kMaxItems || line_.values.size() + count + once > kMaxItems) {
      return absl::ResourceExhaustedError(absl::StrCat("over ", kMaxItems, " samples in one line"));
    }
    for (size_t i = 0; i < count + once; ++i) {
      line_.values.push_back(value);
      if (change != 0) *value += change;
    }
    return absl::OkStatus();
  }

  absl::Status Histogram() {
    line_.histograms = true;
    const std::string_view begin = in_.rest();
    if (!in_.SkipHistogram()) return Wrong("{{ without }}", begin);
    if (in_.Peek() == '+' || in_.Peek() == '-') {
      if (!in_.Accept("+")) in_.Accept("-");
      if (!in_.SkipHistogram()) return Wrong("no histogram to add", in_.rest());
    }
    return Repeat(std::nullopt, 0, 1);
  }

  Cursor& in_;
  SeriesLine& line_;
};

}  // namespace

std::optional<double> ParseValue(std::string_view word) {
  Cursor in(word);
  const std::optional<double> value = Signed(in);
  return in.AtEnd() ? value : std::nullopt;
}

absl::StatusOr<SeriesLine> ParseSeriesLine(std::string_view text) {
  Cursor in(Trim(text));
  absl::StatusOr<Labels> labels = ReadLabels(in);
  if (!labels.ok()) return labels.status();
  SeriesLine line;
  line.labels = *std::move(labels);
  line.start_times = in.Accept(kStartTimes);
  while (!in.AtEnd()) {
    if (!in.SkipBlanks()) return Wrong("no blank between two parts", in.rest());
    if (in.AtEnd()) break;
    if (absl::Status status = ItemReader(in, line).Read(); !status.ok()) return status;
  }
  return line;
}

}  // namespace tacho::promqltest
