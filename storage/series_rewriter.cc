#include "storage/series_rewriter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tacho/internal/utf8.h"

namespace tacho::storage {

Labels SeriesRewriter::Whole(std::string_view metric, std::span<const TextLabel> labels) const {
  std::vector<Label> all;
  all.reserve(labels.size() + target_.size() + 1);
  all.push_back({std::string(kMetricNameLabel), std::string(metric)});
  all.insert(all.end(), target_.begin(), target_.end());
  // Later ones win, empty ones too: the target's label of that name goes.
  for (const auto& [name, value] : labels) all.push_back({std::string(name), std::string(value)});
  return Labels::FromUnsorted(std::move(all));
}

bool SeriesRewriter::Valid() const {
  return after_.Has(kMetricNameLabel) && std::ranges::all_of(after_, [](const Label& label) {
           return !label.name.empty() && internal::IsValidUtf8(label.name) &&
                  internal::IsValidUtf8(label.value);
         });
}

// A label of the body that hides one of the target's stays, even where the two are equal:
// the identity must not depend on a value that LabelRewriter::KeyOf need not name.
void SeriesRewriter::Split(std::span<const TextLabel> body) {
  own_.clear();
  for (const Label& label : after_) {
    if (label.name == kMetricNameLabel) continue;
    const bool hides = std::ranges::any_of(
        body, [&label](const TextLabel& own) { return own.first == label.name; });
    if (hides || target_.Get(label.name) != label.value) {
      own_.emplace_back(label.name, label.value);
    }
  }
  for (const Label& label : target_) {
    if (!after_.Has(label.name)) own_.emplace_back(label.name, std::string_view());
  }
  std::ranges::sort(own_);
}

SeriesRewriter::Verdict SeriesRewriter::Rewrite(std::string_view* metric,
                                                std::span<const TextLabel>* labels) {
  if (rewriter_ == nullptr) return Verdict::kKeep;
  before_ = Whole(*metric, *labels);
  after_ = before_;
  if (!rewriter_->Rewrite(&after_)) return Verdict::kDrop;
  if (!Valid()) return Verdict::kInvalid;
  Split(*labels);
  *metric = after_.Get(kMetricNameLabel);
  *labels = own_;
  return Verdict::kKeep;
}

std::string SeriesRewriter::Problem() const {
  if (!after_.Has(kMetricNameLabel)) {
    return absl::StrCat("relabelling leaves ", before_.ToString(), " without a metric name");
  }
  return absl::StrCat("relabelling gives ", before_.ToString(),
                      " a label whose name is empty, or which is not UTF-8");
}

}  // namespace tacho::storage
