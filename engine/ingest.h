// TargetImpl: what stands behind a tacho::Target: the body goes through the parser's
// replay into a row of the store.
//
// Threads     Calls for one target take turns (the row writer's lock).
// Cost        A steady body: one comparison and one number a line. A plan is rebuilt
//             when the lines that missed it have cost about as much as a rebuild.
#ifndef TACHO_ENGINE_INGEST_H_
#define TACHO_ENGINE_INGEST_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/plan_cache.h"
#include "storage/row_writer.h"
#include "storage/store.h"
#include "tacho/database.h"

namespace tacho::engine {

class TargetImpl {
 public:
  TargetImpl(std::shared_ptr<storage::Store> store, std::shared_ptr<PlanCache> plans,
             storage::TargetRef target);

  [[nodiscard]] const Labels& labels() const { return target_->labels(); }
  absl::StatusOr<IngestReport> Ingest(std::string_view body, Exposition format, Timestamp t);
  absl::StatusOr<IngestReport> AppendRow(std::span<const Labels> series,
                                         std::span<const double> values, Timestamp t);
  absl::Status MarkStale(Timestamp t);
  absl::Status RecordHealth(const ScrapeHealth& health, Timestamp t);
  absl::Status SetOptions(const TargetOptions& options);
  void Remove(Timestamp t);

 private:
  // One try at a body. *mistaken: the plan that was adopted for a new target does not
  // fit; nothing was stored, try again without.
  absl::StatusOr<IngestReport> IngestOnce(std::string_view body, Exposition format, Timestamp t,
                                          bool may_adopt, bool* mistaken);
  // The plan to replay with; null if there is none. One of another target is adopted
  // together with its shape.
  std::shared_ptr<const parser::ReplayPlan> ChoosePlan(storage::RowWriter& row,
                                                       std::string_view body, Exposition format,
                                                       bool may_adopt, bool* adopted);
  // Reads the body into the row: along the plan, or, if there is none of this format, by
  // name; then *made is its plan.
  absl::Status ReadBody(const parser::ReplayPlan* plan, std::string_view body, Exposition format,
                        storage::RowWriter& row, parser::ReplayCounts* counts,
                        std::shared_ptr<const parser::ReplayPlan>* made);
  // Takes another target's plan of the row's shape, or the one that was made, or makes one.
  void RenewPlan(storage::RowWriter& row, std::string_view body, Exposition format,
                 std::shared_ptr<const parser::ReplayPlan> made);
  absl::Status Refuse(Refusal why, std::string_view detail);

  const std::shared_ptr<storage::Store> store_;
  const std::shared_ptr<PlanCache> plans_;
  const storage::TargetRef target_;

  // Only touched while a RowWriter of target_ lives.
  std::shared_ptr<const parser::ReplayPlan> plan_;
  uint64_t plan_layout_ = 0;  // of the rows that plan_ was made for
  uint64_t missed_ = 0;       // lines that plan_ did not know, since it was made
};

// Stores one row of named series in a target.
absl::StatusOr<IngestReport> AppendNamed(storage::Target& target, std::span<const Labels> series,
                                         std::span<const double> values, Timestamp t);

// Stores one sample of the target's one series. The sample that is there already, bit for
// bit, is no error.
absl::Status AppendSame(storage::Target& target, const Labels& name, double value, Timestamp t);

// Appends to a target that goes when it falls silent. It may go after `find` gave it and
// before `append` has it: then it is found, or made, anew. Each such turn takes another
// Advance that ran just in between, and what it removed was empty: nothing is lost.
absl::Status AppendToLone(absl::FunctionRef<absl::StatusOr<storage::TargetRef>()> find,
                          absl::FunctionRef<absl::Status(storage::Target&)> append);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_INGEST_H_
