#include "engine/executor_operators.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/aggregate.h"
#include "engine/executor_selector.h"

namespace tacho::engine {
namespace {

using parser::Op;
using parser::ValueType;

class LiteralOperator : public Operator {
 public:
  explicit LiteralOperator(Value value) : value_(std::move(value)) {}
  absl::StatusOr<Value> Evaluate(Evaluation&, std::span<Value>) override { return value_; }

 private:
  const Value value_;
};

class NegationOperator : public Operator {
 public:
  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, std::span<Value> args) override {
    Value value = std::move(args[0]);
    value.scalar = -value.scalar;
    for (ResultSample& sample : value.vector) sample.value = -sample.value;
    if (const absl::Status s = DropNames(evaluation, &value.vector); !s.ok()) return s;
    return value;
  }
};

double Compute(Op op, double a, double b) {
  switch (op) {
    case Op::kAdd:
      return a + b;
    case Op::kSub:
      return a - b;
    case Op::kMul:
      return a * b;
    case Op::kDiv:
      return a / b;
    case Op::kMod:
      return std::fmod(a, b);
    case Op::kPow:
      return std::pow(a, b);
    default:
      return std::atan2(a, b);
  }
}

bool Compare(Op op, double a, double b) {
  switch (op) {
    case Op::kEql:
      return a == b;
    case Op::kNeq:
      return a != b;
    case Op::kLss:
      return a < b;
    case Op::kLte:
      return a <= b;
    case Op::kGtr:
      return a > b;
    default:
      return a >= b;
  }
}

class ScalarBinaryOperator : public Operator {
 public:
  ScalarBinaryOperator(Op op, bool return_bool) : op_(op), return_bool_(return_bool) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, std::span<Value> args) override {
    Value& left = args[0];
    Value& right = args[1];
    if (left.type == ValueType::kScalar && right.type == ValueType::kScalar) {
      Value out = Value::Scalar(Apply(left.scalar, right.scalar));
      out.evidence = left.evidence;
      out.evidence.Merge(right.evidence);
      return out;
    }
    const bool vector_left = left.type == ValueType::kVector;
    Value vector = std::move(vector_left ? left : right);
    const double scalar = (vector_left ? right : left).scalar;
    vector.evidence.Merge((vector_left ? right : left).evidence);
    const auto sides = [&](double v) {
      return vector_left ? std::pair(v, scalar) : std::pair(scalar, v);
    };
    if (parser::IsComparison(op_) && !return_bool_) {
      // The vector's value is kept, on whichever side it stands.
      std::erase_if(vector.vector, [&](const ResultSample& sample) {
        const auto [a, b] = sides(sample.value);
        return !Compare(op_, a, b);
      });
      return vector;
    }
    for (ResultSample& sample : vector.vector) {
      const auto [a, b] = sides(sample.value);
      sample.value = Apply(a, b);
    }
    if (const absl::Status s = DropNames(evaluation, &vector.vector); !s.ok()) return s;
    return vector;
  }

 private:
  [[nodiscard]] double Apply(double a, double b) const {
    return parser::IsComparison(op_) ? (Compare(op_, a, b) ? 1 : 0) : Compute(op_, a, b);
  }

  const Op op_;
  const bool return_bool_;
};

class AggregationOperator : public Operator {
 public:
  AggregationOperator(Op op, LabelFilter grouping) : op_(op), grouping_(std::move(grouping)) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, std::span<Value> args) override {
    struct Group {
      const Labels* labels;
      SerialAggregate total;
      Evidence evidence;
    };
    std::vector<Group> groups;
    absl::flat_hash_map<Labels, size_t, LabelsHash, LabelsEq> index;
    for (const ResultSample& sample : args[0].vector) {
      Labels labels = Filtered(sample.labels(), grouping_);
      const auto [it, inserted] = index.try_emplace(labels, groups.size());
      if (inserted) {
        groups.push_back({evaluation.Own(std::move(labels)), SerialAggregate(op_), {}});
      }
      groups[it->second].total.Add(sample.value);
      groups[it->second].evidence.Merge(sample.evidence);
    }
    Value out;
    out.evidence = args[0].evidence;
    for (const Group& group : groups) {
      out.vector.emplace_back(group.labels, group.total.Result(), group.evidence);
    }
    SortByLabels(&out.vector);
    return out;
  }

 private:
  const Op op_;
  const LabelFilter grouping_;
};

class CallOperator : public Operator {
 public:
  explicit CallOperator(const FunctionEntry& function) : function_(function) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, std::span<Value> args) override {
    if (function_.call != nullptr) return function_.call(evaluation, args);
    Value value = std::move(args[0]);
    for (ResultSample& sample : value.vector) sample.value = function_.math(sample.value);
    if (const absl::Status s = DropNames(evaluation, &value.vector); !s.ok()) return s;
    return value;
  }

 private:
  const FunctionEntry& function_;
};

}  // namespace

std::unique_ptr<Operator> NumberLiteral(double value) {
  return std::make_unique<LiteralOperator>(Value::Scalar(value));
}

std::unique_ptr<Operator> StringLiteral(std::string value) {
  Value literal;
  literal.type = ValueType::kString;
  literal.string = std::move(value);
  return std::make_unique<LiteralOperator>(std::move(literal));
}

std::unique_ptr<Operator> Negation() { return std::make_unique<NegationOperator>(); }

std::unique_ptr<Operator> ScalarBinary(Op op, bool return_bool) {
  return std::make_unique<ScalarBinaryOperator>(op, return_bool);
}

std::unique_ptr<Operator> Aggregation(Op op, LabelFilter grouping) {
  return std::make_unique<AggregationOperator>(op, std::move(grouping));
}

std::unique_ptr<Operator> FunctionCall(const FunctionEntry& function) {
  return std::make_unique<CallOperator>(function);
}

absl::Status DropNames(Evaluation& evaluation, Vector* vector) {
  static const LabelFilter* const kNameless = new LabelFilter(LabelFilter::All(true));
  bool dropped = false;
  for (ResultSample& sample : *vector) {
    if (!std::ranges::any_of(sample.labels(),
                             [](const Label& label) { return NamesTheMetric(label.name); })) {
      continue;
    }
    const Labels* labels = evaluation.Own(Filtered(sample.labels(), *kNameless));
    sample = ResultSample(labels, sample.value, sample.evidence);
    dropped = true;
  }
  if (!dropped) return absl::OkStatus();
  SortByLabels(vector);
  return CheckUnique(*vector);
}

}  // namespace tacho::engine
