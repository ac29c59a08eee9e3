// Executor: evaluates an expression one operator at a time, over whole vectors and all
// steps at once.
//
// A program is a list of operators in the order in which they run; each takes the values
// that its operands left on a stack and leaves its own. No operator calls another, so the
// depth of an expression costs stack slots, not stack frames; only what is evaluated at
// other steps than its surroundings, such as a subquery, is a program of its own.
//
// Ownership   Evaluation collects what the result must keep alive.
// Threads     An Evaluation belongs to one thread.
// Limits      QueryLimits::max_samples, counted by Touch; max_points, by Run.
#ifndef TACHO_ENGINE_EXECUTOR_H_
#define TACHO_ENGINE_EXECUTOR_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/annotations.h"
#include "engine/selector.h"
#include "engine/value.h"
#include "storage/store.h"
#include "tacho/options.h"
#include "tacho/query.h"

namespace tacho::engine {

class StartTimes;

// One evaluation of a plan.
class Evaluation {
 public:
  // What it is asked with. Pointers must outlive the evaluation.
  struct Question {
    StepTimes steps;  // of the whole query
    QuerySpan span;
    int64_t lookback_ms = 0;
    const Interrupt* interrupt = nullptr;
    const StartTimes* start_times = nullptr;
  };

  // Call under a ReadGuard of the store.
  Evaluation(const Question& question, const storage::Store& store, const Options& options)
      : question_(question), store_(store), options_(options) {}

  [[nodiscard]] const Question& question() const { return question_; }
  [[nodiscard]] const storage::Store& store() const { return store_; }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] bool delays_name_removal() const { return options_.promql.delayed_name_removal; }
  Annotations& annotations() { return annotations_; }

  // The labels of a series of the store, put together when they are wanted. The identity
  // and the target's labels live as long as the ReadGuard.
  ElementLabels Lazily(const storage::Identity& identity, const Labels& target, bool nameless);
  // Keeps the label set for as long as the result lives.
  const Labels* Own(Labels labels);
  // Keeps what label sets of the result point into.
  void Keep(std::shared_ptr<const void> keeper) { keepers_.push_back(std::move(keeper)); }
  // What the result must hold.
  std::shared_ptr<const void> TakeKeepers();

  // Counts samples that were read.
  //   kResourceExhausted  more than max_samples
  //   kCancelled, kDeadlineExceeded  the question's Interrupt was used
  absl::Status Touch(uint64_t samples);
  // Whether so many more cells may be made beside those that are held.
  //   kResourceExhausted  more than max_points
  absl::Status Reserve(uint64_t cells) const;
  [[nodiscard]] uint64_t samples_read() const { return touched_; }

 private:
  friend class ProgramRun;
  [[nodiscard]] absl::Status CheckInterrupt() const;

  const Question question_;
  const storage::Store& store_;
  const Options& options_;
  uint64_t touched_ = 0;
  uint64_t held_ = 0;  // cells on the stacks
  Annotations annotations_;
  std::deque<Labels>& Owned();

  std::shared_ptr<std::deque<Labels>> owned_;  // made on first use
  std::deque<LazyLabels> lazies_;
  std::vector<std::shared_ptr<const void>> keepers_;
};

class Operator {
 public:
  virtual ~Operator() = default;
  // args: the operands' values at these steps, in order; the operator may take them apart.
  virtual absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                         std::span<Value> args) = 0;
};

// An operator and how many values it takes from the stack.
struct Step {
  std::unique_ptr<Operator> op;
  uint32_t operands = 0;
};

// Steps, of which the last one leaves the result.
using Program = std::vector<Step>;

absl::StatusOr<Value> Run(const Program& program, Evaluation& evaluation, const StepTimes& steps);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_EXECUTOR_H_
