#include "engine/aggregate.h"

#include <cmath>
#include <limits>

namespace tacho::engine {

using parser::Op;

bool IsFusedAggregation(Op op) { return op >= Op::kSum && op <= Op::kGroup; }

double Extreme(Op op, double current, double value) {
  const bool replace = op == Op::kMin ? current > value : current < value;
  return replace || std::isnan(current) ? value : current;
}

void SerialAggregate::Add(double value) {
  ++count_;
  if (count_ == 1) {
    sum_.sum = value;
    extreme_ = value;
    squares_ = std::isfinite(value) ? 0 : std::numeric_limits<double>::quiet_NaN();
    return;
  }
  switch (op_) {
    case Op::kSum:
      return sum_.Add(value);
    case Op::kAvg:
      return AddToMean(value);
    case Op::kMin:
    case Op::kMax:
      extreme_ = Extreme(op_, extreme_, value);
      return;
    case Op::kStddev:
    case Op::kStdvar:
      return AddToVariance(value);
    default:
      return;
  }
}

// As a sum while that is finite: exact for integers. From where it is not, as a mean
// that grows by shares.
void SerialAggregate::AddToMean(double value) {
  const auto n = static_cast<double>(count_);
  if (!incremental_) {
    CompensatedSum next = sum_;
    next.Add(value);
    if (!std::isinf(next.sum)) {
      sum_ = next;
      return;
    }
    incremental_ = true;
    sum_.sum /= n - 1;
    sum_.error /= n - 1;
  }
  const double share = (n - 1) / n;
  sum_.sum *= share;
  sum_.error *= share;
  sum_.Add(value / n);
}

// Welford's, without compensation.
void SerialAggregate::AddToVariance(double value) {
  const double distance = value - extreme_;
  extreme_ += distance / static_cast<double>(count_);
  squares_ += distance * (value - extreme_);
}

double SerialAggregate::Result() const {
  switch (op_) {
    case Op::kSum:
      return sum_.Value();
    case Op::kAvg: {
      if (incremental_) return sum_.Value();
      const auto n = static_cast<double>(count_);
      return sum_.sum / n + sum_.error / n;
    }
    case Op::kMin:
    case Op::kMax:
      return extreme_;
    case Op::kStddev:
      return std::sqrt(squares_ / static_cast<double>(count_));
    case Op::kStdvar:
      return squares_ / static_cast<double>(count_);
    case Op::kCount:
      return static_cast<double>(count_);
    default:
      return 1;  // group
  }
}

}  // namespace tacho::engine
