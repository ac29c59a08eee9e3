#include "engine/executor_aggregate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "engine/aggregate.h"
#include "engine/element_groups.h"
#include "engine/number_text.h"
#include "engine/quantile.h"
#include "parser/promql_quote.h"
#include "tacho/internal/utf8.h"
#include "tacho/sample.h"

namespace tacho::engine {
namespace {

// The groups as elements of a result, without values.
Value EmptyGroups(const ElementGroups& groups, const Evidence& evidence, uint32_t steps) {
  Value out;
  out.evidence = evidence;
  out.cells.reserve(groups.groups.size() * steps);
  for (const Element& group : groups.groups) out.Add(group, steps);
  return out;
}

class AggregationOperator : public Operator {
 public:
  explicit AggregationOperator(AggregationSpec spec) : spec_(std::move(spec)) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value> args) override {
    const Value& in = args[0];
    const ElementGroups groups = ElementGroups::Of(evaluation, in, spec_.grouping);
    const size_t size = groups.groups.size() * steps.count;
    if (absl::Status s = evaluation.Reserve(2 * size); !s.ok()) return s;
    std::vector<SerialAggregate> totals(size, SerialAggregate(spec_.op));
    for (size_t e = 0; e < in.elements.size(); ++e) {
      const std::span<const double> cells = in.Cells(e, steps.count);
      SerialAggregate* const of_group = &totals[size_t{groups.group_of[e]} * steps.count];
      for (uint32_t i = 0; i < steps.count; ++i) {
        if (!IsAbsent(cells[i])) of_group[i].Add(cells[i]);
      }
    }
    Value out = EmptyGroups(groups, in.evidence, steps.count);
    for (size_t i = 0; i < size; ++i) {
      if (!totals[i].empty()) out.cells[i] = totals[i].Result();
    }
    return out;
  }

 private:
  const AggregationSpec spec_;
};

class QuantileOperator : public Operator {
 public:
  explicit QuantileOperator(AggregationSpec spec) : spec_(std::move(spec)) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value> args) override {
    const std::vector<double>& q = args[0].scalars;
    const Value& in = args[1];
    const ElementGroups groups = ElementGroups::Of(evaluation, in, spec_.grouping);
    Value out = EmptyGroups(groups, in.evidence, steps.count);
    out.evidence.Merge(args[0].evidence);
    std::vector<std::vector<double>> values(groups.groups.size());
    for (uint32_t i = 0; i < steps.count; ++i) {
      for (std::vector<double>& of_group : values) of_group.clear();
      for (size_t e = 0; e < in.elements.size(); ++e) {
        const double cell = in.Cells(e, steps.count)[i];
        if (!IsAbsent(cell)) values[groups.group_of[e]].push_back(cell);
      }
      for (size_t g = 0; g < values.size(); ++g) {
        if (values[g].empty()) continue;
        out.Cells(g, steps.count)[i] = Quantile(q[i], &values[g]);
      }
    }
    Warn(RangeOf(q), evaluation.annotations());
    return out;
  }

 private:
  // Once for what is too high and once for what is too low, whatever they are at each step.
  void Warn(const ParameterRange& q, Annotations& annotations) const {
    const std::string& position = spec_.parameter_position;
    if (q.any_nan) annotations.Warn(QuantileWarning(NormalNan()), position);
    if (q.greatest > 1) annotations.Warn(QuantileWarning(q.greatest), position);
    if (q.least < 0) annotations.Warn(QuantileWarning(q.least), position);
  }

  const AggregationSpec spec_;
};

// count_values groups by the value too, which it puts into a label before it groups.
class CountValuesOperator : public Operator {
 public:
  explicit CountValuesOperator(AggregationSpec spec) : spec_(std::move(spec)) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value> args) override {
    const std::string& name = args[0].string;
    if (name.empty() || !internal::IsValidUtf8(name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("invalid label name ", parser::QuoteText(name)));
    }
    const Value& in = args[1];
    Value out;
    out.evidence = in.evidence;
    absl::flat_hash_map<const Labels*, size_t, LabelsHash, LabelsEq> groups;
    for (size_t e = 0; e < in.elements.size(); ++e) {
      const std::span<const double> cells = in.Cells(e, steps.count);
      for (uint32_t i = 0; i < steps.count; ++i) {
        if (IsAbsent(cells[i])) continue;
        Labels labels = GroupLabels(*in.elements[e].labels, name, GoDecimal(cells[i]));
        auto group = groups.find(&labels);
        if (group == groups.end()) {
          if (absl::Status s = evaluation.Reserve(out.cells.size() + steps.count); !s.ok()) {
            return s;
          }
          const Element element{evaluation.Own(std::move(labels)), {}, false};
          group = groups.emplace(element.labels.get(), out.elements.size()).first;
          out.Add(element, steps.count);
        }
        out.elements[group->second].evidence.Merge(in.elements[e].evidence);
        double& count = out.Cells(group->second, steps.count)[i];
        count = IsAbsent(count) ? 1 : count + 1;
      }
    }
    return out;
  }

 private:
  [[nodiscard]] Labels GroupLabels(const Labels& labels, const std::string& name,
                                   std::string value) const {
    std::vector<Label> kept;
    for (const Label& label : labels) {
      if (label.name != name && spec_.grouping.Keeps(label.name)) kept.push_back(label);
    }
    // by (...) keeps the label that is made here, without (...) may list it.
    if (!spec_.without || spec_.grouping.Keeps(name)) kept.push_back({name, std::move(value)});
    return Labels::FromUnsorted(std::move(kept));
  }

  const AggregationSpec spec_;
};

}  // namespace

ParameterRange RangeOf(std::span<const double> parameters) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  ParameterRange range{false, kInfinity, -kInfinity};
  for (const double v : parameters) {
    if (std::isnan(v)) {
      range.any_nan = true;
      continue;
    }
    range.least = std::min(range.least, v);
    range.greatest = std::max(range.greatest, v);
  }
  if (range.any_nan && range.least > -kInfinity) range.least = NormalNan();
  if (range.any_nan && range.greatest < kInfinity) range.greatest = NormalNan();
  return range;
}

std::unique_ptr<Operator> Aggregation(AggregationSpec spec) {
  return std::make_unique<AggregationOperator>(std::move(spec));
}

std::unique_ptr<Operator> QuantileAggregation(AggregationSpec spec) {
  return std::make_unique<QuantileOperator>(std::move(spec));
}

std::unique_ptr<Operator> CountValues(AggregationSpec spec) {
  return std::make_unique<CountValuesOperator>(std::move(spec));
}

}  // namespace tacho::engine
