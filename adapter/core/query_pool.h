// QueryPool: prepared queries of ad hoc texts, lent out one at a time.
//
// Why not CachingQuerier: evaluations of one Query take turns. A dashboard's slow range
// query must hold up neither the rule that has the same text nor the next dashboard. A
// text that is lent out already is prepared again.
//
// Ownership   A lease owns its query, and brings it back when it ends. The pool outlives
//             its leases.
// Threads     All of it is safe from any thread.
// Cost        A text seen lately is not parsed again, and stays bound to its targets.
// Limits      The `capacity` texts that came back last are kept.
#ifndef TACHO_ADAPTER_CORE_QUERY_POOL_H_
#define TACHO_ADAPTER_CORE_QUERY_POOL_H_

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "absl/status/statusor.h"
#include "tacho/database.h"
#include "tacho/query.h"

namespace tacho::adapter {

class QueryPool {
 public:
  class Lease {
   public:
    Lease(QueryPool* pool, std::string text, Query query)
        : pool_(pool), text_(std::move(text)), query_(std::move(query)) {}
    ~Lease() {
      if (pool_ != nullptr) pool_->GiveBack(std::move(text_), std::move(query_));
    }
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)),
          text_(std::move(other.text_)),
          query_(std::move(other.query_)) {}
    Lease& operator=(Lease&&) = delete;

    const Query& operator*() const { return query_; }
    const Query* operator->() const { return &query_; }

   private:
    QueryPool* pool_;
    std::string text_;
    Query query_;
  };

  // At least one text is kept.
  explicit QueryPool(Database database, size_t capacity = 1024);

  // Errors as of Database::Prepare.
  [[nodiscard]] absl::StatusOr<Lease> Take(std::string_view promql);

  [[nodiscard]] size_t idle() const;

 private:
  struct Entry {
    std::string text;
    Query query;
  };

  void GiveBack(std::string text, Query query);

  const Database database_;
  const size_t capacity_;
  mutable std::mutex mutex_;
  // Guarded by mutex_. I1: by_text_ has one iterator per entry of idle_, keyed by a view
  // of that entry's text. The front came back last.
  std::list<Entry> idle_;
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_text_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_QUERY_POOL_H_
