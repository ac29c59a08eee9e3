// RowWriter: one row in the making. It takes samples by position (the replay of a
// known body) or by name, and commits all of them or nothing.
//
// Ownership   Holds its target's lock until destroyed; destroy it without Commit and
//             nothing has happened.
// Threads     One thread.
// Limits      Checked in Add (labels, series, bytes) and Commit (series, bytes); the first
//             that is crossed refuses the whole row, and nothing is interned after it.
//             A row for which an expired one of its target makes room is never over
//             the limit of bytes: what is known goes on.
#ifndef TACHO_STORAGE_ROW_WRITER_H_
#define TACHO_STORAGE_ROW_WRITER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "storage/catalog.h"
#include "storage/history.h"
#include "storage/label_merger.h"
#include "storage/row.h"
#include "storage/series_rewriter.h"
#include "storage/target.h"
#include "tacho/database.h"

namespace tacho::storage {

// What labels a series of a target may have: the tighter of the target's limits and the
// store's.
struct LabelLimits {
  LabelLimits(const TargetOptions& target, const StorageLimits& store);
  uint32_t count;  // of labels, the metric's name among them
  uint32_t name_bytes;
  uint32_t value_bytes;
  uint32_t metric_bytes;
};

class [[nodiscard]] RowWriter {
 public:
  // mark_missing: at commit, series of the previous row that this one lacks get a
  // staleness marker (a scrape); otherwise they merely have no sample.
  RowWriter(Target& target, int64_t time_ms, bool mark_missing);
  ~RowWriter();
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;

  // What refuses the row as it stands: its time, or a limit that Add met. kNone: it can
  // be committed.
  [[nodiscard]] Refusal refusal() const { return refusal_; }
  // Refuses the row for a reason that only the caller knows; Commit says so.
  void Refuse(Refusal why) { refusal_ = why; }
  [[nodiscard]] const StorageLimits& limits() const;

  // Takes over a shape that the target is expected to have: for a target without series,
  // before the first sample. It must be a shape of targets that name the series of a body
  // alike (engine/plan_cache.h, context).
  void Adopt(std::shared_ptr<const Shape> shape);
  [[nodiscard]] const TargetOptions& options() const {
    target_.mutex_.AssertHeld();
    return target_.options_;
  }
  [[nodiscard]] bool honor_labels() const { return honor_labels_; }
  // How many series were added to shape().
  [[nodiscard]] size_t added() const { return added_.size(); }
  // The shape that known() is laid out by; after Commit, that of the row.
  [[nodiscard]] const std::shared_ptr<const Shape>& shape() const { return base_; }

  // The values of the target's current shape, all holes at first. Written directly by a
  // replay. Valid until Commit; Add does not move it.
  [[nodiscard]] std::span<double> known() { return known_; }

  // A sample by name. Labels as in the body, in any order, without the target's; names
  // unique. Returns its position, which a later Add of the same series returns again.
  // The first value that a position gets stays; an equal one is ignored, another is
  // refused as duplicate. kNoPosition once the row is refused; kDropped if the target's
  // rewriter dropped the series.
  uint32_t Add(std::string_view metric, std::span<const TextLabel> labels, double value);
  // The same with a timestamp of its own.
  uint32_t AddAt(std::string_view metric, std::span<const TextLabel> labels, double value,
                 int64_t time_ms);
  // Add in two steps: first the series' place, then its value there (SetAt, if it has a
  // timestamp of its own). Answers as Add.
  uint32_t Place(std::string_view metric, std::span<const TextLabel> labels);
  void Set(uint32_t position, double value);
  // The labels of a place that this writer gave, and the place of another metric with
  // the same: it costs no look at the labels. Null where a metric's labels depend on its
  // name: the target has a rewriter; or where there is no place.
  [[nodiscard]] const LabelSet* LabelsAt(uint32_t position) const;
  uint32_t PlaceSame(std::string_view metric, const LabelSet* labels);
  // A sample at a known position with a timestamp of its own.
  void SetAt(uint32_t position, double value, int64_t time_ms);
  // A second sample for a position: ignored if equal, counted as duplicate if not.
  void Duplicate(uint32_t position, double value);

  // The position of a series in the row, also of one that was added by this writer;
  // kNoPosition if it has none, kDropped as in Add.
  [[nodiscard]] uint32_t PositionOf(std::string_view metric, std::span<const TextLabel> labels);

  // Two rows of one target number their positions alike if their layouts are equal.
  [[nodiscard]] uint64_t layout() const {
    target_.mutex_.AssertHeld();
    return target_.layout_;
  }
  // What the row has come to so far; complete in Commit's answer.
  IngestReport& report() { return report_; }

  // Publishes the row.
  //   kOutOfRange, kResourceExhausted, kFailedPrecondition as tacho::Target::Ingest; the
  //   row is dropped
  absl::StatusOr<IngestReport> Commit();

 private:
  class NewEntries;

  bool WithinLimits(std::string_view metric, std::span<const TextLabel> labels);
  bool NameWithinLimits(std::string_view metric);
  std::string NameLimitDetail(std::string_view metric) const;
  std::string LabelLimitDetail(std::string_view metric, const TextLabel* too_long,
                               size_t count) const;
  Catalog& PinnedCatalog();
  const Symbol* InternMetric(std::string_view metric);
  Identity Intern(std::string_view metric, std::span<const TextLabel> labels);
  uint32_t PositionFor(const Identity& identity);
  double& ValueAt(uint32_t position);
  void RefuseSample(Refusal why);
  [[nodiscard]] bool LastSample(uint32_t position, SamplePoint* out) const;
  // When the newest sample of a series was, or its end if that came later; kNoTime if it
  // has no sample.
  [[nodiscard]] int64_t LastTime(uint32_t position) const;
  [[nodiscard]] bool IsStorableTime(int64_t time_ms, Refusal* why) const;

  // Rows at or before this are dropped when this one is published.
  [[nodiscard]] int64_t Horizon() const;
  [[nodiscard]] uint64_t BytesNeeded() const;
  [[nodiscard]] uint64_t BytesReleased() const;
  [[nodiscard]] Refusal CheckLimits() const;
  absl::Status RefuseRow() const;

  // Commit's steps, in order.
  void DropLate();
  void FindMarks();
  void MarkPosition(uint32_t position);
  [[nodiscard]] bool JustEnded(uint32_t position) const;
  void Publish();
  void Compact(std::span<const uint32_t> kept, NewEntries& entries);
  void CountCommit();

  Target& target_;
  MutexLock lock_;
  const int64_t time_ms_;
  const bool mark_missing_;
  const bool honor_labels_;
  const LabelLimits label_limits_;
  const History& history_;  // before this row
  LabelMerger merger_;
  SeriesRewriter rewriter_;
  Refusal refusal_ = Refusal::kNone;
  std::string detail_;  // of refusal_, for the message

  std::shared_ptr<const Shape> base_;
  std::span<double> known_;
  std::vector<double> values_;       // known_, and at commit added_values_
  std::optional<Catalog::Pin> pin_;  // from the first name that was interned
  const Symbol* metric_ = nullptr;   // the last one that was interned
  std::vector<Identity> added_;      // new series, after the shape's
  std::vector<double> added_values_;
  absl::flat_hash_map<Identity, uint32_t> added_positions_;
  RowMarks marks_;
  IngestReport report_;
  std::array<uint32_t, kRefusalCount> refused_{};  // samples, by Refusal; counted at Commit
};

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_ROW_WRITER_H_
