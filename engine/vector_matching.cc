#include "engine/vector_matching.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "engine/arithmetic.h"
#include "engine/element_names.h"
#include "engine/label_keys.h"
#include "engine/series_labels.h"

namespace tacho::engine {
namespace {

using parser::Cardinality;
using parser::Op;
using parser::VectorMatching;

constexpr uint32_t kNoElement = UINT32_MAX;

LabelFilter MatchedLabels(const VectorMatching& matching) {
  return matching.on ? LabelFilter::By(matching.labels, /*drop_name=*/false)
                     : LabelFilter::Without(matching.labels, /*drop_name=*/false);
}

bool DropsName(Op op, bool return_bool) { return !parser::IsComparison(op) || return_bool; }

// The match group of each element.
std::vector<uint32_t> NumbersOf(const Value& value, LabelKeys* keys) {
  std::vector<uint32_t> numbers;
  numbers.reserve(value.elements.size());
  for (const Element& element : value.elements) {
    numbers.push_back(keys->Number(element.labels).first);
  }
  return numbers;
}

// One evaluation of an operator between two vectors. The "many" side is the left one,
// unless group_right turns them round; the "one" side's elements are unique per group.
class BinaryMatch {
 public:
  BinaryMatch(Op op, bool return_bool, const VectorMatching& matching, Evaluation& evaluation,
              const StepTimes& steps)
      : op_(op),
        return_bool_(return_bool),
        matching_(matching),
        swapped_(matching.cardinality == Cardinality::kOneToMany),
        filter_(MatchedLabels(matching)),
        evaluation_(evaluation),
        steps_(steps) {}

  absl::StatusOr<Value> Run(const Value& left, const Value& right) {
    many_ = swapped_ ? &right : &left;
    one_ = swapped_ ? &left : &right;
    out_.evidence = left.evidence;
    out_.evidence.Merge(right.evidence);
    LabelKeys keys(filter_);
    many_groups_ = NumbersOf(*many_, &keys);
    one_groups_ = NumbersOf(*one_, &keys);
    one_of_group_.assign(keys.size(), kNoElement);
    matched_.assign(keys.size(), 0);
    for (uint32_t step = 0; step < steps_.count; ++step) {
      if (absl::Status s = RunStep(step); !s.ok()) return s;
    }
    if (absl::Status s = MergeEqual(steps_, &out_); !s.ok()) return s;
    return std::move(out_);
  }

 private:
  // What stands for an element that is missing. As Prometheus has it, group_right turns the
  // sides round before they are filled: fill_left is for the many, fill_right for the one.
  [[nodiscard]] std::optional<double> FillForOne() const { return matching_.fill_right; }
  [[nodiscard]] std::optional<double> FillForMany() const { return matching_.fill_left; }

  absl::Status RunStep(uint32_t step) {
    step_ = step;
    if (!FillForOne().has_value() && !FillForMany().has_value() &&
        (!AnyAt(*many_) || !AnyAt(*one_))) {
      return absl::OkStatus();  // nothing matches, so nothing is ambiguous
    }
    std::ranges::fill(one_of_group_, kNoElement);
    std::ranges::fill(matched_, 0);
    if (absl::Status s = FindOnes(); !s.ok()) return s;
    for (uint32_t i = 0; i < many_->elements.size(); ++i) {
      const double cell = many_->Cells(i, steps_.count)[step];
      if (IsAbsent(cell)) continue;
      if (absl::Status s = MatchMany(i, cell); !s.ok()) return s;
    }
    return FillForMany().has_value() ? FillMany() : absl::OkStatus();
  }

  [[nodiscard]] bool AnyAt(const Value& value) const {
    for (size_t i = 0; i < value.elements.size(); ++i) {
      if (!IsAbsent(value.Cells(i, steps_.count)[step_])) return true;
    }
    return false;
  }

  absl::Status FindOnes() {
    for (uint32_t i = 0; i < one_->elements.size(); ++i) {
      if (IsAbsent(one_->Cells(i, steps_.count)[step_])) continue;
      uint32_t& of_group = one_of_group_[one_groups_[i]];
      if (of_group != kNoElement) return ManyToManyError(i, of_group);
      of_group = i;
    }
    return absl::OkStatus();
  }

  [[nodiscard]] absl::Status ManyToManyError(uint32_t a, uint32_t b) const {
    std::string first = one_->elements[a].labels->ToBraces();
    std::string second = one_->elements[b].labels->ToBraces();
    if (second < first) std::swap(first, second);
    return absl::InvalidArgumentError(absl::StrCat(
        "found duplicate series for the match group ",
        Filtered(one_->elements[a].labels, filter_).ToBraces(), " on the ",
        swapped_ ? "left" : "right", " hand-side of the operation: [", first, ", ", second,
        "];many-to-many matching not allowed: matching labels must be unique on one side"));
  }

  absl::Status MatchMany(uint32_t i, double cell) {
    const uint32_t group = many_groups_[i];
    const uint32_t one = one_of_group_[group];
    double partner = 0;
    if (one != kNoElement) {
      partner = one_->Cells(one, steps_.count)[step_];
    } else if (FillForOne().has_value()) {
      partner = *FillForOne();
    } else {
      return absl::OkStatus();
    }
    if (matching_.cardinality == Cardinality::kOneToOne && matched_[group] != 0) {
      return absl::InvalidArgumentError(
          "multiple matches for labels: many-to-one matching must be explicit "
          "(group_left/group_right)");
    }
    matched_[group] = 1;
    return Put(i, one, cell, partner);
  }

  // Elements of the one side that nobody matched, with the fill value for partner.
  absl::Status FillMany() {
    for (uint32_t i = 0; i < one_->elements.size(); ++i) {
      const double cell = one_->Cells(i, steps_.count)[step_];
      if (IsAbsent(cell) || matched_[one_groups_[i]] != 0) continue;
      if (absl::Status s = Put(kNoElement, i, *FillForMany(), cell); !s.ok()) return s;
    }
    return absl::OkStatus();
  }

  absl::Status Put(uint32_t many, uint32_t one, double many_cell, double one_cell) {
    const double left = swapped_ ? one_cell : many_cell;
    const double right = swapped_ ? many_cell : one_cell;
    // In many-to-one matching results must differ even where they are filtered out.
    const uint32_t result = ResultOf(many, one);
    if (matching_.cardinality != Cardinality::kOneToOne) {
      if (seen_at_[result] == step_ + 1) {
        return absl::InvalidArgumentError(
            "multiple matches for labels: grouping labels must ensure unique matches");
      }
      seen_at_[result] = step_ + 1;
    }
    double value = left;
    if (DropsName(op_, return_bool_)) {
      value = Apply(op_, left, right);
    } else if (!Compare(op_, left, right)) {
      return absl::OkStatus();
    }
    double& cell = out_.Cells(result, steps_.count)[step_];
    if (!IsAbsent(cell)) return SameLabelsetError();
    cell = value;
    return absl::OkStatus();
  }

  // The result element of a pair, made when first needed. Pairs whose labels come out equal
  // share one in many-to-one matching, so that the clash is seen.
  uint32_t ResultOf(uint32_t many, uint32_t one) {
    const auto [it, inserted] = results_.try_emplace({many, one}, 0);
    if (!inserted) return it->second;
    ElementLabels labels = ResultLabels(many, one);
    if (matching_.cardinality != Cardinality::kOneToOne) {
      const auto known = by_labels_.find(labels.get());
      if (known != by_labels_.end()) return it->second = known->second;
    }
    // Names that were to go at the end stay: arithmetic has removed them, and as Prometheus
    // has it, a comparison forgets that they were to go.
    Element element{labels, {}, return_bool_};
    if (many != kNoElement) element.evidence = many_->elements[many].evidence;
    if (one != kNoElement) element.evidence.Merge(one_->elements[one].evidence);
    it->second = static_cast<uint32_t>(out_.elements.size());
    out_.Add(element, steps_.count);
    seen_at_.push_back(0);
    if (matching_.cardinality != Cardinality::kOneToOne) {
      by_labels_.emplace(labels.get(), it->second);
    }
    return it->second;
  }

  // Whether the result's name goes at once. With delayed removal a comparison's goes at the
  // end.
  [[nodiscard]] bool DropsNameNow() const {
    return evaluation_.delays_name_removal() ? !parser::IsComparison(op_)
                                             : DropsName(op_, return_bool_);
  }

  // What stands for the labels of an element that is missing: those that were matched.
  [[nodiscard]] ElementLabels LabelsOf(const Value& value, uint32_t element,
                                       const ElementLabels& other) const {
    if (element != kNoElement) return value.elements[element].labels;
    return evaluation_.Own(Filtered(other, filter_));
  }

  [[nodiscard]] ElementLabels ResultLabels(uint32_t many, uint32_t one) const {
    const ElementLabels any =
        many != kNoElement ? many_->elements[many].labels : one_->elements[one].labels;
    const ElementLabels from = LabelsOf(*many_, many, any);
    const bool all_stay =
        matching_.include.empty() && (matching_.cardinality != Cardinality::kOneToOne ||
                                      (!matching_.on && matching_.labels.empty()));
    if (all_stay) return DropsNameNow() ? WithoutNames(evaluation_, from) : from;
    std::vector<Label> labels;
    for (const Label& label : *from) {
      if (DropsNameNow() && NamesTheMetric(label.name)) continue;
      if (matching_.cardinality == Cardinality::kOneToOne && !StaysOneToOne(label.name)) continue;
      if (std::ranges::count(matching_.include, label.name) == 0) labels.push_back(label);
    }
    for (const std::string& name : matching_.include) {
      labels.push_back({name, std::string(LabelsOf(*one_, one, any).Get(name))});
    }
    return evaluation_.Own(Labels::FromUnsorted(std::move(labels)));
  }

  [[nodiscard]] bool StaysOneToOne(const std::string& name) const {
    const bool listed = std::ranges::count(matching_.labels, name) > 0;
    return listed == matching_.on;
  }

  const Op op_;
  const bool return_bool_;
  const VectorMatching& matching_;
  const bool swapped_;
  const LabelFilter filter_;
  Evaluation& evaluation_;
  const StepTimes& steps_;

  const Value* many_ = nullptr;
  const Value* one_ = nullptr;
  std::vector<uint32_t> many_groups_;
  std::vector<uint32_t> one_groups_;
  Value out_;
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, uint32_t> results_;
  absl::flat_hash_map<const Labels*, uint32_t, LabelsHash, LabelsEq> by_labels_;
  std::vector<uint32_t> seen_at_;  // by result: the last step that made it, from 1

  uint32_t step_ = 0;
  std::vector<uint32_t> one_of_group_;
  std::vector<uint8_t> matched_;
};

class VectorBinaryOperator : public Operator {
 public:
  VectorBinaryOperator(Op op, bool return_bool, VectorMatching matching)
      : op_(op), return_bool_(return_bool), matching_(std::move(matching)) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value> args) override {
    const uint64_t most = args[0].elements.size() + args[1].elements.size();
    if (absl::Status s = evaluation.Reserve(most * steps.count); !s.ok()) return s;
    absl::StatusOr<Value> out =
        BinaryMatch(op_, return_bool_, matching_, evaluation, steps).Run(args[0], args[1]);
    if (out.ok()) RemoveEmpty(&*out, steps.count);
    return out;
  }

 private:
  const Op op_;
  const bool return_bool_;
  const VectorMatching matching_;
};

class SetOperator : public Operator {
 public:
  SetOperator(Op op, const VectorMatching& matching) : op_(op), filter_(MatchedLabels(matching)) {}

  absl::StatusOr<Value> Evaluate(Evaluation&, const StepTimes& steps,
                                 std::span<Value> args) override {
    Value& left = args[0];
    Value& right = args[1];
    LabelKeys keys(filter_);
    const std::vector<uint32_t> left_groups = NumbersOf(left, &keys);
    const std::vector<uint32_t> right_groups = NumbersOf(right, &keys);
    if (op_ == Op::kOr) {
      Restrict(left, left_groups, keys.size(), steps.count, /*keep_present=*/false, right_groups,
               &right);
      return Union(steps, &left, right);
    }
    Restrict(right, right_groups, keys.size(), steps.count, op_ == Op::kAnd, left_groups, &left);
    RemoveEmpty(&left, steps.count);
    left.evidence.Merge(right.evidence);
    return std::move(left);
  }

 private:
  // Takes away the cells of *value whose group has a value in `other` at that step, or
  // those whose group has none.
  static void Restrict(const Value& other, std::span<const uint32_t> other_groups, uint32_t groups,
                       uint32_t steps, bool keep_present, std::span<const uint32_t> value_groups,
                       Value* value) {
    std::vector<uint8_t> present(size_t{groups} * steps, 0);
    for (size_t e = 0; e < other.elements.size(); ++e) {
      const std::span<const double> cells = other.Cells(e, steps);
      for (uint32_t i = 0; i < steps; ++i) {
        if (!IsAbsent(cells[i])) present[size_t{other_groups[e]} * steps + i] = 1;
      }
    }
    for (size_t e = 0; e < value->elements.size(); ++e) {
      const std::span<double> cells = value->Cells(e, steps);
      for (uint32_t i = 0; i < steps; ++i) {
        const bool is_present = present[size_t{value_groups[e]} * steps + i] != 0;
        if (is_present != keep_present) cells[i] = AbsentCell();
      }
    }
  }

  static absl::StatusOr<Value> Union(const StepTimes& steps, Value* left, const Value& right) {
    left->elements.insert(left->elements.end(), right.elements.begin(), right.elements.end());
    left->cells.insert(left->cells.end(), right.cells.begin(), right.cells.end());
    left->evidence.Merge(right.evidence);
    RemoveEmpty(left, steps.count);
    if (absl::Status s = MergeInTime(steps, left); !s.ok()) return s;
    return std::move(*left);
  }

  const Op op_;
  const LabelFilter filter_;
};

}  // namespace

std::unique_ptr<Operator> VectorBinary(Op op, bool return_bool, const VectorMatching& matching) {
  return std::make_unique<VectorBinaryOperator>(op, return_bool, matching);
}

std::unique_ptr<Operator> SetOperation(Op op, const VectorMatching& matching) {
  return std::make_unique<SetOperator>(op, matching);
}

}  // namespace tacho::engine
