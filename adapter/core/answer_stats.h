// AnswerStats: how the metrics of each rule have been answered: what came of it, how old
// the newest sample was, which share of targets was fresh. For /metrics (safety F24).
//
// Threads     Safe from any thread.
// Limits      One entry per rule that was asked; reasons are constants of ours.
#ifndef TACHO_ADAPTER_CORE_ANSWER_STATS_H_
#define TACHO_ADAPTER_CORE_ANSWER_STATS_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "adapter/core/http_reply.h"
#include "adapter/core/value_decision.h"

namespace tacho::adapter {

struct RuleAnswers {
  std::map<std::string_view, uint64_t> by_reason;  // "ok" for a value, "error" for a failure
  std::optional<double> age_seconds = {};          // of the newest sample, the last time
  std::optional<double> coverage = {};             // the last time that it mattered
};

class AnswerStats {
 public:
  // `rule` is a rule's place.
  void CountAnswer(std::string_view rule, const HttpReply& reply);
  void Saw(std::string_view rule, const Observation& seen, Timestamp now);

  [[nodiscard]] std::map<std::string, RuleAnswers> Get() const;

 private:
  RuleAnswers& Of(std::string_view rule);

  mutable std::mutex mutex_;
  std::map<std::string, RuleAnswers, std::less<>> rules_;  // guarded by mutex_
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_ANSWER_STATS_H_
