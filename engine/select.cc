#include "engine/select.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "engine/bind.h"
#include "engine/parse_limits.h"
#include "engine/series_labels.h"
#include "parser/promql.h"
#include "tacho/sample.h"

namespace tacho::engine {
namespace {

using storage::Entry;
using storage::History;
using storage::Identity;
using storage::Row;
using storage::Store;
using storage::Target;

bool IsSampleIn(const Row& row, uint32_t position, int64_t min_ms, int64_t max_ms) {
  if (position >= row.size()) return false;
  const double value = row[position];
  if (storage::IsHole(value) || IsStaleMarker(value)) return false;
  const int64_t time_ms = row.TimeOf(position);
  return time_ms >= min_ms && time_ms <= max_ms;
}

// The names of the labels that the series of each metric carry.
class MetricTable {
 public:
  void Add(const BoundShape& bound, const Labels& target) {
    const Identity* previous = nullptr;
    for (const uint32_t position : bound.positions) {
      const Identity& identity = (*bound.shape)[position];
      if (previous == nullptr || !SameNames(*previous, identity)) AddSeries(identity, target);
      previous = &identity;
    }
  }

  [[nodiscard]] std::vector<MetricLabels> Take() const {
    std::vector<MetricLabels> metrics;
    for (const auto& [metric, names] : names_) {
      metrics.push_back({metric, {names.begin(), names.end()}});
    }
    return metrics;
  }

 private:
  // Neighbours are mostly series of one metric that differ in values.
  static bool SameNames(const Identity& a, const Identity& b) {
    return a.metric == b.metric &&
           std::ranges::equal(a.labels->pairs, b.labels->pairs,
                              [](const storage::LabelPair& x, const storage::LabelPair& y) {
                                return x.name == y.name &&
                                       x.value->text.empty() == y.value->text.empty();
                              });
  }

  void AddSeries(const Identity& identity, const Labels& target) {
    std::set<std::string>& names = names_[identity.metric->text];
    for (const storage::LabelPair& pair : identity.labels->pairs) {
      if (!pair.value->text.empty()) names.insert(pair.name->text);
    }
    for (const Label& label : target) {
      if (identity.labels->Find(label.name) == nullptr) names.insert(label.name);
    }
  }

  std::map<std::string, std::set<std::string>> names_;
};

}  // namespace

absl::StatusOr<Selector> ParseSelector(std::string_view text, const Options& options) {
  absl::StatusOr<parser::Ast> ast = parser::ParsePromql(text, ParseLimitsOf(options));
  if (!ast.ok()) return ast.status();
  const parser::Node& root = (*ast)[ast->root()];
  if (root.kind != parser::NodeKind::kVectorSelector) {
    return ErrorAt(absl::StatusCode::kInvalidArgument, *ast, root,
                   "a vector selector is needed, such as up{job=\"api\"}");
  }
  // Nothing is evaluated, so no lookback reaches anywhere.
  Options no_reach = options;
  no_reach.lookback = absl::ZeroDuration();
  return Selector::Create(*ast, ast->root(), no_reach);
}

bool HasSampleIn(const History& history, uint32_t position, int64_t min_ms, int64_t max_ms) {
  const auto entries = history.entries();
  return std::any_of(entries.rbegin(), entries.rend(), [&](const Entry& entry) {
    return IsSampleIn(*entry.row, position, min_ms, max_ms);
  });
}

void ForEachSeries(
    const Store& store, const Selector& selector,
    absl::FunctionRef<bool(const Target&, const History&, uint32_t position)> visit) {
  const storage::ReadGuard guard = store.Read();
  SelectorBinding binding(&selector, LabelFilter::All(/*drop_name=*/false), /*grouped=*/false);
  binding.Update(store);
  for (const BoundTarget& bound : binding.targets()) {
    for (const uint32_t position : bound.shape->positions) {
      if (!visit(*bound.target, *bound.history, position)) return;
    }
  }
}

absl::StatusOr<std::vector<Labels>> SelectSeries(const Store& store, const Options& options,
                                                 std::string_view selector_text, Timestamp since,
                                                 size_t limit) {
  absl::StatusOr<Selector> selector = ParseSelector(selector_text, options);
  if (!selector.ok()) return selector.status();
  const LabelFilter all = LabelFilter::All(/*drop_name=*/false);
  const int64_t min_ms = (since + absl::Milliseconds(1)).unix_millis();
  std::vector<Labels> series;
  ForEachSeries(store, *selector,
                [&](const Target& target, const History& history, uint32_t position) {
                  if (series.size() >= limit) return false;
                  if (HasSampleIn(history, position, min_ms, INT64_MAX)) {
                    series.push_back(SeriesLabels(history.shape()[position], target.labels(), all));
                  }
                  return true;
                });
  std::ranges::sort(series);
  return series;
}

absl::StatusOr<std::vector<MetricLabels>> SelectMetrics(const Store& store, const Options& options,
                                                        std::string_view selector_text) {
  absl::StatusOr<Selector> selector = ParseSelector(selector_text, options);
  if (!selector.ok()) return selector.status();
  const storage::ReadGuard guard = store.Read();
  // Grouped by nothing, so that one binding of a shape serves all targets.
  SelectorBinding binding(&*selector, LabelFilter::By({}, false), /*grouped=*/false);
  binding.Update(store);
  MetricTable metrics;
  absl::flat_hash_set<std::pair<const BoundShape*, std::string>> seen;
  for (const BoundTarget& bound : binding.targets()) {
    std::string names;
    for (const Label& label : bound.target->labels()) names += label.name + '\0';
    if (seen.emplace(bound.shape.get(), std::move(names)).second) {
      metrics.Add(*bound.shape, bound.target->labels());
    }
  }
  return metrics.Take();
}

}  // namespace tacho::engine
