#include "engine/window_source.h"

#include <algorithm>
#include <utility>

#include "engine/bind.h"
#include "engine/series_labels.h"
#include "engine/start_times.h"

namespace tacho::engine {
namespace {

class SelectorWindowSource : public WindowSource {
 public:
  SelectorWindowSource(std::shared_ptr<const Selector> selector, bool one_metric)
      : selector_(std::move(selector)),
        one_metric_(one_metric),
        binding_(selector_.get(), nameless_, /*grouped=*/false) {}

  [[nodiscard]] parser::RangeEdges edges() const override { return selector_->edges(); }

  absl::StatusOr<std::vector<RangeWindow>> Windows(const Evaluation& evaluation,
                                                   const StepTimes& steps) const override {
    std::vector<RangeWindow> windows;
    windows.reserve(steps.count);
    for (uint32_t i = 0; i < steps.count; ++i) {
      windows.push_back(selector_->At(steps.At(i), evaluation.question().span, 0).window);
    }
    return windows;
  }

  absl::StatusOr<Evidence> Visit(Evaluation& evaluation, const StepTimes& steps,
                                 Visitor visit) override {
    const absl::StatusOr<std::vector<RangeWindow>> windows = Windows(evaluation, steps);
    if (!windows.ok()) return windows.status();
    const int64_t lookback_ms = evaluation.question().lookback_ms;
    after_ms_ = windows->front().after_ms;
    until_ms_ = windows->back().until_ms;
    if (edges() != parser::RangeEdges::kPlain) after_ms_ -= lookback_ms;
    if (edges() == parser::RangeEdges::kSmoothed) until_ms_ += lookback_ms;
    binding_.Update(evaluation.store());
    Evidence evidence;
    evidence.targets_selected = static_cast<uint32_t>(binding_.targets().size());
    for (const BoundTarget& target : binding_.targets()) {
      absl::StatusOr<bool> contributed = VisitTarget(evaluation, target, visit);
      if (!contributed.ok()) return contributed.status();
      if (*contributed) ++evidence.targets;
    }
    return evidence;
  }

  [[nodiscard]] bool needs_names() const override {
    return !one_metric_ || std::ranges::any_of(binding_.targets(), &BoundTarget::typed);
  }

 private:
  absl::StatusOr<bool> VisitTarget(Evaluation& evaluation, const BoundTarget& target,
                                   Visitor visit) {
    bool any = false;
    uint64_t read = 0;
    for (const uint32_t position : target.shape->positions) {
      ReadSamples(*target.history, position, after_ms_, until_ms_, &samples_);
      read += samples_.size();
      if (samples_.empty()) continue;
      const storage::Identity& identity = (*target.shape->shape)[position];
      const auto labels = [&](bool drop_name) {
        return evaluation.Lazily(identity, target.target->labels(), drop_name);
      };
      ReadStarts(evaluation, target, position);
      absl::StatusOr<bool> contributed =
          visit({samples_, starts_, identity.metric->text, false, std::nullopt, labels});
      if (!contributed.ok()) return contributed.status();
      any |= *contributed;
    }
    if (absl::Status s = evaluation.Touch(read); !s.ok()) return s;
    return any;
  }

  void ReadStarts(const Evaluation& evaluation, const BoundTarget& target, uint32_t position) {
    starts_.clear();
    const StartTimes* known = evaluation.question().start_times;
    if (known == nullptr) return;
    known->Read({target.target, target.history, position}, samples_, &starts_);
  }

  const std::shared_ptr<const Selector> selector_;
  const bool one_metric_;
  const LabelFilter named_ = LabelFilter::All(/*drop_name=*/false);
  const LabelFilter nameless_ = LabelFilter::All(/*drop_name=*/true);
  SelectorBinding binding_;
  int64_t after_ms_ = 0;
  int64_t until_ms_ = 0;
  std::vector<SamplePoint> samples_;
  std::vector<int64_t> starts_;
};

class SubqueryWindowSource : public WindowSource {
 public:
  SubqueryWindowSource(const SubquerySpec& spec, Program program)
      : spec_(spec), program_(std::move(program)) {}

  absl::StatusOr<std::vector<RangeWindow>> Windows(const Evaluation& evaluation,
                                                   const StepTimes& steps) const override {
    std::vector<RangeWindow> windows;
    windows.reserve(steps.count);
    for (uint32_t i = 0; i < steps.count; ++i) {
      const int64_t t = PinnedTime(spec_.at, spec_.at_ms, steps.At(i), evaluation.question().span);
      windows.push_back(
          RangeWindow::At(Timestamp::FromUnixMillis(t), spec_.range_ns, spec_.offset_ns));
    }
    return windows;
  }

  absl::StatusOr<Evidence> Visit(Evaluation& evaluation, const StepTimes& steps,
                                 Visitor visit) override {
    const absl::StatusOr<std::vector<RangeWindow>> windows = Windows(evaluation, steps);
    if (!windows.ok()) return windows.status();
    const std::optional<StepTimes> inner = InnerSteps(windows->front(), windows->back());
    if (!inner.has_value()) return Evidence();
    if (absl::Status s = evaluation.Reserve(inner->count); !s.ok()) return s;
    absl::StatusOr<Value> value = Run(program_, evaluation, *inner);
    if (!value.ok()) return value.status();
    if (value->type == parser::ValueType::kScalar) ScalarToVector(evaluation, *inner, &*value);
    for (size_t i = 0; i < value->elements.size(); ++i) {
      if (absl::Status s = VisitElement(evaluation, *inner, *value, i, visit); !s.ok()) return s;
    }
    return value->evidence;
  }

  [[nodiscard]] bool needs_names() const override { return true; }

 private:
  // The absolute multiples of the step inside the windows; none if there is none.
  [[nodiscard]] std::optional<StepTimes> InnerSteps(const RangeWindow& first,
                                                    const RangeWindow& last) const {
    const int64_t step = spec_.step_ms;
    int64_t start = step * (first.after_ms / step);
    if (start <= first.after_ms) start += step;
    if (start > last.until_ms) return std::nullopt;
    const int64_t count = (last.until_ms - start) / step + 1;
    return StepTimes{start, step, static_cast<uint32_t>(std::min<int64_t>(count, UINT32_MAX))};
  }

  static void ScalarToVector(Evaluation& evaluation, const StepTimes& steps, Value* value) {
    std::ranges::copy(value->scalars,
                      value->Add({evaluation.Own(Labels()), value->evidence}, steps.count).begin());
  }

  absl::Status VisitElement(Evaluation& evaluation, const StepTimes& inner, const Value& value,
                            size_t index, Visitor visit) {
    const std::span<const double> cells = value.Cells(index, inner.count);
    samples_.clear();
    for (uint32_t i = 0; i < inner.count; ++i) {
      if (!IsAbsent(cells[i])) samples_.push_back({inner.At(i), cells[i]});
    }
    if (samples_.empty()) return absl::OkStatus();
    const Element& element = value.elements[index];
    const auto labels = [&](bool drop_name) {
      return drop_name ? ElementLabels(evaluation.Own(Filtered(*element.labels, nameless_)))
                       : element.labels;
    };
    return visit({samples_,
                  {},
                  element.labels.Get(kMetricNameLabel),
                  element.drop_name,
                  element.evidence,
                  labels})
        .status();
  }

  const SubquerySpec spec_;
  const Program program_;
  const LabelFilter nameless_ = LabelFilter::All(/*drop_name=*/true);
  std::vector<SamplePoint> samples_;
};

}  // namespace

std::unique_ptr<WindowSource> SelectorWindows(std::shared_ptr<const Selector> selector,
                                              bool one_metric) {
  return std::make_unique<SelectorWindowSource>(std::move(selector), one_metric);
}

std::unique_ptr<WindowSource> SubqueryWindows(const SubquerySpec& spec, Program program) {
  return std::make_unique<SubqueryWindowSource>(spec, std::move(program));
}

}  // namespace tacho::engine
