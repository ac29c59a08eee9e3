#include "adapter/core/answer_stats.h"

namespace tacho::adapter {

RuleAnswers& AnswerStats::Of(std::string_view rule) {
  const auto it = rules_.find(rule);
  return it == rules_.end() ? rules_[std::string(rule)] : it->second;
}

void AnswerStats::CountAnswer(std::string_view rule, const HttpReply& reply) {
  std::string_view reason = reply.reason;
  if (reason.empty()) reason = reply.status == 200 ? "ok" : "error";
  const std::lock_guard lock(mutex_);
  ++Of(rule).by_reason[reason];
}

void AnswerStats::Saw(std::string_view rule, const Observation& seen, Timestamp now) {
  const std::lock_guard lock(mutex_);
  RuleAnswers& answers = Of(rule);
  if (seen.newest != Timestamp::Min()) {
    answers.age_seconds = absl::ToDoubleSeconds(now - seen.newest);
  }
  if (seen.coverage.expected > 0) {
    answers.coverage = static_cast<double>(seen.coverage.fresh) / seen.coverage.expected;
  }
}

std::map<std::string, RuleAnswers> AnswerStats::Get() const {
  const std::lock_guard lock(mutex_);
  return {rules_.begin(), rules_.end()};
}

}  // namespace tacho::adapter
