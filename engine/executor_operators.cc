#include "engine/executor_operators.h"

#include <algorithm>
#include <utility>

#include "engine/arithmetic.h"
#include "engine/element_names.h"

namespace tacho::engine {
namespace {

using parser::Op;
using parser::ValueType;

class NumberOperator : public Operator {
 public:
  explicit NumberOperator(double value) : value_(value) {}
  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value>) override {
    if (absl::Status s = evaluation.Reserve(steps.count); !s.ok()) return s;
    return Value::Scalar(value_, steps.count);
  }

 private:
  const double value_;
};

class StringOperator : public Operator {
 public:
  explicit StringOperator(std::string value) : value_(std::move(value)) {}
  absl::StatusOr<Value> Evaluate(Evaluation&, const StepTimes&, std::span<Value>) override {
    Value literal;
    literal.type = ValueType::kString;
    literal.string = value_;
    return literal;
  }

 private:
  const std::string value_;
};

class NegationOperator : public Operator {
 public:
  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value> args) override {
    Value value = std::move(args[0]);
    for (double& v : value.scalars) v = -v;
    for (double& cell : value.cells) {
      if (!IsAbsent(cell)) cell = -cell;
    }
    if (absl::Status s = DropNames(evaluation, steps, &value); !s.ok()) return s;
    return value;
  }
};

class ScalarBinaryOperator : public Operator {
 public:
  ScalarBinaryOperator(Op op, bool return_bool) : op_(op), return_bool_(return_bool) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value> args) override {
    Value& left = args[0];
    Value& right = args[1];
    if (left.type == ValueType::kScalar && right.type == ValueType::kScalar) {
      Value out = std::move(left);
      out.evidence.Merge(right.evidence);
      for (uint32_t i = 0; i < steps.count; ++i) {
        out.scalars[i] = Apply(op_, out.scalars[i], right.scalars[i]);
      }
      return out;
    }
    const bool vector_left = left.type == ValueType::kVector;
    Value vector = std::move(vector_left ? left : right);
    const Value& scalar = vector_left ? right : left;
    vector.evidence.Merge(scalar.evidence);
    const bool filters = parser::IsComparison(op_) && !return_bool_;
    for (size_t e = 0; e < vector.elements.size(); ++e) {
      Combine(vector.Cells(e, steps.count), scalar.scalars, vector_left, filters);
    }
    if (filters) {
      RemoveEmpty(&vector, steps.count);
      return vector;
    }
    if (absl::Status s = DropNames(evaluation, steps, &vector); !s.ok()) return s;
    return vector;
  }

 private:
  void Combine(std::span<double> cells, std::span<const double> scalars, bool vector_left,
               bool filters) const {
    for (size_t i = 0; i < cells.size(); ++i) {
      if (IsAbsent(cells[i])) continue;
      const double a = vector_left ? cells[i] : scalars[i];
      const double b = vector_left ? scalars[i] : cells[i];
      if (!filters) {
        cells[i] = Apply(op_, a, b);
      } else if (!Compare(op_, a, b)) {
        cells[i] = AbsentCell();  // else the vector's value is kept, on either side
      }
    }
  }

  const Op op_;
  const bool return_bool_;
};

class CallOperator : public Operator {
 public:
  CallOperator(const FunctionEntry& function, CallSite site)
      : function_(function), site_(std::move(site)) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value> args) override {
    if (function_.call != nullptr) return function_.call(evaluation, steps, site_, args);
    Value value = std::move(args[0]);
    for (double& cell : value.cells) {
      if (!IsAbsent(cell)) cell = function_.math(cell);
    }
    if (absl::Status s = DropNames(evaluation, steps, &value); !s.ok()) return s;
    return value;
  }

 private:
  const FunctionEntry& function_;
  const CallSite site_;
};

class InlineOperator : public Operator {
 public:
  explicit InlineOperator(Program program) : program_(std::move(program)) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value>) override {
    return Run(program_, evaluation, steps);
  }

 private:
  const Program program_;
};

class InvariantOperator : public Operator {
 public:
  explicit InvariantOperator(Program program) : program_(std::move(program)) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value>) override {
    absl::StatusOr<Value> once =
        Run(program_, evaluation, {.start_ms = steps.start_ms, .step_ms = 1, .count = 1});
    if (!once.ok() || steps.count == 1) return once;
    const uint64_t size = once->cells.size() + once->scalars.size();
    if (absl::Status s = evaluation.Reserve(size * steps.count); !s.ok()) return s;
    once->cells = Repeated(once->cells, steps.count);
    once->scalars = Repeated(once->scalars, steps.count);
    return once;
  }

 private:
  static std::vector<double> Repeated(const std::vector<double>& values, uint32_t times) {
    std::vector<double> all;
    all.reserve(values.size() * times);
    for (const double v : values) all.insert(all.end(), times, v);
    return all;
  }

  const Program program_;
};

}  // namespace

std::unique_ptr<Operator> NumberLiteral(double value) {
  return std::make_unique<NumberOperator>(value);
}

std::unique_ptr<Operator> StringLiteral(std::string value) {
  return std::make_unique<StringOperator>(std::move(value));
}

std::unique_ptr<Operator> Negation() { return std::make_unique<NegationOperator>(); }

std::unique_ptr<Operator> ScalarBinary(Op op, bool return_bool) {
  return std::make_unique<ScalarBinaryOperator>(op, return_bool);
}

std::unique_ptr<Operator> FunctionCall(const FunctionEntry& function, CallSite site) {
  return std::make_unique<CallOperator>(function, std::move(site));
}

std::unique_ptr<Operator> Inline(Program program) {
  return std::make_unique<InlineOperator>(std::move(program));
}

std::unique_ptr<Operator> Invariant(Program program) {
  return std::make_unique<InvariantOperator>(std::move(program));
}

}  // namespace tacho::engine
