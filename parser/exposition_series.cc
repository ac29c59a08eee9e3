// From the bytes of a line to the label set that they mean: escapes, float bounds,
// and the checks of a scrape's label sets.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "parser/exposition_parser.h"
#include "parser/number.h"
#include "parser/text.h"

namespace tacho::parser {
namespace {

constexpr std::string_view kMetricNameLabel = "__name__";
constexpr size_t kMaxFloatBytes = 32;  // what FormatOpenMetricsFloat may write
constexpr size_t kFewLabels = 16;      // compared each with each

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// FormatOpenMetricsFloat of a bound's number without the round trip through a double,
// for the bounds that nearly all histograms have: "+Inf" and "0.25" stay, "5" becomes
// "5.0". Decimals of at most 15 digits are distinct doubles, so one without trailing
// zeros is the shortest text of its own. Empty: a bound of another form.
std::string ShortBound(std::string_view text) {
  constexpr size_t kMaxWhole = 6;     // 1e+06 and above are written with an exponent,
  constexpr size_t kMaxZeros = 3;     // as is what is below 0.0001
  constexpr size_t kMaxDecimals = 9;  // 15 digits with the whole part
  if (text == "+Inf") return std::string(text);
  const size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  if (!IsDigits(whole) || whole.size() > kMaxWhole) return {};
  if (whole[0] == '0' && whole.size() > 1) return {};
  if (point == text.size()) return std::string(text) + ".0";
  const std::string_view decimals = text.substr(point + 1);
  if (decimals == "0") return std::string(text);
  if (!IsDigits(decimals) || decimals.size() > kMaxDecimals || decimals.back() == '0') return {};
  if (whole == "0" && decimals.find_first_not_of('0') > kMaxZeros) return {};
  return std::string(text);
}

bool HasEscape(std::string_view raw) { return raw.find('\\') != std::string_view::npos; }

}  // namespace

bool ExpositionParser::FinishSeries(ParsedSample* sample) {
  unescaped_.clear();
  if (labels_id_ == kNoLabelsId && HasEscape(sample->identity)) {
    unescaped_.reserve(sample->identity.size() + kMaxFloatBytes);
    metric_ = Unescape(metric_);
    for (LabelRef& label : labels_) label = {Unescape(label.name), Unescape(label.value)};
  }
  if (!recalled_ && !CheckNames()) return false;
  NormaliseBound();
  sample->labels_id = labels_id_;
  sample->metric = metric_;
  sample->labels = labels_;
  sample->type = type_;
  return true;
}

// Names without quotes are right by their token.
bool ExpositionParser::CheckNames() {
  if (quoted_name_) {
    if (metric_.empty()) return FailWhileParsing("missing metric name (__name__ label)");
    bool valid = IsValidUtf8(metric_);
    for (const LabelRef& l : labels_) valid = valid && !l.name.empty() && IsValidUtf8(l.name);
    if (!valid) return FailWhileParsing("invalid metric name or label names");
  }
  std::string_view twice;
  if (!FindDuplicateName(&twice)) return true;
  return FailWhileParsing(
      absl::StrCat("label name ", Quote(twice), " is not unique: invalid sample"));
}

// The metric's name is a label too.
bool ExpositionParser::FindDuplicateName(std::string_view* name) {
  *name = kMetricNameLabel;
  for (const LabelRef& label : labels_) {
    if (label.name == kMetricNameLabel) return true;
  }
  if (labels_.size() <= kFewLabels) {
    for (size_t i = 1; i < labels_.size(); ++i) {
      *name = labels_[i].name;
      for (size_t j = 0; j < i; ++j) {
        if (labels_[j].name == *name) return true;
      }
    }
    return false;
  }
  sorted_names_.clear();
  for (const LabelRef& label : labels_) sorted_names_.push_back(label.name);
  std::sort(sorted_names_.begin(), sorted_names_.end());
  const auto twice = std::adjacent_find(sorted_names_.begin(), sorted_names_.end());
  if (twice == sorted_names_.end()) return false;
  *name = *twice;
  return true;
}

// \\ \" \n; any other backslash stands for itself. Needs room in unescaped_: the views
// given out must not move.
std::string_view ExpositionParser::Unescape(std::string_view raw) {
  if (!HasEscape(raw)) return raw;
  const size_t begin = unescaped_.size();
  for (size_t i = 0; i < raw.size(); ++i) {
    const char next = raw[i] == '\\' && i + 1 < raw.size() ? raw[i + 1] : '\0';
    const bool escape = next == '\\' || next == '"' || next == 'n';
    if (escape) ++i;
    unescaped_ += !escape ? raw[i] : next == 'n' ? '\n' : next;
  }
  return std::string_view(unescaped_).substr(begin);
}

// The upper bound of a histogram's bucket and the quantile of a summary name the same
// series however the number is written. Hexadecimal and '_', which Prometheus would
// read here (though not in a value), are left as they are.
void ExpositionParser::NormaliseBound() {
  const std::string_view bound = type_ == MetricType::kHistogram ? "le"
                                 : type_ == MetricType::kSummary ? "quantile"
                                                                 : "";
  if (bound.empty()) return;
  for (LabelRef& label : labels_) {
    if (label.name != bound) continue;
    std::string normal = ShortBound(label.value);
    double v;
    if (normal.empty()) {
      if (ParseSampleValue(label.value, &v) != NumberError::kNone) return;
      normal = FormatOpenMetricsFloat(v);
    }
    if (normal == label.value) return;
    const size_t begin = unescaped_.size();
    if (begin == 0) unescaped_.reserve(kMaxFloatBytes);
    unescaped_ += normal;
    label.value = std::string_view(unescaped_).substr(begin);
    labels_id_ = kNoLabelsId;
  }
}

}  // namespace tacho::parser
