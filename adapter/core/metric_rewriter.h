// MetricRewriter: metric_relabel_configs, and the choice of what is kept at all, as the
// LabelRewriter of a job's targets.
//
// Order       Relabelling first: what is kept is chosen by the names it gives.
// Threads     Immutable; many threads may rewrite at once.
#ifndef TACHO_ADAPTER_CORE_METRIC_REWRITER_H_
#define TACHO_ADAPTER_CORE_METRIC_REWRITER_H_

#include <memory>
#include <string>
#include <string_view>

#include "adapter/core/relabel.h"
#include "tacho/label_rewriter.h"

namespace tacho::adapter {

// Which metrics are kept, by name.
class MetricFilter {
 public:
  virtual ~MetricFilter() = default;
  // Called by many threads at once.
  [[nodiscard]] virtual bool Keeps(std::string_view metric) const = 0;
};

class MetricRewriter final : public LabelRewriter {
 public:
  // filter may be null: everything is kept.
  MetricRewriter(RelabelRules rules, std::shared_ptr<const MetricFilter> filter)
      : rules_(std::move(rules)), filter_(std::move(filter)) {}

  [[nodiscard]] bool Rewrite(Labels* series) const override;
  [[nodiscard]] std::string KeyOf(const Labels& target) const override;

 private:
  const RelabelRules rules_;
  const std::shared_ptr<const MetricFilter> filter_;
};

// Null if there is nothing to do.
[[nodiscard]] std::shared_ptr<const LabelRewriter> MakeMetricRewriter(
    const RelabelRules& rules, std::shared_ptr<const MetricFilter> filter);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_METRIC_REWRITER_H_
