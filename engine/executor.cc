#include "engine/executor.h"

#include "absl/strings/str_cat.h"

namespace tacho::engine {

std::deque<Labels>& Evaluation::Owned() {
  if (owned_ == nullptr) {
    owned_ = std::make_shared<std::deque<Labels>>();
    Keep(owned_);
  }
  return *owned_;
}

const Labels* Evaluation::Own(Labels labels) { return &Owned().emplace_back(std::move(labels)); }

ElementLabels Evaluation::Lazily(const storage::Identity& identity, const Labels& target,
                                 bool nameless) {
  return &lazies_.emplace_back(LazyLabels{&identity, &target, nameless, &Owned()});
}

std::shared_ptr<const void> Evaluation::TakeKeepers() {
  if (keepers_.empty()) return nullptr;
  if (keepers_.size() == 1) return std::move(keepers_.front());
  return std::make_shared<std::vector<std::shared_ptr<const void>>>(std::move(keepers_));
}

absl::Status Evaluation::CheckInterrupt() const {
  const Interrupt* interrupt = question_.interrupt;
  if (interrupt == nullptr) return absl::OkStatus();
  if (interrupt->expired()) {
    return absl::DeadlineExceededError("query timed out in expression evaluation");
  }
  if (interrupt->cancelled()) {
    return absl::CancelledError("query was canceled in expression evaluation");
  }
  return absl::OkStatus();
}

absl::Status Evaluation::Touch(uint64_t samples) {
  touched_ += samples;
  if (touched_ <= options_.query.max_samples) return CheckInterrupt();
  return absl::ResourceExhaustedError(
      absl::StrCat("the query reads more than ", options_.query.max_samples,
                   " samples: narrow its selectors or its ranges, aggregate rates directly, or "
                   "raise QueryLimits::max_samples"));
}

absl::Status Evaluation::Reserve(uint64_t cells) const {
  if (held_ + cells <= options_.query.max_points) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("the query holds more than ", options_.query.max_points,
                   " values at a time: narrow its selectors, widen its step, or raise "
                   "QueryLimits::max_points"));
}

// A program under way: its stack, and the cells that are held for it.
class ProgramRun {
 public:
  explicit ProgramRun(Evaluation& evaluation) : evaluation_(evaluation) {}
  ~ProgramRun() { evaluation_.held_ -= held_; }
  ProgramRun(const ProgramRun&) = delete;
  ProgramRun& operator=(const ProgramRun&) = delete;

  absl::Status Do(const Step& step, const StepTimes& steps) {
    if (absl::Status s = evaluation_.CheckInterrupt(); !s.ok()) return s;
    const auto args = std::span(stack_).last(step.operands);
    const uint64_t freed = Size(args);
    absl::StatusOr<Value> value = step.op->Evaluate(evaluation_, steps, args);
    if (!value.ok()) return value.status();
    stack_.resize(stack_.size() - step.operands);
    stack_.push_back(*std::move(value));
    const uint64_t made = Size({&stack_.back(), 1});
    held_ += made - freed;
    evaluation_.held_ += made - freed;
    return evaluation_.Reserve(0);
  }

  Value Take() { return std::move(stack_.back()); }

 private:
  static uint64_t Size(std::span<const Value> values) {
    uint64_t size = 0;
    for (const Value& value : values) size += value.cells.size() + value.scalars.size();
    return size;
  }

  Evaluation& evaluation_;
  std::vector<Value> stack_;
  uint64_t held_ = 0;
};

absl::StatusOr<Value> Run(const Program& program, Evaluation& evaluation, const StepTimes& steps) {
  ProgramRun run(evaluation);
  for (const Step& step : program) {
    if (absl::Status s = run.Do(step, steps); !s.ok()) return s;
  }
  return run.Take();
}

}  // namespace tacho::engine
