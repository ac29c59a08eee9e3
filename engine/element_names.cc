#include "engine/element_names.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/label_keys.h"
#include "engine/series_labels.h"

namespace tacho::engine {
namespace {

bool IsNamed(const ElementLabels& labels) {
  return !labels.Get(kMetricNameLabel).empty() || !labels.Get("__type__").empty() ||
         !labels.Get("__unit__").empty();
}

// The first step that has a value; the number of steps if none has.
size_t FirstStep(std::span<const double> cells) {
  return static_cast<size_t>(std::ranges::find_if_not(cells, IsAbsent) - cells.begin());
}

// Adds the cells of `from` to those of `to`; false if both have one at some step.
bool Join(std::span<const double> from, std::span<double> to) {
  for (size_t i = 0; i < from.size(); ++i) {
    if (IsAbsent(from[i])) continue;
    if (!IsAbsent(to[i])) return false;
    to[i] = from[i];
  }
  return true;
}

// The windows of a range vector, joined in order of time.
bool Join(const std::vector<storage::SamplePoint>& from, std::vector<storage::SamplePoint>* to) {
  std::vector<storage::SamplePoint> both;
  std::ranges::merge(from, *to, std::back_inserter(both), {}, &storage::SamplePoint::time_ms,
                     &storage::SamplePoint::time_ms);
  const auto same_time = [](const auto& a, const auto& b) { return a.time_ms == b.time_ms; };
  if (std::adjacent_find(both.begin(), both.end(), same_time) != both.end()) return false;
  *to = std::move(both);
  return true;
}

bool JoinElement(size_t from, size_t to, uint32_t steps, Value* value) {
  value->elements[to].evidence.Merge(value->elements[from].evidence);
  if (value->type == parser::ValueType::kMatrix) {
    return Join(value->windows[from], &value->windows[to]);
  }
  return Join(value->Cells(from, steps), value->Cells(to, steps));
}

void KeepElement(size_t from, size_t to, uint32_t steps, Value* value) {
  if (from == to) return;
  value->elements[to] = value->elements[from];
  if (value->type == parser::ValueType::kMatrix) {
    value->windows[to] = std::move(value->windows[from]);
  } else {
    std::ranges::copy(value->Cells(from, steps), value->Cells(to, steps).begin());
  }
}

void Shrink(size_t kept, uint32_t steps, Value* value) {
  value->elements.resize(kept);
  if (value->type == parser::ValueType::kMatrix) {
    value->windows.resize(kept);
  } else {
    value->cells.resize(kept * steps);
  }
}

// Whether all elements carry one name, and none of the other labels that say which metric
// it is: then they differ in what is left.
bool DifferWithoutNames(const Value& value) {
  const std::string_view name =
      value.elements.empty() ? "" : value.elements.front().labels.Get(kMetricNameLabel);
  return std::ranges::all_of(value.elements, [&](const Element& element) {
    return element.labels.Get(kMetricNameLabel) == name && element.labels.Get("__type__").empty() &&
           element.labels.Get("__unit__").empty();
  });
}

}  // namespace

ElementLabels WithoutNames(Evaluation& evaluation, const ElementLabels& labels) {
  static const LabelFilter* const kNameless = new LabelFilter(LabelFilter::All(true));
  if (const LazyLabels* lazy = labels.lazy(); lazy != nullptr) {
    return evaluation.Lazily(*lazy->identity, *lazy->target, /*nameless=*/true);
  }
  return evaluation.Own(Filtered(*labels, *kNameless));
}

absl::Status SameLabelsetError() {
  return absl::InvalidArgumentError("vector cannot contain metrics with the same labelset");
}

namespace {

// On the way to MergeEqual, with what else is to be done for a pair.
template <typename BeforeJoin>
absl::Status Merge(const StepTimes& steps, Value* value, BeforeJoin before_join) {
  LabelKeys keys(LabelFilter::AllBut({}));
  size_t kept = 0;
  for (size_t i = 0; i < value->elements.size(); ++i) {
    const auto [number, is_new] = keys.Number(value->elements[i].labels);
    if (is_new) {
      KeepElement(i, kept++, steps.count, value);
      continue;
    }
    before_join(i, number);
    if (!JoinElement(i, number, steps.count, value)) return SameLabelsetError();
  }
  Shrink(kept, steps.count, value);
  return absl::OkStatus();
}

}  // namespace

absl::Status MergeEqual(const StepTimes& steps, Value* value) {
  return Merge(steps, value, [](size_t, size_t) {});
}

absl::Status MergeInTime(const StepTimes& steps, Value* value) {
  return Merge(steps, value, [&](size_t from, size_t to) {
    const auto first_step = [&](size_t e) { return FirstStep(value->Cells(e, steps.count)); };
    if (first_step(from) >= first_step(to)) return;
    value->elements[to].drop_name = value->elements[from].drop_name;
  });
}

absl::Status CheckUnique(const Value& value) {
  LabelKeys keys(LabelFilter::AllBut({}));
  for (const Element& element : value.elements) {
    if (!keys.Number(element.labels).second) return SameLabelsetError();
  }
  return absl::OkStatus();
}

absl::Status DropNames(Evaluation& evaluation, const StepTimes& steps, Value* value) {
  if (evaluation.delays_name_removal()) {
    for (Element& element : value->elements) element.drop_name = true;
    return absl::OkStatus();
  }
  const bool differ = DifferWithoutNames(*value);
  for (Element& element : value->elements) {
    if (IsNamed(element.labels)) element.labels = WithoutNames(evaluation, element.labels);
  }
  return differ ? absl::OkStatus() : MergeEqual(steps, value);
}

absl::Status DropMarkedNames(Evaluation& evaluation, const StepTimes& steps, Value* value) {
  bool dropped = false;
  for (Element& element : value->elements) {
    if (!element.drop_name || !IsNamed(element.labels)) continue;
    element.labels = WithoutNames(evaluation, element.labels);
    dropped = true;
  }
  return dropped ? MergeEqual(steps, value) : absl::OkStatus();
}

}  // namespace tacho::engine
