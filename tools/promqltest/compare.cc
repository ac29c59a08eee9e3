#include "tools/promqltest/compare.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "parser/number.h"
#include "parser/promql_literal.h"
#include "parser/promql_quote.h"
#include "tacho/sample.h"

namespace tacho::promqltest {
namespace {

constexpr size_t kMaxShown = 20;  // series, or points of one

std::string ValueText(std::optional<double> value) {
  if (!value.has_value()) return "_";
  return IsStaleMarker(*value) ? "stale" : parser::FormatFloat(*value);
}

// A list of lines under a heading; the tail of a long one is counted only.
std::string Listing(std::string_view heading, const std::vector<std::string>& lines) {
  std::string out = absl::StrCat(std::string(heading), lines.empty() ? " nothing" : "");
  for (size_t i = 0; i < std::min(lines.size(), kMaxShown); ++i) {
    out += absl::StrCat("\n  ", lines[i]);
  }
  if (lines.size() > kMaxShown) out += absl::StrCat("\n  and ", lines.size() - kMaxShown, " more");
  return out;
}

std::string Differs(const std::vector<std::string>& expected, const std::vector<std::string>& got) {
  return absl::StrCat(Listing("expected", expected), "\n", Listing("got", got));
}

// A series as the comparisons see it: points by time.
struct SeriesPoints {
  Labels labels;
  std::vector<Point> points;
};

std::string PointsText(const SeriesPoints& series, bool times) {
  std::string out = series.labels.ToString();
  size_t shown = 0;
  for (const Point& point : series.points) {
    if (++shown > kMaxShown) {
      return absl::StrCat(out, " and ", series.points.size() - kMaxShown, " more");
    }
    out += " " + ValueText(point.value);
    if (times) out += "@" + parser::FormatTimestamp(point.time.unix_millis());
  }
  return out;
}

std::vector<std::string> Texts(const std::vector<SeriesPoints>& all, bool times) {
  std::vector<std::string> texts;
  for (const SeriesPoints& series : all) texts.push_back(PointsText(series, times));
  return texts;
}

bool SamePoints(const SeriesPoints& a, const SeriesPoints& b) {
  return std::ranges::equal(a.points, b.points, [](const Point& x, const Point& y) {
    return x.time == y.time && AlmostEqual(x.value, y.value);
  });
}

bool SameInOrder(const std::vector<SeriesPoints>& a, const std::vector<SeriesPoints>& b) {
  return std::ranges::equal(a, b, [](const SeriesPoints& x, const SeriesPoints& y) {
    return x.labels == y.labels && SamePoints(x, y);
  });
}

std::vector<SeriesPoints> Sorted(std::vector<SeriesPoints> all) {
  std::ranges::stable_sort(all, {}, &SeriesPoints::labels);
  return all;
}

// The expected series, gaps left out; the last of those that are given twice.
std::vector<SeriesPoints> Expected(const Eval& eval, const Steps& steps) {
  std::vector<SeriesPoints> all;
  for (const ExpectedSeries& series : eval.series) {
    SeriesPoints points{series.labels, {}};
    for (size_t i = 0; i < series.values.size(); ++i) {
      const int64_t ms = steps.start_ms + static_cast<int64_t>(i) * steps.step_ms;
      if (!series.values[i].has_value()) continue;
      points.points.push_back({Timestamp::FromUnixMillis(ms), *series.values[i]});
    }
    std::erase_if(all, [&](const SeriesPoints& other) { return other.labels == series.labels; });
    if (!points.points.empty()) all.push_back(std::move(points));
  }
  return all;
}

std::vector<SeriesPoints> Matrix(const QueryResult& result) {
  std::vector<SeriesPoints> all;
  for (const ResultSeries& series : result.series()) {
    all.push_back({series.labels(), {series.points().begin(), series.points().end()}});
  }
  return all;
}

// The vector at one instant; its time is that of the evaluation, whatever it is.
std::vector<SeriesPoints> Vector(const QueryResult& result, const Eval& eval) {
  const auto time = Timestamp::FromUnixMillis(eval.steps.start_ms);
  std::vector<SeriesPoints> all;
  for (const ResultSample& sample : result.samples()) {
    all.push_back({sample.labels(), {{time, sample.value}}});
  }
  return all;
}

std::string CompareVector(const Eval& eval, const std::vector<SeriesPoints>& got) {
  const std::vector<SeriesPoints> expected = Expected(eval, eval.steps);
  const bool same =
      eval.ordered ? SameInOrder(expected, got) : SameInOrder(Sorted(expected), Sorted(got));
  if (same) return "";
  return Differs(Texts(expected, false), Texts(got, false)) +
         (eval.ordered ? "\nin this order" : "");
}

std::string CompareMatrix(const Eval& eval, const Steps& steps, const QueryResult& result) {
  const std::vector<SeriesPoints> got = Matrix(result);
  if (!std::ranges::is_sorted(got, {}, &SeriesPoints::labels)) {
    return Listing("the result is not sorted by its labels:", Texts(got, true));
  }
  const std::vector<SeriesPoints> expected = Expected(eval, steps);
  if (SameInOrder(Sorted(expected), got)) return "";
  return Differs(Texts(expected, true), Texts(got, true));
}

std::string CompareScalar(const Eval& eval, double got) {
  if (!eval.scalar.has_value()) {
    return absl::StrCat("expected no scalar\ngot the scalar ", ValueText(got));
  }
  if (AlmostEqual(*eval.scalar, got)) return "";
  return Differs({ValueText(*eval.scalar)}, {ValueText(got)});
}

std::string CompareString(const Eval& eval, const std::string& got) {
  if (eval.string == got) return "";
  return absl::StrCat("expected ",
                      eval.string.has_value() ? parser::QuoteText(*eval.string) : "no string",
                      "\ngot the string ", parser::QuoteText(got));
}

// What the script says that is no series.
std::string OtherTypeExpected(const Eval& eval, std::string_view got) {
  if (eval.scalar.has_value()) {
    return absl::StrCat("expected the scalar ", ValueText(*eval.scalar), "\ngot ",
                        std::string(got));
  }
  if (eval.string.has_value()) {
    return absl::StrCat("expected the string ", parser::QuoteText(*eval.string), "\ngot ",
                        std::string(got));
  }
  return "";
}

std::string CompareRangeVector(const Eval& eval, const QueryResult& result) {
  if (std::string other = OtherTypeExpected(eval, "a range vector"); !other.empty()) return other;
  if (!eval.matrix.has_value()) {
    return "the result is a range vector; write 'expect range vector from A to B step S'";
  }
  return CompareMatrix(eval, *eval.matrix, result);
}

}  // namespace

bool AlmostEqual(double a, double b) {
  constexpr double kTolerance = 1e-6;
  constexpr double kLeast = std::numeric_limits<double>::min();  // the least that is normal
  if (IsStaleMarker(a) || IsStaleMarker(b)) return IsStaleMarker(a) && IsStaleMarker(b);
  if (std::isnan(a) && std::isnan(b)) return true;
  if (a == b) return true;
  const double sum = std::abs(a) + std::abs(b);
  const double difference = std::abs(a - b);
  if (a == 0 || b == 0 || sum < kLeast) return difference < kTolerance * kLeast;
  return difference / std::min(sum, std::numeric_limits<double>::max()) < kTolerance;
}

std::string CompareInstant(const Eval& eval, const QueryResult& result) {
  switch (result.type()) {
    case ResultType::kScalar:
      return CompareScalar(eval, result.scalar());
    case ResultType::kString:
      return CompareString(eval, result.string());
    case ResultType::kMatrix:
      return CompareRangeVector(eval, result);
    case ResultType::kVector:
      break;
  }
  if (std::string other = OtherTypeExpected(eval, "a vector"); !other.empty()) return other;
  if (eval.matrix.has_value()) return "expected a range vector\ngot an instant vector";
  return CompareVector(eval, Vector(result, eval));
}

std::string CompareRange(const Eval& eval, const QueryResult& result) {
  if (std::string other = OtherTypeExpected(eval, "a range of values"); !other.empty()) {
    return other;
  }
  return CompareMatrix(eval, eval.steps, result);
}

std::string ComparePoint(const Eval& eval, const QueryResult& result, int64_t at_ms) {
  std::vector<SeriesPoints> got = Matrix(result);
  if (!std::ranges::is_sorted(got, {}, &SeriesPoints::labels)) {
    return Listing("the result is not sorted by its labels:", Texts(got, true));
  }
  const auto time = Timestamp::FromUnixMillis(at_ms);
  for (SeriesPoints& series : got) {
    std::erase_if(series.points, [&](const Point& point) { return point.time != time; });
    for (Point& point : series.points) point.time = Timestamp::FromUnixMillis(eval.steps.start_ms);
  }
  std::erase_if(got, [](const SeriesPoints& series) { return series.points.empty(); });
  if (!eval.scalar.has_value()) return CompareVector(eval, got);
  if (got.size() == 1 && got[0].labels.empty()) return CompareScalar(eval, got[0].points[0].value);
  return Differs({ValueText(*eval.scalar)}, Texts(got, false));
}

namespace {

std::string CompareSeverity(const ExpectedAnnotations& expected, const std::string& kind,
                            const std::vector<std::string>& got) {
  if (expected.none && !got.empty()) return Listing("expected no " + kind + ", got", got);
  if (expected.any_of.empty()) return "";
  if (got.empty()) return "expected a " + kind + ": " + expected.any_of[0].written + "\ngot none";
  for (const TextMatch& match : expected.any_of) {
    if (std::ranges::none_of(got, [&](const std::string& text) { return match.Matches(text); })) {
      return Listing("expected a " + kind + ": " + match.written + "\ngot", got);
    }
  }
  for (const std::string& text : got) {
    const bool known = std::ranges::any_of(
        expected.any_of, [&](const TextMatch& match) { return match.Matches(text); });
    if (!known) return absl::StrCat("a ", kind, " that is not expected: ", text);
  }
  return "";
}

}  // namespace

std::string CompareAnnotations(const Eval& eval, std::span<const Annotation> annotations,
                               const MessageMap& original) {
  std::vector<std::string> warnings;
  std::vector<std::string> infos;
  for (const Annotation& annotation : annotations) {
    (annotation.warning ? warnings : infos).push_back(original(annotation.text));
  }
  const std::string warned = CompareSeverity(eval.warnings, "warning", warnings);
  return warned.empty() ? CompareSeverity(eval.infos, "info", infos) : warned;
}

std::string CompareFailure(const Eval& eval, std::string_view message) {
  if (!eval.fail) return absl::StrCat("the query failed: ", std::string(message));
  if (eval.failure.Matches(message)) return "";
  return absl::StrCat("expected the failure ", eval.failure.written, "\ngot ",
                      std::string(message));
}

}  // namespace tacho::promqltest
