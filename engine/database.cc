#include "engine/database.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/ingest.h"
#include "engine/list.h"
#include "engine/metadata.h"
#include "engine/plan.h"
#include "engine/select.h"
#include "engine/start_times.h"
#include "storage/refusal.h"
#include "tacho/database.h"

namespace tacho {
namespace {

absl::Status CheckTargetLabels(const Labels& labels, const storage::LabelLimits& limits) {
  absl::StatusOr<Labels> checked = Labels::Create({labels.begin(), labels.end()});
  if (!checked.ok()) return checked.status();
  if (labels.size() > limits.count) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a target has ", labels.size(), " labels, over ", limits.count,
                     "; raise max_labels_per_series or its label_limit"));
  }
  for (const Label& label : labels) {
    if (label.name.size() > limits.name_bytes || label.value.size() > limits.value_bytes) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "target label ", label.name.substr(0, 80),
          " is too long; raise max_label_name_bytes or max_label_value_bytes, or the target's "
          "label_name_length_limit or label_value_length_limit"));
    }
  }
  return absl::OkStatus();
}

// The same, and counted where it is a limit that refuses.
absl::Status AdmitLabels(const Labels& labels, const storage::LabelLimits& limits,
                         storage::Store& store) {
  absl::Status status = CheckTargetLabels(labels, limits);
  if (absl::IsResourceExhausted(status)) store.counters().RefuseScrape(Refusal::kLabelLimit);
  return status;
}

}  // namespace

Target::Target(std::shared_ptr<engine::TargetImpl> impl) : impl_(std::move(impl)) {}

const Labels& Target::labels() const { return impl_->labels(); }

absl::StatusOr<IngestReport> Target::Ingest(std::string_view body, Exposition format, Timestamp t) {
  return impl_->Ingest(body, format, t);
}

absl::StatusOr<IngestReport> Target::AppendRow(std::span<const Labels> series,
                                               std::span<const double> values, Timestamp t) {
  return impl_->AppendRow(series, values, t);
}

absl::Status Target::MarkStale(Timestamp t) { return impl_->MarkStale(t); }

absl::Status Target::RecordHealth(const ScrapeHealth& health, Timestamp t) {
  return impl_->RecordHealth(health, t);
}

absl::Status Target::SetOptions(const TargetOptions& options) { return impl_->SetOptions(options); }
void Target::Remove(Timestamp t) { impl_->Remove(t); }

Database::Database(Options options)
    : impl_(std::make_shared<engine::DatabaseImpl>(std::move(options))) {}

absl::StatusOr<Target> Database::AddTarget(const Labels& labels, const TargetOptions& options) {
  const storage::LabelLimits limits(options, this->options().storage);
  absl::Status admitted = AdmitLabels(labels, limits, *impl_->store());
  if (!admitted.ok()) return admitted;
  absl::StatusOr<storage::TargetRef> target = impl_->store()->AddTarget(labels, options);
  if (!target.ok()) return target.status();
  return Target(
      std::make_shared<engine::TargetImpl>(impl_->store(), impl_->plans(), *std::move(target)));
}

absl::Status Database::Append(const Labels& series, Timestamp t, double value) {
  if (!series.Has(kMetricNameLabel)) {
    return absl::InvalidArgumentError(
        absl::StrCat("series ", series.ToString(), " has no __name__"));
  }
  const storage::LabelLimits limits({}, options().storage);
  absl::Status admitted = AdmitLabels(series, limits, *impl_->store());
  if (!admitted.ok()) return admitted;
  const Labels name({{std::string(kMetricNameLabel), std::string(series.Get(kMetricNameLabel))}});
  return engine::AppendToLone(
      [&] { return impl_->store()->LoneSeries(series); },
      [&](storage::Target& target) { return engine::AppendSame(target, name, value, t); });
}

absl::StatusOr<Query> Database::Prepare(std::string_view promql) const {
  absl::StatusOr<std::shared_ptr<engine::Plan>> plan =
      engine::Plan::Create(promql, impl_->store(), options());
  if (!plan.ok()) return plan.status();
  (*plan)->UseStartTimes(impl_->NewStartTimes());
  return Query(*std::move(plan));
}

absl::StatusOr<QueryResult> Database::Ask(std::string_view promql, Timestamp t) const {
  absl::StatusOr<Query> query = Prepare(promql);
  if (!query.ok()) return query.status();
  return query->Evaluate(t);
}

absl::StatusOr<std::vector<Labels>> Database::Series(std::string_view selector, Timestamp since,
                                                     size_t limit) const {
  return engine::SelectSeries(*impl_->store(), options(), selector, since, limit);
}

absl::StatusOr<std::vector<MetricLabels>> Database::Metrics(std::string_view selector) const {
  return engine::SelectMetrics(*impl_->store(), options(), selector);
}

absl::StatusOr<std::vector<Labels>> Database::Series(const SeriesFilter& filter,
                                                     size_t limit) const {
  return engine::ListSeries(*impl_->store(), options(), filter, limit);
}

absl::StatusOr<std::vector<std::string>> Database::LabelNames(const SeriesFilter& filter) const {
  return engine::ListLabelNames(*impl_->store(), options(), filter);
}

absl::StatusOr<std::vector<std::string>> Database::LabelValues(std::string_view name,
                                                               const SeriesFilter& filter) const {
  return engine::ListLabelValues(*impl_->store(), options(), name, filter);
}

std::vector<MetricMetadata> Database::Metadata() const {
  return engine::CollectMetadata(*impl_->plans());
}

void engine::UseStartTimes(Database& database, std::shared_ptr<const StartTimes> start_times) {
  database.impl_->set_start_times(std::move(start_times));
}

uint64_t Database::series_version() const { return impl_->store()->version(); }

void Database::Advance(Timestamp now) { impl_->store()->Advance(now.unix_millis()); }

DatabaseStats Database::Stats() const { return impl_->store()->Stats(); }

const Options& Database::options() const { return impl_->store()->options(); }

}  // namespace tacho
