// topk, bottomk, limitk, limit_ratio: aggregations whose result is some of their input.
#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/element_groups.h"
#include "engine/executor_aggregate.h"
#include "parser/number.h"

namespace tacho::engine {
namespace {

using parser::Op;

// The doubles from and below which int64 has no room.
constexpr double kTooBig = 9223372036854774784.0;
constexpr double kTooSmall = -9223372036854775808.0;

// FNV-1a with a finaliser: the same in every build and run, unlike Abseil's.
uint64_t StableHash(const Labels& labels) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&](const std::string& text) {
    for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
    hash = (hash ^ 0xff) * 0x100000001b3;
  };
  for (const Label& label : labels) {
    add(label.name);
    add(label.value);
  }
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

class SelectionOperator : public Operator {
 public:
  explicit SelectionOperator(AggregationSpec spec) : spec_(std::move(spec)) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value> args) override {
    std::vector<double>& parameters = args[0].scalars;
    if (absl::Status s = Check(evaluation, &parameters); !s.ok()) return s;
    Value out = std::move(args[1]);
    out.ordered = false;
    out.evidence.Merge(args[0].evidence);
    const ElementGroups groups = ElementGroups::Of(evaluation, out, spec_.grouping);
    std::vector<std::vector<uint32_t>> members(groups.groups.size());
    std::vector<uint32_t> order;
    for (uint32_t i = 0; i < steps.count; ++i) {
      for (std::vector<uint32_t>& of_group : members) of_group.clear();
      for (uint32_t e = 0; e < out.elements.size(); ++e) {
        if (!IsAbsent(out.Cells(e, steps.count)[i])) members[groups.group_of[e]].push_back(e);
      }
      order.clear();
      for (std::vector<uint32_t>& of_group : members) {
        const size_t kept = Choose(out, steps, i, parameters[i], &of_group);
        order.insert(order.end(), of_group.begin(), of_group.begin() + static_cast<long>(kept));
        for (size_t m = kept; m < of_group.size(); ++m) {
          out.Cells(of_group[m], steps.count)[i] = AbsentCell();
        }
      }
    }
    // One step's choice is an order; over several steps it is none.
    if (steps.count == 1) {
      Reorder(&out, 1, order);
      out.ordered = spec_.op == Op::kTopk || spec_.op == Op::kBottomk;
    }
    RemoveEmpty(&out, steps.count);
    return out;
  }

 private:
  absl::Status Check(Evaluation& evaluation, std::vector<double>* parameters) const {
    const bool ratio = spec_.op == Op::kLimitRatio;
    const ParameterRange range = RangeOf(*parameters);
    if (range.any_nan) {
      return absl::InvalidArgumentError(ratio ? "Ratio value is NaN" : "Parameter value is NaN");
    }
    if (ratio) {
      if (range.greatest > 1) WarnOfRatio(evaluation, range.greatest, 1);
      if (range.least < -1) WarnOfRatio(evaluation, range.least, -1);
      for (double& v : *parameters) v = std::clamp(v, -1.0, 1.0);
    } else if (range.greatest >= 1 && range.least <= kTooSmall) {
      return absl::InvalidArgumentError(
          absl::StrCat("Scalar value ", parser::FormatFloat(range.least), " underflows int64"));
    } else if (range.greatest >= kTooBig) {
      return absl::InvalidArgumentError(
          absl::StrCat("Scalar value ", parser::FormatFloat(range.greatest), " overflows int64"));
    }
    return absl::OkStatus();
  }

  void WarnOfRatio(Evaluation& evaluation, double got, double capped) const {
    evaluation.annotations().Warn(
        absl::StrCat("ratio value should be between -1 and 1, got ", parser::FormatFloat(got),
                     ", capping to ", parser::FormatFloat(capped)),
        spec_.parameter_position);
  }

  // Puts the members that are kept first; how many they are.
  size_t Choose(const Value& value, const StepTimes& steps, uint32_t step, double parameter,
                std::vector<uint32_t>* members) const {
    if (spec_.op == Op::kLimitRatio) return ChooseRatio(value, parameter, members);
    const auto k =
        static_cast<size_t>(std::clamp(parameter, 0.0, static_cast<double>(members->size())));
    if (spec_.op == Op::kLimitk) return k;
    // NaN is the worst of both; of equals the earlier one wins.
    const auto better = [&](uint32_t a, uint32_t b) {
      const double x = value.Cells(a, steps.count)[step];
      const double y = value.Cells(b, steps.count)[step];
      if (std::isnan(x) != std::isnan(y)) return std::isnan(y);
      if (std::isnan(x) || x == y) return a < b;
      return spec_.op == Op::kTopk ? x > y : x < y;
    };
    std::partial_sort(members->begin(), members->begin() + static_cast<long>(k), members->end(),
                      better);
    return k;
  }

  static size_t ChooseRatio(const Value& value, double ratio, std::vector<uint32_t>* members) {
    const auto kept = std::stable_partition(members->begin(), members->end(), [&](uint32_t member) {
      const double place =
          static_cast<double>(StableHash(*value.elements[member].labels) >> 11) * 0x1p-53;
      return ratio >= 0 ? place < ratio : place >= 1 + ratio;
    });
    return static_cast<size_t>(kept - members->begin());
  }

  const AggregationSpec spec_;
};

}  // namespace

std::unique_ptr<Operator> Selection(AggregationSpec spec) {
  return std::make_unique<SelectionOperator>(std::move(spec));
}

}  // namespace tacho::engine
