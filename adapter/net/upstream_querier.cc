#include "adapter/net/upstream_querier.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "adapter/core/upstream_json.h"

namespace tacho::adapter {

std::string FormatApiTime(Timestamp t) {
  const int64_t ms = t.unix_millis();
  return absl::StrFormat("%d.%03d", ms / 1000, ms % 1000);
}

// Zero where tacho does not know the language of the query: servers have extensions.
Duration UpstreamQuerier::WindowOf(std::string_view promql) const {
  const absl::StatusOr<Query> query = parser_.Prepare(promql);
  return query.ok() ? query->window() : absl::ZeroDuration();
}

absl::StatusOr<Answer> UpstreamQuerier::Ask(std::string_view promql, Timestamp t) {
  if (promql.size() > options_.max_query_bytes) {
    ++stats_->long_queries;
    return absl::ResourceExhaustedError(absl::StrCat("the query has ", promql.size(),
                                                     " bytes, more than ", options_.max_query_bytes,
                                                     "; see --prometheus-max-query-bytes"));
  }
  // partial_response is Thanos', nocache VictoriaMetrics': all of the data, and as they are
  // now. Others pass over them.
  const absl::StatusOr<std::string> body =
      client_->Ask("/api/v1/query",
                   {{"query", std::string(promql)},
                    {"time", FormatApiTime(t)},
                    {"timeout", absl::StrCat(absl::ToInt64Milliseconds(options_.timeout), "ms")},
                    {"partial_response", "false"},
                    {"nocache", "1"}},
                   options_.timeout);
  if (!body.ok()) return body.status();
  absl::StatusOr<Answer> answer = ReadQueryReply(*body, WindowOf(promql));
  if (!answer.ok()) ++stats_->unusable;
  if (answer.ok()) answer->time = t;
  return answer;
}

}  // namespace tacho::adapter
