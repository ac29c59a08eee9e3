#include "storage/row_writer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/refusal.h"
#include "storage/store.h"
#include "tacho/sample.h"

namespace tacho::storage {
namespace {

// The memory of the last writer of this thread, for the next one.
std::vector<double>& SpareValues() {
  thread_local std::vector<double> spare;
  return spare;
}

// A caller's NaN that looks like a hole would vanish: it is an ordinary NaN.
double NotHole(double v) { return IsHole(v) ? NormalNan() : v; }

// As much of a name as an error needs, not cut within a character.
std::string Shortened(std::string_view name) {
  constexpr size_t kBytesMax = 80;
  if (name.size() <= kBytesMax) return std::string(name);
  size_t end = kBytesMax;
  while (end > 0 && (static_cast<uint8_t>(name[end]) & 0xc0) == 0x80) --end;
  return std::string(name.substr(0, end)) + "...";
}

uint32_t Tighter(uint32_t own, uint32_t all) { return own == 0 ? all : std::min(own, all); }

}  // namespace

LabelLimits::LabelLimits(const TargetOptions& target, const StorageLimits& store)
    : count(Tighter(target.label_limit, store.max_labels_per_series)),
      name_bytes(Tighter(target.label_name_length_limit, store.max_label_name_bytes)),
      value_bytes(Tighter(target.label_value_length_limit, store.max_label_value_bytes)),
      metric_bytes(Tighter(target.label_value_length_limit, store.max_label_name_bytes)) {}

RowWriter::RowWriter(Target& target, int64_t time_ms, bool mark_missing)
    : target_(target),
      lock_(target.mutex_),
      time_ms_(time_ms),
      mark_missing_(mark_missing),
      honor_labels_(target.options_.honor_labels),
      label_limits_(target.options_, limits()),
      history_(target.Current()),
      merger_(target.labels(), honor_labels_),
      rewriter_(target.labels(), target.options_.rewriter.get()),
      refusal_(target.CheckTime(time_ms)),
      base_(history_.shared_shape()),
      values_(std::exchange(SpareValues(), {})) {
  values_.assign(base_->size(), Hole());
  known_ = values_;
}

RowWriter::~RowWriter() { SpareValues() = std::move(values_); }

const StorageLimits& RowWriter::limits() const { return target_.store_.options().storage; }

void RowWriter::Adopt(std::shared_ptr<const Shape> shape) {
  base_ = std::move(shape);
  values_.assign(base_->size(), Hole());
  known_ = values_;
}

void RowWriter::RefuseSample(Refusal why) {
  if (report_.first_refusal == Refusal::kNone) report_.first_refusal = why;
  ++report_.refused;
  ++refused_[static_cast<size_t>(why)];
}

bool RowWriter::WithinLimits(std::string_view metric, std::span<const TextLabel> labels) {
  if (refusal_ != Refusal::kNone) return false;
  const auto too_long = std::ranges::find_if(labels, [&](const TextLabel& label) {
    return label.first.size() > label_limits_.name_bytes ||
           label.second.size() > label_limits_.value_bytes;
  });
  size_t count = labels.size() + target_.labels().size() + 1;
  // Counted with care only when it matters: the body may hide labels of the target.
  if (count > label_limits_.count) count = merger_.CountAll(labels);
  if (too_long == labels.end() && metric.size() <= label_limits_.metric_bytes &&
      count <= label_limits_.count) {
    return true;
  }
  refusal_ = Refusal::kLabelLimit;
  detail_ = LabelLimitDetail(metric, too_long == labels.end() ? nullptr : &*too_long, count);
  return false;
}

bool RowWriter::NameWithinLimits(std::string_view metric) {
  if (refusal_ != Refusal::kNone) return false;
  if (metric.size() <= label_limits_.metric_bytes) return true;
  refusal_ = Refusal::kLabelLimit;
  detail_ = NameLimitDetail(metric);
  return false;
}

std::string RowWriter::NameLimitDetail(std::string_view metric) const {
  return absl::StrCat("the name ", Shortened(metric), " has ", metric.size(), " bytes, over ",
                      label_limits_.metric_bytes,
                      "; raise max_label_name_bytes or the target's label_value_length_limit");
}

std::string RowWriter::LabelLimitDetail(std::string_view metric, const TextLabel* too_long,
                                        size_t count) const {
  const std::string name = Shortened(metric);
  if (too_long != nullptr) {
    return absl::StrCat("label ", Shortened(too_long->first), " of ", name, " has ",
                        too_long->first.size(), " bytes of name and ", too_long->second.size(),
                        " of value, over ", label_limits_.name_bytes, " or ",
                        label_limits_.value_bytes, "; raise max_label_name_bytes or ",
                        "max_label_value_bytes, or the target's label_name_length_limit or ",
                        "label_value_length_limit");
  }
  if (metric.size() > label_limits_.metric_bytes) {
    return NameLimitDetail(metric);
  }
  return absl::StrCat(name, " has ", count, " labels, over ", label_limits_.count,
                      "; raise max_labels_per_series or the target's label_limit");
}

Catalog& RowWriter::PinnedCatalog() {
  Catalog& catalog = target_.store_.catalog();
  if (!pin_.has_value()) pin_.emplace(catalog);
  return catalog;
}

// The series of a metric come one after another.
const Symbol* RowWriter::InternMetric(std::string_view metric) {
  if (metric_ == nullptr || metric_->text != metric) {
    metric_ = PinnedCatalog().InternMetric(metric);
  }
  return metric_;
}

Identity RowWriter::Intern(std::string_view metric, std::span<const TextLabel> labels) {
  return {InternMetric(metric), PinnedCatalog().InternLabels(labels)};
}

uint32_t RowWriter::PositionFor(const Identity& identity) {
  const uint32_t known = base_->Find(identity);
  if (known != kNoPosition) return known;
  const auto next = static_cast<uint32_t>(known_.size() + added_.size());
  const auto [it, inserted] = added_positions_.try_emplace(identity, next);
  if (inserted) {
    added_.push_back(identity);
    added_values_.push_back(Hole());
    refusal_ = CheckLimits();
  }
  return it->second;
}

double& RowWriter::ValueAt(uint32_t position) {
  return position < known_.size() ? known_[position] : added_values_[position - known_.size()];
}

uint32_t RowWriter::Place(std::string_view metric, std::span<const TextLabel> labels) {
  labels = merger_.Merge(labels);
  switch (rewriter_.Rewrite(&metric, &labels)) {
    case SeriesRewriter::Verdict::kDrop:
      return kDropped;
    case SeriesRewriter::Verdict::kInvalid:
      if (refusal_ == Refusal::kNone) detail_ = rewriter_.Problem();
      if (refusal_ == Refusal::kNone) refusal_ = Refusal::kMalformed;
      return kNoPosition;
    case SeriesRewriter::Verdict::kKeep:
      break;
  }
  if (!WithinLimits(metric, labels)) return kNoPosition;
  return PositionFor(Intern(metric, labels));
}

uint32_t RowWriter::Add(std::string_view metric, std::span<const TextLabel> labels,
                        double value) {
  const uint32_t position = Place(metric, labels);
  if (position != kNoPosition && position != kDropped) Set(position, value);
  return position;
}

uint32_t RowWriter::AddAt(std::string_view metric, std::span<const TextLabel> labels,
                          double value, int64_t time_ms) {
  const uint32_t position = Place(metric, labels);
  if (position != kNoPosition && position != kDropped) SetAt(position, value, time_ms);
  return position;
}

const LabelSet* RowWriter::LabelsAt(uint32_t position) const {
  target_.mutex_.AssertHeld();
  const bool rewritten = target_.options_.rewriter != nullptr;
  if (rewritten || position == kNoPosition || position == kDropped) return nullptr;
  const size_t known = known_.size();
  return position < known ? (*base_)[position].labels : added_[position - known].labels;
}

uint32_t RowWriter::PlaceSame(std::string_view metric, const LabelSet* labels) {
  return NameWithinLimits(metric) ? PositionFor({InternMetric(metric), labels}) : kNoPosition;
}

void RowWriter::Set(uint32_t position, double value) {
  double& place = ValueAt(position);
  if (IsHole(place)) {
    place = NotHole(value);
  } else {
    Duplicate(position, value);
  }
}

bool RowWriter::IsStorableTime(int64_t time_ms, Refusal* why) const {
  const Options& options = target_.store_.options();
  const Timestamp at = Timestamp::FromUnixMillis(time_ms);
  const Timestamp row = Timestamp::FromUnixMillis(time_ms_);
  *why = Refusal::kNone;
  if (time_ms > kMaxTime || at > row + options.max_ahead) *why = Refusal::kTooFarAhead;
  if (time_ms < kMinTime || at <= row - options.retention) *why = Refusal::kTooOld;
  return *why == Refusal::kNone;
}

void RowWriter::SetAt(uint32_t position, double value, int64_t time_ms) {
  if (!IsHole(ValueAt(position))) return Duplicate(position, value);
  Refusal why = Refusal::kNone;
  if (!IsStorableTime(time_ms, &why)) return RefuseSample(why);
  const int64_t last_time = LastTime(position);
  if (last_time != kNoTime && time_ms < last_time) return RefuseSample(Refusal::kOutOfOrder);
  if (last_time != kNoTime && time_ms == last_time) {
    // The same sample exposed again (cAdvisor refreshes slower than we scrape).
    SamplePoint last{};
    const bool same = LastSample(position, &last) && last.time_ms == time_ms &&
                      SameBits(value, last.value);
    if (!same) RefuseSample(Refusal::kDuplicate);
    return;
  }
  ValueAt(position) = NotHole(value);
  if (position >= marks_.own_times.size()) marks_.own_times.resize(position + 1, kNoTime);
  marks_.own_times[position] = time_ms;
}

void RowWriter::Duplicate(uint32_t position, double value) {
  if (!SameBits(ValueAt(position), NotHole(value))) RefuseSample(Refusal::kDuplicate);
}

uint32_t RowWriter::PositionOf(std::string_view metric, std::span<const TextLabel> labels) {
  labels = merger_.Merge(labels);
  switch (rewriter_.Rewrite(&metric, &labels)) {
    case SeriesRewriter::Verdict::kDrop:
      return kDropped;
    case SeriesRewriter::Verdict::kInvalid:
      return kNoPosition;
    case SeriesRewriter::Verdict::kKeep:
      break;
  }
  const Identity identity = Intern(metric, labels);
  const uint32_t known = base_->Find(identity);
  if (known != kNoPosition) return known;
  const auto it = added_positions_.find(identity);
  return it == added_positions_.end() ? kNoPosition : it->second;
}

bool RowWriter::LastSample(uint32_t position, SamplePoint* out) const {
  const std::span<const Entry> entries = history_.entries();
  for (size_t i = entries.size(); i-- > 0;) {
    const Row& row = *entries[i].row;
    if (position >= row.size()) return false;
    if (IsGap(row[position])) continue;
    *out = {row.TimeOf(position), row[position]};
    return true;
  }
  return false;
}

int64_t RowWriter::LastTime(uint32_t position) const {
  const std::span<const Entry> entries = history_.entries();
  int64_t marker_ms = kNoTime;
  int64_t ended_ms = kNoTime;  // the target's first end after the row that is looked at
  for (size_t i = entries.size(); i-- > 0;) {
    const Row& row = *entries[i].row;
    if (position >= row.size()) break;
    if (entries[i].ended_ms != kNotEnded) ended_ms = entries[i].ended_ms;
    if (IsHole(row[position])) continue;
    const int64_t time_ms = row.TimeOf(position);
    if (IsStaleMarker(row[position])) {
      marker_ms = std::max(marker_ms, time_ms);
      ended_ms = kNoTime;  // a series ends once
      continue;
    }
    // A timestamp of its own keeps a series from the target's end.
    return std::max({time_ms, marker_ms, row.HasOwnTime(position) ? kNoTime : ended_ms});
  }
  return kNoTime;
}

int64_t RowWriter::Horizon() const {
  return (Timestamp::FromUnixMillis(time_ms_) - target_.store_.options().retention).unix_millis();
}

uint64_t RowWriter::BytesNeeded() const {
  const uint64_t positions = known_.size() + added_.size();
  const uint64_t shape = added_.empty() ? 0 : sizeof(Shape) + positions * sizeof(Identity);
  return sizeof(Row) + sizeof(Entry) + positions * sizeof(double) + shape;
}

uint64_t RowWriter::BytesReleased() const {
  uint64_t bytes = 0;
  for (const Entry& entry : history_.entries()) {
    if (entry.time_ms > Horizon()) break;
    bytes += entry.row->bytes() + sizeof(Entry);
  }
  return bytes;
}

Refusal RowWriter::CheckLimits() const {
  Store& store = target_.store_;
  const size_t more = known_.size() + added_.size() - history_.shape().size();
  if (more > 0 && store.counters().series.Get() + more > limits().max_series) {
    return Refusal::kSeriesLimit;
  }
  if (store.BytesInUse() + BytesNeeded() <= limits().max_bytes) return Refusal::kNone;
  return BytesNeeded() <= BytesReleased() ? Refusal::kNone : Refusal::kByteLimit;
}

absl::Status RowWriter::RefuseRow() const {
  target_.store_.counters().RefuseScrape(refusal_);
  return RefusalStatus(refusal_, detail_, target_.store_.options());
}

}  // namespace tacho::storage
