#include "engine/info_join.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "engine/element_names.h"
#include "engine/executor_selector.h"
#include "engine/label_keys.h"

namespace tacho::engine {
namespace {

// The labels that say which target a series is of.
LabelFilter Identifying() { return LabelFilter::By({"instance", "job"}, /*drop_name=*/false); }

bool IsOfName(const storage::LabelMatcher& matcher) { return matcher.label() == kMetricNameLabel; }

using Matchers = std::vector<storage::LabelMatcher>;

bool NameMatches(const Matchers& matchers, std::string_view name) {
  return std::ranges::all_of(matchers,
                             [&](const auto& m) { return !IsOfName(m) || m.Matches(name); });
}

// Whether some wanted label must be there.
bool NeedsInfo(const Matchers& matchers) {
  return std::ranges::any_of(matchers,
                             [](const auto& m) { return !IsOfName(m) && !m.Matches(""); });
}

bool IsWanted(const Matchers& matchers, const std::string& label) {
  return std::ranges::all_of(matchers, IsOfName) ||
         std::ranges::any_of(matchers, [&](const auto& m) { return m.label() == label; });
}

// One evaluation.
class Join {
 public:
  Join(const Matchers& matchers, Evaluation& evaluation, const StepTimes& steps, const Value& base,
       const Value& info)
      : matchers_(matchers), evaluation_(evaluation), steps_(steps), base_(base), info_(info) {
    LabelKeys keys(Identifying());
    for (const Element& element : base.elements) {
      base_targets_.push_back(keys.Number(element.labels).first);
    }
    for (const Element& element : info.elements) {
      info_targets_.push_back(keys.Number(element.labels).first);
    }
  }

  absl::StatusOr<Value> Run() {
    out_.evidence = base_.evidence;
    out_.evidence.Merge(info_.evidence);
    for (uint32_t step = 0; step < steps_.count; ++step) {
      if (absl::Status s = FindNewest(step); !s.ok()) return s;
      for (uint32_t b = 0; b < base_.elements.size(); ++b) {
        const double cell = base_.Cells(b, steps_.count)[step];
        if (IsAbsent(cell)) continue;
        if (absl::Status s = Put(b, step, cell); !s.ok()) return s;
      }
    }
    return std::move(out_);
  }

 private:
  // By target: of each info metric the newest series.
  using OfTarget = std::map<std::string_view, uint32_t>;

  absl::Status FindNewest(uint32_t step) {
    newest_.clear();
    for (uint32_t i = 0; i < info_.elements.size(); ++i) {
      const double seconds = info_.Cells(i, steps_.count)[step];
      if (IsAbsent(seconds)) continue;
      const std::string_view metric = info_.elements[i].labels.Get(kMetricNameLabel);
      const auto [it, is_new] = newest_[info_targets_[i]].try_emplace(metric, i);
      if (is_new) continue;
      const double known = info_.Cells(it->second, steps_.count)[step];
      if (known == seconds) return Duplicate(it->second, known, i, seconds);
      if (known < seconds) it->second = i;
    }
    return absl::OkStatus();
  }

  [[nodiscard]] absl::Status Duplicate(uint32_t a, double a_seconds, uint32_t b,
                                       double b_seconds) const {
    const auto ms = [](double seconds) { return static_cast<int64_t>(seconds * 1000); };
    return absl::InvalidArgumentError(
        absl::StrCat("found duplicate series for info metric: existing ",
                     info_.elements[a].labels->ToBraces(), " @ ", ms(a_seconds), ", new ",
                     info_.elements[b].labels->ToBraces(), " @ ", ms(b_seconds)));
  }

  absl::Status Put(uint32_t b, uint32_t step, double cell) {
    const Element& base = base_.elements[b];
    if (NameMatches(matchers_, base.labels.Get(kMetricNameLabel))) {
      return PutAs(base, *base.labels, step, cell);  // an info series itself
    }
    std::map<std::string, std::string> added;
    if (const auto found = newest_.find(base_targets_[b]); found != newest_.end()) {
      for (const auto& [metric, i] : found->second) {
        if (absl::Status s = Add(*info_.elements[i].labels, *base.labels, &added); !s.ok())
          return s;
      }
    }
    if (added.empty() && NeedsInfo(matchers_)) return absl::OkStatus();
    std::vector<Label> labels(base.labels->begin(), base.labels->end());
    for (auto& [name, value] : added) labels.push_back({name, std::move(value)});
    return PutAs(base, Labels::FromUnsorted(std::move(labels)), step, cell);
  }

  absl::Status Add(const Labels& info, const Labels& base,
                   std::map<std::string, std::string>* added) const {
    for (const Label& label : info) {
      if (label.name == kMetricNameLabel || !IsWanted(matchers_, label.name)) continue;
      const auto known = added->find(label.name);
      if (known != added->end() && known->second != label.value) {
        return absl::InvalidArgumentError(absl::StrCat("conflicting label: ", label.name));
      }
      if (!base.Has(label.name)) added->emplace(label.name, label.value);
    }
    return absl::OkStatus();
  }

  absl::Status PutAs(const Element& base, Labels labels, uint32_t step, double cell) {
    auto it = index_.find(&labels);
    if (it == index_.end()) {
      Element element = base;
      element.labels = evaluation_.Own(std::move(labels));
      it = index_.emplace(element.labels.get(), out_.elements.size()).first;
      out_.Add(element, steps_.count);
    }
    double& out = out_.Cells(it->second, steps_.count)[step];
    if (!IsAbsent(out)) return SameLabelsetError();
    out = cell;
    return absl::OkStatus();
  }

  const Matchers& matchers_;
  Evaluation& evaluation_;
  const StepTimes& steps_;
  const Value& base_;
  const Value& info_;
  std::vector<uint32_t> base_targets_;
  std::vector<uint32_t> info_targets_;
  absl::flat_hash_map<uint32_t, OfTarget> newest_;
  absl::flat_hash_map<const Labels*, size_t, LabelsHash, LabelsEq> index_;
  Value out_;
};

class InfoJoinOperator : public Operator {
 public:
  explicit InfoJoinOperator(std::shared_ptr<const Selector> selector)
      : selector_(std::move(selector)), info_(NamedSampleTimes(selector_)) {}

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value> args) override {
    absl::StatusOr<Value> info = info_->Evaluate(evaluation, steps, {});
    if (!info.ok()) return info.status();
    return Join(selector_->matchers(), evaluation, steps, args[0], *info).Run();
  }

 private:
  const std::shared_ptr<const Selector> selector_;
  const std::unique_ptr<Operator> info_;
};

}  // namespace

std::unique_ptr<Operator> InfoJoin(std::shared_ptr<const Selector> selector) {
  return std::make_unique<InfoJoinOperator>(std::move(selector));
}

}  // namespace tacho::engine
