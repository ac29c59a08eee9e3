// ScriptStorage: what a script has loaded since it was last cleared. Floats go into a
// Database; of native histograms, which tacho has not, only the names are kept, so that a
// query that would see one is not judged.
//
// Ownership   Owns the database; a query made from it keeps it alive.
// Limits      The database's are out of the way: a script is bounded by its own length.
#ifndef TACHO_TOOLS_PROMQLTEST_STORAGE_H_
#define TACHO_TOOLS_PROMQLTEST_STORAGE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "parser/ast.h"
#include "tacho/database.h"
#include "tools/promqltest/script.h"

namespace tacho::promqltest {

// All of the language, names removed late, start times on: as Prometheus runs its scripts.
Options ScriptOptions();

// When the counters of loaded samples started.
class LoadedStarts;

class ScriptStorage {
 public:
  ScriptStorage();

  // An error names the line and the series whose sample was refused.
  absl::Status Store(const Load& load);

  [[nodiscard]] const Database& database() const { return database_; }

  // Why the answer to this expression would need native histograms; empty if it does not.
  [[nodiscard]] std::string NeedsHistograms(const parser::Ast& ast) const;

 private:
  absl::Status StoreSeries(const Labels& labels, const LoadedSeries& series, int64_t step_ms);

  Database database_;
  std::shared_ptr<LoadedStarts> starts_;
  std::map<Labels, int> histograms_;  // the line that loaded or implied it
};

}  // namespace tacho::promqltest

#endif  // TACHO_TOOLS_PROMQLTEST_STORAGE_H_
