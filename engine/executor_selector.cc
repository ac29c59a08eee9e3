#include "engine/executor_selector.h"

#include <algorithm>
#include <utility>

#include "engine/bind.h"
#include "engine/element_names.h"
#include "engine/extended_range.h"
#include "engine/series_labels.h"
#include "engine/start_times.h"

namespace tacho::engine {
namespace {

// How many targets ahead memory is asked for.
constexpr size_t kAhead = 4;
// Elements, and cells, that room is made for before they are there.
constexpr size_t kMostReserved = size_t{1} << 16;

class InstantSelectorOperator : public Operator {
 public:
  // What a cell says of its sample.
  enum class Said : uint8_t { kValue, kTime, kNamedTime, kStart };

  InstantSelectorOperator(std::shared_ptr<const Selector> selector, Said said)
      : selector_(std::move(selector)),
        said_(said),
        binding_(selector_.get(), labels_, /*grouped=*/false) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value>) override {
    binding_.Update(evaluation.store());
    looks_.clear();
    for (uint32_t i = 0; i < steps.count; ++i) {
      looks_.push_back(selector_->At(steps.At(i), evaluation.question().span,
                                     evaluation.question().lookback_ms));
    }
    Value out;
    out.evidence.targets_selected = static_cast<uint32_t>(binding_.targets().size());
    MakeRoom(steps, &out);
    for (size_t i = 0; i < binding_.targets().size(); ++i) {
      Prefetch(i);
      const BoundTarget& target = binding_.targets()[i];
      const size_t before = out.elements.size();
      const uint64_t looked = uint64_t{target.shape->positions.size()} * steps.count;
      if (absl::Status s = evaluation.Touch(looked); !s.ok()) return s;
      if (absl::Status s = evaluation.Reserve(out.cells.size() + looked); !s.ok()) return s;
      AddTarget(evaluation, target, steps, &out);
      if (out.elements.size() > before) ++out.evidence.targets;
    }
    if (said_ == Said::kTime || said_ == Said::kStart) {
      if (absl::Status s = DropNames(evaluation, steps, &out); !s.ok()) return s;
    }
    return out;
  }

 private:
  // For all that may be found, if it is not much.
  void MakeRoom(const StepTimes& steps, Value* out) const {
    size_t elements = 0;
    for (const BoundTarget& target : binding_.targets()) {
      elements += target.shape->positions.size();
    }
    out->elements.reserve(std::min(elements, kMostReserved));
    out->cells.reserve(std::min(elements * steps.count, kMostReserved));
  }

  // Asks the memory for what the next targets will need: histories, then where their
  // newest rows are, then those.
  void Prefetch(size_t next) const {
    const std::vector<BoundTarget>& targets = binding_.targets();
    if (next + 3 * kAhead < targets.size()) __builtin_prefetch(targets[next + 3 * kAhead].history);
    if (next + 2 * kAhead < targets.size()) {
      const auto entries = targets[next + 2 * kAhead].history->entries();
      if (!entries.empty()) __builtin_prefetch(&entries.back());
    }
    if (next + kAhead < targets.size()) {
      const BoundTarget& target = targets[next + kAhead];
      const auto entries = target.history->entries();
      if (entries.empty()) return;
      __builtin_prefetch(entries.back().row);
      __builtin_prefetch(entries.back().row->values() + target.shape->positions.front());
    }
  }

  void AddTarget(Evaluation& evaluation, const BoundTarget& target, const StepTimes& steps,
                 Value* out) {
    for (const uint32_t position : target.shape->positions) {
      Evidence evidence;
      cells_.assign(steps.count, AbsentCell());
      for (uint32_t i = 0; i < steps.count; ++i) {
        SamplePoint sample{};
        if (!ReadLatest(*target.history, position, looks_[i].ref_ms, looks_[i].lookback_ms,
                        &sample)) {
          continue;
        }
        cells_[i] = CellOf(evaluation, target, position, looks_[i], sample);
        if (IsAbsent(cells_[i])) continue;
        const Timestamp time = Timestamp::FromUnixMillis(sample.time_ms);
        evidence.oldest = std::min(evidence.oldest, time);
        evidence.newest = std::max(evidence.newest, time);
      }
      if (evidence.newest == Timestamp::Min()) continue;
      evidence.series = evidence.targets = evidence.targets_selected = 1;
      const ElementLabels labels = evaluation.Lazily((*target.shape->shape)[position],
                                                     target.target->labels(), /*nameless=*/false);
      std::ranges::copy(cells_, out->Add({labels, evidence}, steps.count).begin());
      out->evidence.series += 1;
      out->evidence.oldest = std::min(out->evidence.oldest, evidence.oldest);
      out->evidence.newest = std::max(out->evidence.newest, evidence.newest);
    }
  }

  double CellOf(const Evaluation& evaluation, const BoundTarget& target, uint32_t position,
                const SelectorTimes& look, const SamplePoint& sample) {
    if (said_ == Said::kTime || said_ == Said::kNamedTime) {
      return static_cast<double>(sample.time_ms) / 1000;
    }
    if (said_ == Said::kStart) return StartOf(evaluation, target, position, sample);
    if (selector_->edges() != parser::RangeEdges::kSmoothed) return sample.value;
    ReadSamples(*target.history, position, look.ref_ms - look.lookback_ms,
                look.ref_ms + look.lookback_ms, &samples_);
    return SmoothedAt(samples_, look.ref_ms).value_or(AbsentCell());
  }

  // In seconds; 0 where it is not known.
  double StartOf(const Evaluation& evaluation, const BoundTarget& target, uint32_t position,
                 const SamplePoint& sample) {
    const StartTimes* known = evaluation.question().start_times;
    if (known == nullptr) return AbsentCell();
    starts_.clear();
    known->Read({target.target, target.history, position}, {&sample, 1}, &starts_);
    return starts_.empty() ? 0 : static_cast<double>(starts_[0]) / 1000;
  }

  const std::shared_ptr<const Selector> selector_;
  const Said said_;
  const LabelFilter labels_ = LabelFilter::All(/*drop_name=*/false);
  SelectorBinding binding_;
  std::vector<SelectorTimes> looks_;  // of each step
  std::vector<double> cells_;
  std::vector<SamplePoint> samples_;
  std::vector<int64_t> starts_;
};

using Said = InstantSelectorOperator::Said;

}  // namespace

std::unique_ptr<Operator> InstantSelector(std::shared_ptr<const Selector> selector) {
  return std::make_unique<InstantSelectorOperator>(std::move(selector), Said::kValue);
}

std::unique_ptr<Operator> SampleTimes(std::shared_ptr<const Selector> selector) {
  return std::make_unique<InstantSelectorOperator>(std::move(selector), Said::kTime);
}

std::unique_ptr<Operator> NamedSampleTimes(std::shared_ptr<const Selector> selector) {
  return std::make_unique<InstantSelectorOperator>(std::move(selector), Said::kNamedTime);
}

std::unique_ptr<Operator> SampleStarts(std::shared_ptr<const Selector> selector) {
  return std::make_unique<InstantSelectorOperator>(std::move(selector), Said::kStart);
}

}  // namespace tacho::engine
