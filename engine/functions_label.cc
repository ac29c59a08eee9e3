// Functions that change labels, and that sort by them.
//
// Source      docs/promql.md, sections 4.1 and 4.5.
#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/element_names.h"
#include "engine/functions.h"
#include "storage/regex.h"
#include "tacho/internal/utf8.h"

namespace tacho::engine {
namespace {

bool IsLabelName(const std::string& name) { return !name.empty() && internal::IsValidUtf8(name); }

void SetLabel(Evaluation& evaluation, const std::string& name, std::string value,
              Element* element) {
  std::vector<Label> labels(element->labels->begin(), element->labels->end());
  labels.push_back({name, std::move(value)});
  element->labels = evaluation.Own(Labels::FromUnsorted(std::move(labels)));
  if (name == kMetricNameLabel) element->drop_name = false;
}

absl::StatusOr<Value> LabelReplace(Evaluation& evaluation, const StepTimes& steps, const CallSite&,
                                   std::span<Value> args) {
  const std::string& target = args[1].string;
  const std::string& source = args[3].string;
  const std::string& pattern = args[4].string;
  const auto replacement = storage::RegexReplacement::Compile(
      pattern, args[2].string, evaluation.options().query.max_regex_bytes);
  if (!replacement.ok()) {
    return absl::Status(replacement.status().code(),
                        absl::StrCat("invalid regular expression in label_replace(): ", pattern));
  }
  if (!IsLabelName(target)) {
    return absl::InvalidArgumentError(
        absl::StrCat("invalid destination label name in label_replace(): ", target));
  }
  Value value = std::move(args[0]);
  for (Element& element : value.elements) {
    std::optional<std::string> text = (*replacement)->Apply(element.labels.Get(source));
    if (text.has_value()) SetLabel(evaluation, target, *std::move(text), &element);
  }
  if (absl::Status s = MergeEqual(steps, &value); !s.ok()) return s;
  return value;
}

absl::StatusOr<Value> LabelJoin(Evaluation& evaluation, const StepTimes& steps, const CallSite&,
                                std::span<Value> args) {
  const std::string& target = args[1].string;
  const std::string& separator = args[2].string;
  const std::span<const Value> sources = args.subspan(3);
  for (const Value& source : sources) {
    if (!IsLabelName(source.string)) {
      return absl::InvalidArgumentError(
          absl::StrCat("invalid source label name in label_join(): ", source.string));
    }
  }
  if (!IsLabelName(target)) {
    return absl::InvalidArgumentError(
        absl::StrCat("invalid destination label name in label_join(): ", target));
  }
  Value value = std::move(args[0]);
  for (Element& element : value.elements) {
    std::string text;
    for (size_t i = 0; i < sources.size(); ++i) {
      if (i > 0) text += separator;
      text += element.labels.Get(sources[i].string);
    }
    SetLabel(evaluation, target, std::move(text), &element);
  }
  if (absl::Status s = MergeEqual(steps, &value); !s.ok()) return s;
  return value;
}

// A run of digits at the front of the text, without leading zeros; cut off.
std::string_view TakeNumber(std::string_view* text) {
  size_t end = 0;
  while (end < text->size() && (*text)[end] >= '0' && (*text)[end] <= '9') ++end;
  std::string_view digits = text->substr(0, end);
  text->remove_prefix(end);
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  return digits;
}

// Runs of digits compare as numbers, everything else bytewise: -1, 0, 1.
int CompareNaturally(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const std::string_view x = TakeNumber(&a);
    const std::string_view y = TakeNumber(&b);
    if (!x.empty() && !y.empty()) {
      if (x.size() != y.size()) return x.size() < y.size() ? -1 : 1;
      if (const int order = x.compare(y); order != 0) return order < 0 ? -1 : 1;
      continue;
    }
    const char c = x.empty() ? a.front() : x.front();
    const char d = y.empty() ? b.front() : y.front();
    if (c != d) return static_cast<unsigned char>(c) < static_cast<unsigned char>(d) ? -1 : 1;
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  if (a.empty() && b.empty()) return 0;
  return a.empty() ? -1 : 1;
}

template <bool kDescending>
absl::StatusOr<Value> SortByLabel(Evaluation& evaluation, const StepTimes& steps,
                                  const CallSite& site, std::span<Value> args) {
  Value value = std::move(args[0]);
  if (steps.count != 1) {
    evaluation.annotations().Warn(kSortIsIneffective, site.position);
    return value;
  }
  std::vector<uint32_t> order(value.elements.size());
  std::iota(order.begin(), order.end(), 0);
  const auto before = [&](uint32_t a, uint32_t b) {
    const Labels& x = *value.elements[a].labels;
    const Labels& y = *value.elements[b].labels;
    for (const Value& name : args.subspan(1)) {
      const int natural = CompareNaturally(x.Get(name.string), y.Get(name.string));
      if (natural != 0) return natural < 0;
    }
    return x < y;
  };
  std::ranges::stable_sort(
      order, [&](uint32_t a, uint32_t b) { return kDescending ? before(b, a) : before(a, b); });
  Reorder(&value, 1, order);
  value.ordered = true;
  return value;
}

constexpr FunctionEntry kFunctions[] = {
    {.name = "label_join", .call = LabelJoin},
    {.name = "label_replace", .call = LabelReplace},
    {.name = "sort_by_label", .call = SortByLabel<false>},
    {.name = "sort_by_label_desc", .call = SortByLabel<true>},
};

}  // namespace

std::span<const FunctionEntry> LabelFunctions() { return kFunctions; }

}  // namespace tacho::engine
