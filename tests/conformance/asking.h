// AskingDatabase: a database for tests that store step by step. Each question is asked
// ad hoc and by a query that is prepared once and kept, so that it must notice what
// came between two questions; both must give the same.
#ifndef TACHO_TESTS_CONFORMANCE_ASKING_H_
#define TACHO_TESTS_CONFORMANCE_ASKING_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tacho/database.h"

namespace tacho::testing {

// A time in milliseconds.
inline Timestamp At(int64_t ms) { return Timestamp::FromUnixMillis(ms); }

// `m{a="x"} 1; m{a="y"} 2`, "nothing", or "CODE: TEXT".
std::string ToText(const absl::StatusOr<QueryResult>& result);

class AskingDatabase {
 public:
  explicit AskingDatabase(Options options = {});

  // The target must be new.
  Target Add(const Labels& labels, const TargetOptions& options = {});
  std::string Ask(const std::string& expr, int64_t at_ms);
  Database& db() { return db_; }

 private:
  Database db_;
  std::map<std::string, absl::StatusOr<Query>> prepared_;
};

// Stores a body that must be taken.
void Scrape(Target& target, std::string_view body, int64_t at_ms);

}  // namespace tacho::testing

#endif  // TACHO_TESTS_CONFORMANCE_ASKING_H_
