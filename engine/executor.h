// Executor: evaluates an expression one operator at a time, whole vectors at once.
//
// A plan is a list of operators in the order in which they run; each takes the values
// that its operands left on a stack and leaves its own. No operator calls another: the
// depth of an expression costs stack slots, not stack frames.
//
// Ownership   Elements point to label sets that somebody keeps: a group table's block,
//             or Own()ed ones. Evaluation collects the keepers for the result.
// Threads     An Evaluation belongs to one thread.
// Limits      QueryLimits::max_samples, counted by Touch.
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
#include "parser/ast.h"
#include "storage/store.h"
#include "tacho/options.h"
#include "tacho/query.h"

namespace tacho::engine {

using Vector = std::vector<ResultSample>;

// What an operator makes.
struct Value {
  parser::ValueType type = parser::ValueType::kVector;
  double scalar = 0;
  std::string string;
  Vector vector;
  Evidence evidence;  // of everything that it rests on

  static Value Scalar(double v) {
    Value value;
    value.type = parser::ValueType::kScalar;
    value.scalar = v;
    return value;
  }
};

// One evaluation of a plan.
class Evaluation {
 public:
  // Call under a ReadGuard of the store.
  Evaluation(Timestamp t, const storage::Store& store, const QueryLimits& limits)
      : t_(t), store_(store), limits_(limits) {}

  [[nodiscard]] Timestamp time() const { return t_; }
  [[nodiscard]] const storage::Store& store() const { return store_; }

  // Keeps the label set for as long as the result lives.
  const Labels* Own(Labels labels);
  // Keeps what label sets of the result point into.
  void Keep(std::shared_ptr<const void> keeper) { keepers_.push_back(std::move(keeper)); }
  // What the result must hold.
  std::shared_ptr<const void> TakeKeepers();

  // Counts samples that were read.
  //   kResourceExhausted  more than max_samples
  absl::Status Touch(uint64_t samples);

 private:
  const Timestamp t_;
  const storage::Store& store_;
  const QueryLimits& limits_;
  uint64_t touched_ = 0;
  std::shared_ptr<std::deque<Labels>> owned_;  // made on first use
  std::vector<std::shared_ptr<const void>> keepers_;
};

class Operator {
 public:
  virtual ~Operator() = default;
  // args: the operands' values, in order; the operator may take them apart.
  virtual absl::StatusOr<Value> Evaluate(Evaluation& evaluation, std::span<Value> args) = 0;
};

// An operator and how many values it takes from the stack.
struct Step {
  std::unique_ptr<Operator> op;
  uint32_t operands = 0;
};

// Runs the steps, of which the last one leaves the result.
absl::StatusOr<Value> Run(std::span<const Step> steps, Evaluation& evaluation);

//   kInvalidArgument    two elements have the same labels (Prometheus' error)
absl::Status CheckUnique(const Vector& vector);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_EXECUTOR_H_
