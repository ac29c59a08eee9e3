// Querier: PromQL in, values out; the adapter's one door to the engine. The answer
// shares the engine's memory instead of copying it.
//
// Ownership   An Answer owns what its samples point to, through `owner`.
// Threads     CachingQuerier may be asked from any thread.
// Cost        A query text seen lately is not parsed again: its prepared query is
//             kept, and its binding to targets with it.
#ifndef TACHO_ADAPTER_CORE_QUERIER_H_
#define TACHO_ADAPTER_CORE_QUERIER_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tacho/database.h"
#include "tacho/query.h"
#include "tacho/time.h"

namespace tacho::adapter {

struct Answer {
  ResultType type = ResultType::kVector;
  Timestamp time;
  std::span<const ResultSample> samples;
  double scalar = 0;
  std::string string;
  Evidence evidence;
  Duration window;  // of the query's longest range selector; zero if it has none
  uint64_t samples_read = 0;
  std::shared_ptr<const void> owner;
};

class Querier {
 public:
  virtual ~Querier() = default;
  // Errors as of Database::Prepare and Query::Evaluate.
  [[nodiscard]] virtual absl::StatusOr<Answer> Ask(std::string_view promql, Timestamp t) = 0;
};

class CachingQuerier final : public Querier {
 public:
  // `capacity` is the number of query texts remembered, at least 1.
  explicit CachingQuerier(Database database, size_t capacity = 1024);

  [[nodiscard]] absl::StatusOr<Answer> Ask(std::string_view promql, Timestamp t) override;

  [[nodiscard]] size_t cached() const;

 private:
  struct Entry {
    std::string text;
    Query query;
  };

  absl::StatusOr<Query> Prepared(std::string_view promql);

  const Database database_;
  const size_t capacity_;
  mutable std::mutex mutex_;
  // Guarded by mutex_. I1: by_text_ has one iterator per entry of recent_, keyed by
  // a view of that entry's text. The front was used last.
  std::list<Entry> recent_;
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_text_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_QUERIER_H_
