#include "engine/ingest.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/refusal.h"
#include "tacho/internal/utf8.h"

namespace tacho::engine {
namespace {

using parser::ParsedSample;
using parser::ReplayPlan;
using storage::LabelSet;
using storage::RowWriter;
using storage::TextLabel;

// Labels of the parser as labels of the store.
std::span<const TextLabel> AsText(std::span<const parser::LabelRef> labels,
                                  std::vector<TextLabel>& out) {
  out.clear();
  for (const parser::LabelRef& label : labels) out.emplace_back(label.name, label.value);
  return out;
}

static_assert(parser::kNoPosition == storage::kNoPosition && parser::kDropped == storage::kDropped);

// Puts into the row what the replay could not.
class RowSink final : public parser::ReplaySink {
 public:
  RowSink(RowWriter& row, bool keep_timestamps) : row_(row), keep_timestamps_(keep_timestamps) {}

  // Adds a sample by name; returns its position.
  uint32_t Place(const ParsedSample& sample) {
    const uint32_t position = PositionOf(sample);
    if (position == storage::kNoPosition || position == storage::kDropped) return position;
    if (keep_timestamps_ && sample.has_timestamp) {
      row_.SetAt(position, sample.value, sample.timestamp_ms);
    } else {
      row_.Set(position, sample.value);
    }
    return position;
  }

  bool OnMiss(const ParsedSample& sample) override { return Place(sample) != storage::kDropped; }
  void OnTimestamp(uint32_t position, double value, int64_t timestamp_ms) override {
    row_.SetAt(position, value, timestamp_ms);
  }
  void OnDuplicate(uint32_t position, double value) override { row_.Duplicate(position, value); }

 private:
  // Labels with an id are looked up once a body.
  uint32_t PositionOf(const ParsedSample& sample) {
    const bool has_id = sample.labels_id != parser::kNoLabelsId;
    if (has_id && sample.labels_id >= sets_.size()) sets_.resize(sample.labels_id + 1, nullptr);
    const LabelSet* const known = has_id ? sets_[sample.labels_id] : nullptr;
    if (known != nullptr) return row_.PlaceSame(sample.metric, known);
    const uint32_t position = row_.Place(sample.metric, AsText(sample.labels, text_));
    if (has_id) sets_[sample.labels_id] = row_.LabelsAt(position);
    return position;
  }

  RowWriter& row_;
  const bool keep_timestamps_;
  std::vector<TextLabel> text_;
  std::vector<const LabelSet*> sets_;  // by labels id
};

uint64_t Filled(std::span<const double> row) {
  return static_cast<uint64_t>(
      std::ranges::count_if(row, [](double value) { return !storage::IsHole(value); }));
}

uint32_t SampleLimit(const TargetOptions& target, const StorageLimits& limits) {
  if (target.sample_limit == 0) return limits.max_samples_per_scrape;
  return std::min(target.sample_limit, limits.max_samples_per_scrape);
}

size_t BodyLimit(const TargetOptions& target, const StorageLimits& limits) {
  if (target.body_size_limit == 0) return limits.max_body_bytes;
  return std::min(target.body_size_limit, limits.max_body_bytes);
}

absl::Status CheckSeries(const Labels& series) {
  if (!series.Has(kMetricNameLabel)) {
    return absl::InvalidArgumentError(
        absl::StrCat("series ", series.ToString(), " has no __name__"));
  }
  for (const Label& label : series) {
    if (label.name.empty() || !internal::IsValidUtf8(label.name) ||
        !internal::IsValidUtf8(label.value)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "series ", series.ToString(), " has a label whose name is empty, or which is not UTF-8"));
    }
  }
  return absl::OkStatus();
}

// How a body's labels become identities depends on nothing else of the target. A plan
// keeps its rewriter (Accounted), so while the plan lives no other has that address.
std::string ContextOf(const Labels& labels, const TargetOptions& options) {
  std::string context = options.honor_labels ? "honor" : "rename";
  for (const Label& label : labels) {
    absl::StrAppend(&context, " ", label.name.size(), ":", label.name);
  }
  if (options.rewriter != nullptr) {
    absl::StrAppend(&context, "\n", reinterpret_cast<uintptr_t>(options.rewriter.get()), " ",
                    options.rewriter->KeyOf(labels));
  }
  return context;
}

// The plan, counted in the store's bytes for as long as it lives. It keeps the rewriter that
// its positions are due to.
std::shared_ptr<const ReplayPlan> Accounted(std::shared_ptr<const ReplayPlan> plan,
                                            std::shared_ptr<const LabelRewriter> rewriter,
                                            const std::shared_ptr<storage::Store>& store) {
  const size_t bytes = plan->bytes();
  store->counters().bytes.Add(bytes);
  const ReplayPlan* raw = plan.get();
  return {raw, [plan = std::move(plan), rewriter = std::move(rewriter), store,
                bytes](const ReplayPlan*) mutable {
            store->counters().bytes.Sub(bytes);
            plan.reset();
          }};
}

}  // namespace

TargetImpl::TargetImpl(std::shared_ptr<storage::Store> store, std::shared_ptr<PlanCache> plans,
                       storage::TargetRef target)
    : store_(std::move(store)), plans_(std::move(plans)), target_(std::move(target)) {}

absl::Status TargetImpl::Refuse(Refusal why, std::string_view detail) {
  store_->counters().RefuseScrape(why);
  return storage::RefusalStatus(why, detail, store_->options());
}

std::shared_ptr<const ReplayPlan> TargetImpl::ChoosePlan(RowWriter& row, std::string_view body,
                                                         Exposition format, bool may_adopt,
                                                         bool* adopted) {
  *adopted = false;
  if (plan_ != nullptr && plan_layout_ == row.layout()) return plan_;
  plan_ = nullptr;
  if (!may_adopt || row.shape()->size() > 0) return nullptr;
  const std::string context = ContextOf(labels(), row.options());
  SharedPlan known = plans_->FindFor(body, format, context);
  if (known.plan == nullptr) return nullptr;
  row.Adopt(std::move(known.shape));
  plan_ = std::move(known.plan);
  plan_layout_ = row.layout();
  missed_ = 0;
  *adopted = true;
  return plan_;
}

void TargetImpl::RenewPlan(RowWriter& row, std::string_view body, Exposition format,
                           std::shared_ptr<const ReplayPlan> made) {
  missed_ = 0;
  plan_layout_ = row.layout();
  if (row.added() == 0) {
    SharedPlan other =
        plans_->FindOf(*row.shape(), body, format, ContextOf(labels(), row.options()), plan_.get());
    if (other.plan != nullptr) {
      plan_ = std::move(other.plan);
      return;
    }
  }
  std::vector<TextLabel> text;
  if (made == nullptr) {
    made = ReplayPlan::Build(body, format, [&](const ParsedSample& sample) {
      return row.PositionOf(sample.metric, AsText(sample.labels, text));
    });
  }
  plan_ = Accounted(std::move(made), row.options().rewriter, store_);
}

absl::Status TargetImpl::ReadBody(const ReplayPlan* plan, std::string_view body, Exposition format,
                                  RowWriter& row, parser::ReplayCounts* counts,
                                  std::shared_ptr<const ReplayPlan>* made) {
  const TargetOptions& options = row.options();
  const uint32_t max_samples = SampleLimit(options, store_->options().storage);
  RowSink sink(row, options.honor_timestamps);
  if (plan != nullptr && plan->format() == format) {
    return parser::Replay(plan, body, format,
                          {.keep_timestamps = options.honor_timestamps, .max_samples = max_samples},
                          row.known(), storage::Hole(), sink, counts);
  }
  auto read = ReplayPlan::Read(
      body, format, max_samples, [&sink](const ParsedSample& sample) { return sink.Place(sample); },
      counts);
  if (read.ok()) *made = *std::move(read);
  return read.status();
}

absl::StatusOr<IngestReport> TargetImpl::IngestOnce(std::string_view body, Exposition format,
                                                    Timestamp t, bool may_adopt, bool* mistaken) {
  RowWriter row(*target_, t.unix_millis(), /*mark_missing=*/true);
  if (row.refusal() != Refusal::kNone) return row.Commit();
  const TargetOptions options = row.options();
  if (body.size() > BodyLimit(options, store_->options().storage)) {
    return Refuse(Refusal::kBodyLimit, "");
  }
  bool adopted = false;
  const std::shared_ptr<const ReplayPlan> plan = ChoosePlan(row, body, format, may_adopt, &adopted);
  parser::ReplayCounts counts;
  std::shared_ptr<const ReplayPlan> made;
  const absl::Status read = ReadBody(plan.get(), body, format, row, &counts, &made);
  if (!read.ok()) {
    if (adopted) plan_ = nullptr;
    if (absl::IsResourceExhausted(read)) return Refuse(Refusal::kSampleLimit, "");
    return Refuse(Refusal::kMalformed, std::string(read.message()));
  }
  // A shape that was taken over must be most of what the body holds, and the other way
  // round; or the target would carry another's series for ever.
  if (adopted && Filled(row.known()) * 8 < uint64_t{row.shape()->size()} * 7) {
    plan_ = nullptr;
    *mistaken = true;
    return IngestReport();
  }
  if (row.refusal() != Refusal::kNone) {
    if (adopted) plan_ = nullptr;
    return row.Commit();
  }
  missed_ += counts.samples - counts.replayed;
  const bool renew = missed_ * 4 > counts.samples;
  if (renew) RenewPlan(row, body, format, std::move(made));
  row.report().samples = counts.samples;
  row.report().dropped = counts.dropped;
  row.report().replayed = counts.replayed;
  absl::StatusOr<IngestReport> report = row.Commit();
  if (report.ok()) store_->counters().samples_replayed.Add(counts.replayed);
  if (!report.ok() || row.layout() != plan_layout_) {
    plan_ = nullptr;
    return report;
  }
  if (renew) plans_->Put({plan_, row.shape()}, ContextOf(labels(), options));
  return report;
}

absl::StatusOr<IngestReport> TargetImpl::Ingest(std::string_view body, Exposition format,
                                                Timestamp t) {
  bool mistaken = false;
  absl::StatusOr<IngestReport> report = IngestOnce(body, format, t, /*may_adopt=*/true, &mistaken);
  if (mistaken) report = IngestOnce(body, format, t, /*may_adopt=*/false, &mistaken);
  return report;
}

absl::StatusOr<IngestReport> AppendNamed(storage::Target& target, std::span<const Labels> series,
                                         std::span<const double> values, Timestamp t) {
  if (series.size() != values.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(series.size(), " series but ", values.size(), " values; give one for each"));
  }
  for (const Labels& labels : series) {
    if (absl::Status status = CheckSeries(labels); !status.ok()) return status;
  }
  RowWriter row(target, t.unix_millis(), /*mark_missing=*/false);
  if (row.refusal() != Refusal::kNone) return row.Commit();
  if (series.size() > row.limits().max_samples_per_scrape) row.Refuse(Refusal::kSampleLimit);
  std::vector<TextLabel> text;
  for (size_t i = 0; i < series.size() && row.refusal() == Refusal::kNone; ++i) {
    text.clear();
    for (const Label& label : series[i]) {
      if (label.name != kMetricNameLabel) text.emplace_back(label.name, label.value);
    }
    row.Add(series[i].Get(kMetricNameLabel), text, values[i]);
  }
  row.report().samples = static_cast<uint32_t>(series.size());
  return row.Commit();
}

absl::Status AppendSame(storage::Target& target, const Labels& name, double value, Timestamp t) {
  if (target.NewestIs(t.unix_millis(), value)) return absl::OkStatus();
  return AppendNamed(target, {&name, 1}, {&value, 1}, t).status();
}

absl::Status AppendToLone(absl::FunctionRef<absl::StatusOr<storage::TargetRef>()> find,
                          absl::FunctionRef<absl::Status(storage::Target&)> append) {
  while (true) {
    const absl::StatusOr<storage::TargetRef> target = find();
    if (!target.ok()) return target.status();
    absl::Status status = append(**target);
    if (!absl::IsFailedPrecondition(status)) return status;
  }
}

absl::StatusOr<IngestReport> TargetImpl::AppendRow(std::span<const Labels> series,
                                                   std::span<const double> values, Timestamp t) {
  return AppendNamed(*target_, series, values, t);
}

absl::Status TargetImpl::MarkStale(Timestamp t) {
  return storage::RefusalStatus(target_->MarkStale(t.unix_millis()), "", store_->options());
}

absl::Status TargetImpl::RecordHealth(const ScrapeHealth& health, Timestamp t) {
  static const std::array<Labels, 5> kSeries = {
      Labels({{"__name__", "up"}}), Labels({{"__name__", "scrape_duration_seconds"}}),
      Labels({{"__name__", "scrape_samples_scraped"}}),
      Labels({{"__name__", "scrape_samples_post_metric_relabeling"}}),
      Labels({{"__name__", "scrape_series_added"}})};
  const std::array<double, 5> values = {health.up ? 1.0 : 0.0, health.duration_seconds,
                                        health.samples_scraped, health.samples_post_relabeling,
                                        health.series_added};
  return AppendToLone(
      [&] { return store_->HealthOf(labels()); },
      [&](storage::Target& lone) { return AppendNamed(lone, kSeries, values, t).status(); });
}

absl::Status TargetImpl::SetOptions(const TargetOptions& options) {
  if (target_->SetOptions(options)) return absl::OkStatus();
  return storage::RefusalStatus(Refusal::kTargetRemoved, "", store_->options());
}

void TargetImpl::Remove(Timestamp t) {
  target_->Remove(t.unix_millis());
  // If there is no room for it, there was no health to end.
  if (auto health = store_->HealthOf(labels()); health.ok()) (*health)->Remove(t.unix_millis());
}

}  // namespace tacho::engine
