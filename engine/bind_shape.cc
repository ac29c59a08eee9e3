#include "engine/bind_shape.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace tacho::engine {
namespace {

using storage::Identity;
using storage::LabelMatcher;
using storage::LabelPair;
using storage::LabelSet;
using storage::NameRun;
using storage::Shape;
using storage::Symbol;

// Unselected positions between two selected ones that do not end a run.
constexpr uint32_t kBridge = 8;

bool IsNameMatcher(const LabelMatcher& matcher) { return matcher.label() == kMetricNameLabel; }

// The labels of one series that the grouping keeps, of those that the shape has: what
// tells one local group of a target from another.
using Part = std::vector<std::pair<std::string_view, std::string_view>>;

// A label that both the target and its body may have and that the binding asks for.
bool IsShared(const BindSpec& spec, const Shape& shape, std::string_view label) {
  const bool asked = spec.filter.Keeps(label) ||
                     std::ranges::any_of(spec.selector->matchers(),
                                         [&](const LabelMatcher& m) { return m.label() == label; });
  return asked && shape.UsesLabel(label);
}

class ShapeBinder {
 public:
  ShapeBinder(const BindSpec& spec, const Shape& shape, const Labels& target, BoundShape* out)
      : spec_(spec), shape_(shape), target_(target), out_(*out) {
    for (const LabelMatcher& matcher : spec.selector->matchers()) {
      if (!IsNameMatcher(matcher) && shape.UsesLabel(matcher.label())) {
        body_matchers_.push_back(&matcher);
      }
    }
    for (const Label& label : target) {
      if (spec.filter.Keeps(label.name) && shape.UsesLabel(label.name)) shared_.push_back(&label);
    }
    keeps_metric_ = spec.filter.Keeps(kMetricNameLabel);
  }

  // Takes over what is known of a prefix of the shape; returns its size.
  uint32_t Inherit(const BoundShape* parent) {
    if (parent == nullptr) return 0;
    out_.positions = parent->positions;
    out_.group_of = parent->group_of;
    for (const LocalGroup& group : parent->groups) {
      out_.groups.push_back({.sample = group.sample});
      const auto id = static_cast<uint32_t>(parts_.size());
      parts_.emplace(PartOf(shape_[group.sample]), id);
    }
    return shape_.parent_size();
  }

  void SelectFrom(uint32_t first) {
    std::vector<uint32_t> selected;
    if (!SelectByPostings(first, &selected)) SelectByRuns(first, &selected);
    std::ranges::sort(selected);
    for (const uint32_t position : selected) {
      out_.positions.push_back(position);
      out_.group_of.push_back(GroupOf(position));
    }
  }

 private:
  bool NameAllowed(std::string_view metric) const {
    return std::ranges::all_of(spec_.selector->matchers(), [metric](const LabelMatcher& matcher) {
      return !IsNameMatcher(matcher) || matcher.Matches(metric);
    });
  }

  std::string_view TargetValue(std::string_view label) const { return target_.Get(label); }

  // Label sets are shared by the metrics of one thing: each is matched once.
  bool BodyAllowed(const LabelSet* labels) {
    if (body_matchers_.empty()) return true;
    const auto [it, inserted] = allowed_.try_emplace(labels, false);
    if (inserted) {
      it->second = std::ranges::all_of(body_matchers_, [&](const LabelMatcher* matcher) {
        const LabelPair* pair = labels->Find(matcher->label());
        return matcher->Matches(pair != nullptr ? std::string_view(pair->value->text)
                                                : TargetValue(matcher->label()));
      });
    }
    return it->second;
  }

  void SelectRun(const NameRun& run, uint32_t first, std::vector<uint32_t>* selected) {
    for (uint32_t p = std::max(first, run.begin); p < run.end; ++p) {
      if (BodyAllowed(shape_[p].labels)) selected->push_back(p);
    }
  }

  // The values of the first matcher on names that has few; null if there is none.
  const std::vector<std::string>* KnownNames() const {
    for (const LabelMatcher& matcher : spec_.selector->matchers()) {
      if (IsNameMatcher(matcher) && matcher.values() != nullptr) return matcher.values();
    }
    return nullptr;
  }

  void SelectByRuns(uint32_t first, std::vector<uint32_t>* selected) {
    if (const std::vector<std::string>* names = KnownNames(); names != nullptr) {
      for (const std::string& name : *names) {
        if (!NameAllowed(name)) continue;
        for (const NameRun& run : shape_.RunsOf(name)) SelectRun(run, first, selected);
      }
      return;
    }
    for (const NameRun& run : shape_.runs()) {
      if (NameAllowed(run.metric->text)) SelectRun(run, first, selected);
    }
  }

  // Without a name, a body label of a known value leads to the positions. False if no
  // matcher has one.
  bool SelectByPostings(uint32_t first, std::vector<uint32_t>* selected) {
    if (KnownNames() != nullptr) return false;
    const auto it = std::ranges::find_if(body_matchers_, [&](const LabelMatcher* matcher) {
      return matcher->values() != nullptr && !matcher->MatchesEmpty() &&
             TargetValue(matcher->label()).empty();
    });
    if (it == body_matchers_.end()) return false;
    for (const std::string& value : *(*it)->values()) {
      for (const uint32_t p : shape_.Postings((*it)->label(), value)) {
        if (p >= first && NameAllowed(shape_[p].metric->text) && BodyAllowed(shape_[p].labels)) {
          selected->push_back(p);
        }
      }
    }
    return true;
  }

  Part PartOf(const Identity& identity) const {
    Part part;
    if (keeps_metric_) part.emplace_back(kMetricNameLabel, identity.metric->text);
    for (const LabelPair& pair : identity.labels->pairs) {
      if (pair.value->text.empty() || !spec_.filter.Keeps(pair.name->text)) continue;
      part.emplace_back(pair.name->text, pair.value->text);
    }
    for (const Label* label : shared_) {
      if (identity.labels->Find(label->name) == nullptr) {
        part.emplace_back(label->name, label->value);
      }
    }
    std::ranges::sort(part);
    return part;
  }

  uint32_t GroupOf(uint32_t position) {
    const Identity& identity = shape_[position];
    const Identity key{keeps_metric_ ? identity.metric : nullptr, identity.labels};
    const auto [known, fresh] = group_of_.try_emplace(key, 0);
    if (!fresh) return known->second;
    const auto next = static_cast<uint32_t>(out_.groups.size());
    const auto [it, inserted] = parts_.try_emplace(PartOf(identity), next);
    if (inserted) out_.groups.push_back({.sample = position});
    known->second = it->second;
    return it->second;
  }

  const BindSpec& spec_;
  const Shape& shape_;
  const Labels& target_;
  BoundShape& out_;
  bool keeps_metric_ = false;
  std::vector<const LabelMatcher*> body_matchers_;
  std::vector<const Label*> shared_;  // labels of the target that show where the body's lack
  absl::flat_hash_map<const LabelSet*, bool> allowed_;
  absl::flat_hash_map<Identity, uint32_t> group_of_;
  absl::flat_hash_map<Part, uint32_t> parts_;
};

// Divides the selected positions into runs; returns the dense index of each.
std::vector<uint32_t> LayOutRuns(BoundShape* bound) {
  std::vector<uint32_t> dense;
  dense.reserve(bound->positions.size());
  for (const uint32_t position : bound->positions) {
    if (bound->runs.empty() || position - bound->runs.back().end > kBridge) {
      bound->runs.push_back({position, position, bound->dense_size});
    }
    PositionRun& run = bound->runs.back();
    run.end = position + 1;
    bound->dense_size = run.dense_begin + (run.end - run.begin);
    dense.push_back(bound->dense_size - 1);
  }
  return dense;
}

// Gives each group its dense indices.
void LayOutGroups(std::span<const uint32_t> dense, BoundShape* bound) {
  std::vector<uint32_t> sizes(bound->groups.size());
  for (size_t i = 0; i < dense.size(); ++i) {
    LocalGroup& group = bound->groups[bound->group_of[i]];
    if (sizes[bound->group_of[i]]++ == 0) group.begin = dense[i];
    group.end = dense[i] + 1;
  }
  uint32_t next = 0;
  for (size_t g = 0; g < sizes.size(); ++g) {
    LocalGroup& group = bound->groups[g];
    group.contiguous = group.size() == sizes[g];
    if (group.contiguous) continue;
    group.begin = group.end = next;
    next += sizes[g];
  }
  bound->members.resize(next);
  for (size_t i = 0; i < dense.size(); ++i) {
    LocalGroup& group = bound->groups[bound->group_of[i]];
    if (!group.contiguous) bound->members[group.end++] = dense[i];
  }
}

}  // namespace

std::optional<uint32_t> BoundShape::DenseIndex(uint32_t position) const {
  auto it = std::ranges::upper_bound(runs, position, {}, &PositionRun::begin);
  if (it == runs.begin()) return std::nullopt;
  --it;
  if (position >= it->end) return std::nullopt;
  return it->dense_begin + (position - it->begin);
}

std::string VariantOf(const BindSpec& spec, const Shape& shape, const Labels& target) {
  std::string variant;
  for (const Label& label : target) {
    if (!IsShared(spec, shape, label.name)) continue;
    absl::StrAppend(&variant, label.name, "=", label.value.size(), ":", label.value, ";");
  }
  return variant;
}

std::shared_ptr<const BoundShape> BindShape(const BindSpec& spec,
                                            std::shared_ptr<const Shape> shape,
                                            const Labels& target, const BoundShape* parent) {
  auto bound = std::make_shared<BoundShape>();
  ShapeBinder binder(spec, *shape, target, bound.get());
  binder.SelectFrom(binder.Inherit(parent));
  LayOutGroups(LayOutRuns(bound.get()), bound.get());
  bound->variant = VariantOf(spec, *shape, target);
  bound->shape = std::move(shape);
  return bound;
}

bool TargetMatches(const BindSpec& spec, const Shape& shape, const Labels& target) {
  return std::ranges::all_of(spec.selector->matchers(), [&](const LabelMatcher& matcher) {
    return IsNameMatcher(matcher) || shape.UsesLabel(matcher.label()) ||
           matcher.Matches(target.Get(matcher.label()));
  });
}

}  // namespace tacho::engine
