#include "engine/executor_range.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/element_names.h"
#include "engine/extended_range.h"

namespace tacho::engine {
namespace {

// Whether a metric's name says that it is a counter.
bool SoundsLikeCounter(std::string_view metric) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"_total", "_sum", "_count", "_bucket"},
      [&](std::string_view suffix) { return metric.ends_with(suffix); });
}

// One call's notes, put into the evaluation's annotations.
class CallNotes : public WindowNotes {
 public:
  CallNotes(const RangeCallSpec& spec, Annotations& annotations)
      : spec_(spec), annotations_(annotations) {}

  void set_metric(std::string_view metric) { metric_ = metric; }
  [[nodiscard]] const absl::Status& status() const { return status_; }

  void Warn(std::string_view text, uint32_t argument) override {
    annotations_.Warn(text, spec_.positions[argument]);
  }
  void WarnOfMetric(std::string_view text) override {
    annotations_.Warn(metric_.empty() ? std::string(text)
                                      : absl::StrCat(std::string(text), " for metric name \"",
                                                     std::string(metric_), "\""),
                      spec_.positions[spec_.window_argument]);
  }
  void Fail(std::string_view text) override {
    if (status_.ok()) status_ = absl::InvalidArgumentError(std::string(text));
  }
  void CheckMetric() {
    CheckCounter(metric_, spec_.positions[spec_.window_argument], annotations_);
  }

 private:
  const RangeCallSpec& spec_;
  Annotations& annotations_;
  std::string_view metric_;
  absl::Status status_;
};

class RangeCallOperator : public Operator {
 public:
  RangeCallOperator(RangeCallSpec spec, std::unique_ptr<WindowSource> source)
      : spec_(std::move(spec)), function_(spec_.function->range), source_(std::move(source)) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value> args) override {
    absl::StatusOr<std::vector<RangeWindow>> windows = source_->Windows(evaluation, steps);
    if (!windows.ok()) return windows.status();
    if (!TakesEdges(spec_.function->name, source_->edges())) {
      return absl::InvalidArgumentError(EdgesError(spec_.function->name, source_->edges()));
    }
    lookback_ms_ = evaluation.question().lookback_ms;
    CallNotes notes(spec_, evaluation.annotations());
    const bool drops = !function_.keeps_name;
    const bool drops_now = drops && !evaluation.delays_name_removal();
    Value out;
    const auto visit = [&](const WindowSeries& series) -> absl::StatusOr<bool> {
      if (absl::Status s = evaluation.Reserve(out.cells.size() + steps.count); !s.ok()) return s;
      notes.set_metric(series.metric);
      cells_.assign(steps.count, AbsentCell());
      const absl::StatusOr<std::optional<Evidence>> computed =
          Compute(evaluation, series, steps, *windows, args, notes);
      if (!computed.ok()) return computed.status();
      const std::optional<Evidence>& used = *computed;
      if (!used.has_value()) return false;
      if (function_.of_counters) notes.CheckMetric();
      const Element element{series.labels(drops_now), series.evidence.value_or(*used),
                            drops || series.drop_name};
      std::ranges::copy(cells_, out.Add(element, steps.count).begin());
      AddTimes(element.evidence, &out.evidence);
      return true;
    };
    absl::StatusOr<Evidence> seen = source_->Visit(evaluation, steps, visit);
    if (!seen.ok()) return seen.status();
    out.evidence.targets = seen->targets;
    out.evidence.targets_selected = seen->targets_selected;
    if (!drops_now || !source_->needs_names()) return out;
    if (absl::Status s = CheckUnique(out); !s.ok()) return s;
    return out;
  }

 private:
  // Computes cells_; what they rest on, if there is a value.
  absl::StatusOr<std::optional<Evidence>> Compute(Evaluation& evaluation,
                                                  const WindowSeries& series,
                                                  const StepTimes& steps,
                                                  const std::vector<RangeWindow>& windows,
                                                  std::span<const Value> args, CallNotes& notes) {
    // One series may have thousands of windows with millions of samples each: now and then it
    // is asked whether to go on.
    constexpr size_t kSamplesBetween = 100'000;
    size_t unchecked = 0;
    WindowSlider slider(series.samples);
    WindowInput input{.notes = &notes};
    Evidence used;
    used.series = used.targets = used.targets_selected = 1;
    bool any = false;
    for (uint32_t i = 0; i < steps.count; ++i) {
      input.samples = Inside(windows[i], slider);
      if (input.samples.empty()) continue;
      unchecked += input.samples.size();
      if (unchecked >= kSamplesBetween) {
        if (absl::Status s = evaluation.Touch(0); !s.ok()) return s;
        unchecked = 0;
      }
      if (!series.starts.empty()) {
        input.starts = series.starts.subspan(slider.begin(), input.samples.size());
      }
      scalars_.clear();
      for (const Value& arg : args) scalars_.push_back(arg.scalars[i]);
      input.args = scalars_;
      input.window = windows[i];
      input.time_ms = steps.At(i);
      const std::optional<double> value =
          source_->edges() == parser::RangeEdges::kPlain
              ? function_.plain(input)
              : ExtendedValue(*spec_.function, source_->edges(), input);
      if (!value.has_value()) continue;
      cells_[i] = *value;
      any = true;
      const auto samples = input.samples.last(
          function_.last_two ? std::min<size_t>(2, input.samples.size()) : input.samples.size());
      used.oldest = std::min(used.oldest, Timestamp::FromUnixMillis(samples.front().time_ms));
      used.newest = std::max(used.newest, Timestamp::FromUnixMillis(samples.back().time_ms));
    }
    if (!notes.status().ok()) return notes.status();
    return any ? std::optional(used) : std::nullopt;
  }

  [[nodiscard]] std::span<const SamplePoint> Inside(const RangeWindow& window,
                                                    WindowSlider& slider) const {
    const bool before = source_->edges() != parser::RangeEdges::kPlain;
    const bool after = source_->edges() == parser::RangeEdges::kSmoothed;
    return slider.At(window.after_ms - (before ? lookback_ms_ : 0),
                     window.until_ms + (after ? lookback_ms_ : 0));
  }

  static void AddTimes(const Evidence& from, Evidence* to) {
    to->series += from.series;
    to->oldest = std::min(to->oldest, from.oldest);
    to->newest = std::max(to->newest, from.newest);
  }

  const RangeCallSpec spec_;
  const RangeFunction function_;
  const std::unique_ptr<WindowSource> source_;
  int64_t lookback_ms_ = 0;
  std::vector<double> cells_;
  std::vector<double> scalars_;
};

class WindowsResultOperator : public Operator {
 public:
  explicit WindowsResultOperator(std::unique_ptr<WindowSource> source)
      : source_(std::move(source)) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value>) override {
    const absl::StatusOr<std::vector<RangeWindow>> windows = source_->Windows(evaluation, steps);
    if (!windows.ok()) return windows.status();
    const RangeWindow& window = windows->front();
    uint64_t points = 0;
    Value out;
    out.type = parser::ValueType::kMatrix;
    const auto visit = [&](const WindowSeries& series) -> absl::StatusOr<bool> {
      const std::vector<SamplePoint> samples = Samples(series, window);
      points += samples.size();
      if (absl::Status s = evaluation.Reserve(points); !s.ok()) return s;
      if (samples.empty()) return false;
      const Evidence used{Timestamp::FromUnixMillis(samples.front().time_ms),
                          Timestamp::FromUnixMillis(samples.back().time_ms), 1, 1, 1};
      const Evidence evidence = series.evidence.value_or(used);
      out.elements.push_back({series.labels(false), evidence, series.drop_name});
      out.windows.push_back(samples);
      out.evidence.Merge(evidence);
      return true;
    };
    absl::StatusOr<Evidence> seen = source_->Visit(evaluation, steps, visit);
    if (!seen.ok()) return seen.status();
    out.evidence.targets = seen->targets;
    out.evidence.targets_selected = seen->targets_selected;
    return out;
  }

 private:
  [[nodiscard]] std::vector<SamplePoint> Samples(const WindowSeries& series,
                                                 const RangeWindow& window) const {
    if (source_->edges() != parser::RangeEdges::kPlain) {
      return ExtendedWindow(source_->edges(), series.samples, window);
    }
    const auto inside = WindowSlider(series.samples).At(window.after_ms, window.until_ms);
    return {inside.begin(), inside.end()};
  }

  const std::unique_ptr<WindowSource> source_;
};

}  // namespace

void CheckCounter(std::string_view metric, std::string_view position, Annotations& annotations) {
  if (metric.empty() || SoundsLikeCounter(metric)) return;
  annotations.Inform(absl::StrCat("metric might not be a counter, name does not end in "
                                  "_total/_sum/_count/_bucket: \"",
                                  std::string(metric), "\""),
                     position);
}

std::unique_ptr<Operator> RangeCall(RangeCallSpec spec, std::unique_ptr<WindowSource> source) {
  return std::make_unique<RangeCallOperator>(std::move(spec), std::move(source));
}

std::unique_ptr<Operator> WindowsResult(std::unique_ptr<WindowSource> source) {
  return std::make_unique<WindowsResultOperator>(std::move(source));
}

}  // namespace tacho::engine
