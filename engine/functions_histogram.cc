// Functions of histograms: of classic ones, whose buckets are series. What only native
// histograms have is nothing here: no exposition that tacho reads carries them.
//
// Source      docs/promql.md, section 4.7.
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/element_names.h"
#include "engine/functions.h"
#include "engine/histogram.h"
#include "engine/label_keys.h"
#include "engine/quantile.h"
#include "parser/number.h"

namespace tacho::engine {
namespace {

constexpr std::string_view kBound = "le";

std::string OfMetric(std::string_view metric) {
  return metric.empty() ? "" : absl::StrCat(" for metric name \"", std::string(metric), "\"");
}

// A bound as Go's ParseFloat reads it: hexadecimal too, which no sample may be.
bool ParseBound(const std::string& text, double* bound) {
  if (parser::ParseSampleValue(text, bound) == parser::NumberError::kNone) return true;
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (!digits.starts_with("0x") && !digits.starts_with("0X")) return false;
  digits.remove_prefix(2);
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, *bound, std::chars_format::hex);
  if (error != std::errc() || stop != end || digits.find_first_of("pP") == std::string_view::npos) {
    return false;
  }
  if (negative) *bound = -*bound;
  return true;
}

// Buckets of one vector: which elements make up which histogram.
class Histograms {
 public:
  Histograms(Evaluation& evaluation, const StepTimes& steps, const Value& value,
             const std::string& position)
      : steps_(steps), value_(value), names_(evaluation.delays_name_removal()) {
    for (uint32_t e = 0; e < value.elements.size(); ++e) {
      const Element& element = value.elements[e];
      const std::string bound(element.labels.Get(kBound));
      double upper = 0;
      if (!ParseBound(bound, &upper)) {
        evaluation.annotations().Warn(
            absl::StrCat("bucket label \"le\" is missing or has a malformed value of \"", bound,
                         "\"", OfMetric(MetricOf(element))),
            position);
        continue;
      }
      Add(evaluation, e, upper);
    }
  }

  [[nodiscard]] size_t size() const { return groups_.size(); }
  [[nodiscard]] const Evidence& evidence() const { return value_.evidence; }
  [[nodiscard]] const Element& element(size_t i) const { return groups_[i].element; }
  // Its name, for what is told of it.
  [[nodiscard]] std::string_view metric(size_t i) const { return MetricOf(groups_[i].element); }
  // The histogram's buckets at a step, into *buckets.
  void Read(size_t i, uint32_t step, std::vector<Bucket>* buckets) const {
    buckets->clear();
    for (const auto& [element, upper] : groups_[i].buckets) {
      const double count = value_.Cells(element, steps_.count)[step];
      if (!IsAbsent(count)) buckets->push_back({upper, count});
    }
  }

 private:
  struct Group {
    Element element;
    std::vector<std::pair<uint32_t, double>> buckets;  // element, upper bound
  };

  // As Prometheus tells it: only when names stay until the end of the query.
  [[nodiscard]] std::string_view MetricOf(const Element& element) const {
    return names_ ? element.labels.Get(kMetricNameLabel) : std::string_view();
  }

  // The name is part of what tells histograms apart.
  void Add(Evaluation& evaluation, uint32_t e, double upper) {
    const Element& element = value_.elements[e];
    const auto [group, is_new] = keys_.Number(element.labels);
    if (is_new) {
      groups_.push_back(
          {{evaluation.Own(Filtered(element.labels, rest_)), {}, element.drop_name}, {}});
    }
    groups_[group].element.evidence.Merge(element.evidence);
    groups_[group].buckets.emplace_back(e, upper);
  }

  const StepTimes& steps_;
  const Value& value_;
  const bool names_;
  const LabelFilter rest_ = LabelFilter::AllBut({std::string(kBound)});
  LabelKeys keys_{rest_};
  std::vector<Group> groups_;
};

// One element per histogram, whose cells compute(histogram, step, buckets) gives.
template <typename ComputeCell>
absl::StatusOr<Value> MapHistograms(Evaluation& evaluation, const StepTimes& steps,
                                    const Histograms& histograms, ComputeCell compute) {
  Value out;
  out.evidence = histograms.evidence();
  std::vector<Bucket> buckets;
  for (size_t h = 0; h < histograms.size(); ++h) {
    const std::span<double> cells = out.Add(histograms.element(h), steps.count);
    for (uint32_t i = 0; i < steps.count; ++i) {
      histograms.Read(h, i, &buckets);
      if (!buckets.empty()) cells[i] = compute(h, i, &buckets);
    }
  }
  RemoveEmpty(&out, steps.count);
  if (absl::Status s = DropNames(evaluation, steps, &out); !s.ok()) return s;
  return out;
}

void WarnOfQuantiles(Evaluation& evaluation, std::span<const double> quantiles,
                     const std::string& position) {
  for (const double q : quantiles) {
    if (!IsQuantile(q)) evaluation.annotations().Warn(QuantileWarning(q), position);
  }
}

// The quantile q of each histogram; what is mended for it is told with the position.
absl::StatusOr<Value> Quantiles(Evaluation& evaluation, const StepTimes& steps,
                                const Histograms& histograms, std::span<const double> q,
                                const std::string& position) {
  return MapHistograms(
      evaluation, steps, histograms, [&](size_t h, uint32_t i, std::vector<Bucket>* buckets) {
        MonotonicityFix fix;
        const double value = BucketQuantile(q[i], buckets, &fix);
        if (fix.forced) {
          evaluation.annotations().InformOfFix(histograms.metric(h), fix, steps.At(i), position);
        }
        return value;
      });
}

absl::StatusOr<Value> HistogramQuantile(Evaluation& evaluation, const StepTimes& steps,
                                        const CallSite& site, std::span<Value> args) {
  const std::vector<double>& q = args[0].scalars;
  WarnOfQuantiles(evaluation, q, site.positions[0]);
  const Histograms histograms(evaluation, steps, args[1], site.positions[1]);
  return Quantiles(evaluation, steps, histograms, q, site.positions[1]);
}

absl::StatusOr<Value> HistogramFraction(Evaluation& evaluation, const StepTimes& steps,
                                        const CallSite& site, std::span<Value> args) {
  const std::vector<double>& lower = args[0].scalars;
  const std::vector<double>& upper = args[1].scalars;
  const Histograms histograms(evaluation, steps, args[2], site.positions[2]);
  return MapHistograms(evaluation, steps, histograms,
                       [&](size_t, uint32_t i, std::vector<Bucket>* buckets) {
                         return BucketFraction(lower[i], upper[i], buckets);
                       });
}

// Adds the elements of `value`, with the quantile that was asked for in a label: an element
// for each of those that q has over the steps.
absl::Status AddByQuantile(Evaluation& evaluation, const StepTimes& steps,
                           std::span<const double> q, const std::string& label, const Value& value,
                           Value* out) {
  std::map<std::string, std::vector<uint32_t>> steps_of;
  for (uint32_t i = 0; i < steps.count; ++i) {
    steps_of[parser::FormatOpenMetricsFloat(q[i])].push_back(i);
  }
  for (size_t e = 0; e < value.elements.size(); ++e) {
    const std::span<const double> from = value.Cells(e, steps.count);
    for (const auto& [quantile, its_steps] : steps_of) {
      if (absl::Status s = evaluation.Reserve(out->cells.size() + steps.count); !s.ok()) return s;
      Element element = value.elements[e];
      std::vector<Label> labels(element.labels->begin(), element.labels->end());
      labels.push_back({label, quantile});
      element.labels = evaluation.Own(Labels::FromUnsorted(std::move(labels)));
      const std::span<double> to = out->Add(element, steps.count);
      for (const uint32_t i : its_steps) to[i] = from[i];
    }
  }
  return absl::OkStatus();
}

// histogram_quantiles(v, "label", q...): one element per quantile, told apart by the label.
absl::StatusOr<Value> HistogramQuantiles(Evaluation& evaluation, const StepTimes& steps,
                                         const CallSite& site, std::span<Value> args) {
  const Histograms histograms(evaluation, steps, args[0], site.positions[0]);
  Value out;
  out.evidence = args[0].evidence;
  for (size_t a = 2; a < args.size(); ++a) {
    const std::vector<double>& q = args[a].scalars;
    WarnOfQuantiles(evaluation, q, site.positions[a]);
    absl::StatusOr<Value> one = Quantiles(evaluation, steps, histograms, q, site.positions[0]);
    if (!one.ok()) return one.status();
    absl::Status s = AddByQuantile(evaluation, steps, q, args[1].string, *one, &out);
    if (!s.ok()) return s;
  }
  RemoveEmpty(&out, steps.count);
  if (absl::Status s = MergeEqual(steps, &out); !s.ok()) return s;
  return out;
}

// Of native histograms only: floats are passed over.
absl::StatusOr<Value> OfNativeHistograms(Evaluation&, const StepTimes&, const CallSite&,
                                         std::span<Value> args) {
  Value out;
  out.evidence = args[0].evidence;
  return out;
}

constexpr FunctionEntry kFunctions[] = {
    {.name = "histogram_avg", .call = OfNativeHistograms},
    {.name = "histogram_count", .call = OfNativeHistograms},
    {.name = "histogram_fraction", .call = HistogramFraction},
    {.name = "histogram_quantile", .call = HistogramQuantile},
    {.name = "histogram_quantiles", .call = HistogramQuantiles},
    {.name = "histogram_stddev", .call = OfNativeHistograms},
    {.name = "histogram_stdvar", .call = OfNativeHistograms},
    {.name = "histogram_sum", .call = OfNativeHistograms},
};

}  // namespace

std::span<const FunctionEntry> HistogramFunctions() { return kFunctions; }

}  // namespace tacho::engine
