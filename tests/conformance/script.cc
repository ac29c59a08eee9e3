#include "tests/conformance/script.h"

#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tacho/sample.h"

namespace tacho::testing {
namespace {

absl::Status Wrong(std::string_view what, std::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(std::string(what), ": ", std::string(text)));
}

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool ReadNumber(std::string_view text, double* out) {
  if (text == "NaN") {
    *out = NormalNan();
    return true;
  }
  return absl::SimpleAtod(absl::string_view(text.data(), text.size()), out);
}

bool ReadCount(std::string_view text, int* out) {
  return absl::SimpleAtoi(absl::string_view(text.data(), text.size()), out) && *out > 0;
}

// Samples one step apart.
class SampleReader {
 public:
  SampleReader(Duration step, std::vector<ScriptSample>* out) : step_(step), out_(*out) {}

  absl::Status Read(std::string_view item) {
    if (item == "stale") return Add(StaleMarker());
    const size_t times = item.find('x');
    int more = 0;
    if (times != std::string_view::npos && !ReadCount(item.substr(times + 1), &more)) {
      return Wrong("not a repetition", item);
    }
    const std::string_view what = item.substr(0, times);
    if (what == "_") return Skip(more == 0 ? 1 : more);
    return AddRun(what, more);
  }

 private:
  absl::Status AddRun(std::string_view what, int more) {
    // A sign that is neither the first byte nor an exponent's begins the increment.
    size_t sign = what.find_first_of("+-", 1);
    if (sign != std::string_view::npos && (what[sign - 1] == 'e')) sign = std::string_view::npos;
    double value = 0;
    double increment = 0;
    if (!ReadNumber(what.substr(0, sign), &value)) return Wrong("not a sample", what);
    if (sign != std::string_view::npos && !ReadNumber(what.substr(sign), &increment)) {
      return Wrong("not an increment", what);
    }
    for (int i = 0; i <= more; ++i, value += increment) (void)Add(value);
    return absl::OkStatus();
  }
  absl::Status Add(double value) {
    out_.push_back({next_, value});
    return Skip(1);
  }
  absl::Status Skip(int steps) {
    next_ = next_ + steps * step_;
    return absl::OkStatus();
  }

  const Duration step_;
  std::vector<ScriptSample>& out_;
  Timestamp next_;
};

class Parser {
 public:
  absl::StatusOr<Script> Parse(std::string_view text) {
    const absl::string_view view(text.data(), text.size());
    for (const absl::string_view raw : absl::StrSplit(view, '\n')) {
      ++line_;
      const std::string_view line = Trimmed(std::string_view(raw.data(), raw.size()));
      if (line.empty() || line[0] == '#') continue;
      if (absl::Status status = ParseLine(line); !status.ok()) {
        return absl::InvalidArgumentError(
            absl::StrCat("script line ", line_, ": ", status.message()));
      }
    }
    return std::move(script_);
  }

 private:
  static constexpr std::string_view kLoad = "load ";
  static constexpr std::string_view kEval = "eval instant at ";
  static constexpr std::string_view kError = "error ";

  absl::Status ParseLine(std::string_view line) {
    if (line.starts_with(kLoad)) return ParseLoad(line.substr(kLoad.size()));
    if (line.starts_with(kEval)) return ParseEval(line.substr(kEval.size()));
    if (script_.evals.empty()) return ParseSeries(line);
    return ParseExpected(line);
  }

  absl::Status ParseLoad(std::string_view text) {
    if (!script_.evals.empty()) return Wrong("load before the first eval", text);
    return absl::ParseDuration(std::string(text), &step_) ? absl::OkStatus()
                                                          : Wrong("not a duration", text);
  }

  absl::Status ParseSeries(std::string_view line) {
    // Values of labels hold no space, so the first one ends the series.
    const size_t space = line.find(' ');
    absl::StatusOr<Labels> labels = ParseScriptLabels(line.substr(0, space));
    if (!labels.ok()) return labels.status();
    if (space == std::string_view::npos) return Wrong("no samples", line);
    ScriptSeries& series = script_.series.emplace_back();
    series.labels = *std::move(labels);
    SampleReader reader(step_, &series.samples);
    const std::string items(line.substr(space));
    for (const std::string& item :
         std::vector<std::string>(absl::StrSplit(items, ' ', absl::SkipEmpty()))) {
      if (absl::Status status = reader.Read(item); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status ParseEval(std::string_view text) {
    const size_t space = text.find(' ');
    Duration at;
    if (space == std::string_view::npos ||
        !absl::ParseDuration(std::string(text.substr(0, space)), &at)) {
      return Wrong("not `eval instant at TIME EXPR`", text);
    }
    ScriptEval& eval = script_.evals.emplace_back();
    eval.line = line_;
    eval.time = Timestamp() + at;
    eval.expr = Trimmed(text.substr(space));
    return absl::OkStatus();
  }

  absl::Status ParseExpected(std::string_view line) {
    ScriptEval& eval = script_.evals.back();
    if (line.starts_with(kError)) {
      eval.error = line.substr(kError.size());
      return absl::OkStatus();
    }
    const size_t space = line.rfind(' ');
    double value = 0;
    if (!ReadNumber(line.substr(space == std::string_view::npos ? 0 : space + 1), &value)) {
      return Wrong("not a value", line);
    }
    if (space == std::string_view::npos) {
      eval.scalar = value;
      return absl::OkStatus();
    }
    absl::StatusOr<Labels> labels = ParseScriptLabels(Trimmed(line.substr(0, space)));
    if (labels.ok()) eval.vector.push_back({*std::move(labels), value});
    return labels.status();
  }

  int line_ = 0;
  Duration step_;
  Script script_;
};

}  // namespace

absl::StatusOr<Labels> ParseScriptLabels(std::string_view text) {
  const size_t open = text.find('{');
  std::vector<Label> labels;
  if (open != 0) labels.push_back({"__name__", std::string(text.substr(0, open))});
  if (open == std::string_view::npos) return Labels::Create(std::move(labels));
  if (text.back() != '}') return Wrong("no } at the end of", text);
  std::string_view rest = text.substr(open + 1, text.size() - open - 2);
  while (!rest.empty()) {
    const size_t equals = rest.find("=\"");
    const size_t end = rest.find('"', equals == std::string_view::npos ? equals : equals + 2);
    if (end == std::string_view::npos) return Wrong("not name=\"value\"", rest);
    labels.push_back({std::string(rest.substr(0, equals)),
                      std::string(rest.substr(equals + 2, end - equals - 2))});
    rest.remove_prefix(end + 1);
    if (rest.starts_with(',')) rest.remove_prefix(1);
  }
  return Labels::Create(std::move(labels));
}

bool SameValue(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (std::signbit(a) != std::signbit(b)) return false;
  return ::testing::internal::FloatingPoint<double>(a).AlmostEquals(
      ::testing::internal::FloatingPoint<double>(b));
}

absl::StatusOr<Script> Script::Parse(std::string_view text) { return Parser().Parse(text); }

}  // namespace tacho::testing
