#include "adapter/core/prom_series.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/json_writer.h"
#include "adapter/core/label_escape.h"
#include "adapter/core/prom_params.h"
#include "adapter/core/prom_reply.h"
#include "adapter/core/prom_values.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

using MaybeReply = std::optional<HttpReply>;  // a refusal, or nothing

struct ListCall {
  SeriesFilter filter;
  uint64_t limit = 0;  // 0: all
};

MaybeReply ReadBound(const Route& route, std::string_view name, Timestamp* bound) {
  const std::string_view text = route.Param(name);
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<Timestamp> time = ParseApiTime(text);
  if (!time.ok()) return InvalidTime(name, time.status());
  *bound = *time;
  return std::nullopt;
}

// In Prometheus' order: the first parameter that is wrong is named.
MaybeReply ReadCall(const Route& route, ListCall* call) {
  const absl::StatusOr<uint64_t> limit = ParseApiLimit(route.Param("limit"));
  if (!limit.ok()) return InvalidParameter("limit", Std(limit.status().message()));
  call->limit = *limit;
  if (MaybeReply bad = ReadBound(route, "start", &call->filter.start)) return bad;
  if (MaybeReply bad = ReadBound(route, "end", &call->filter.end)) return bad;
  for (const auto& [name, value] : route.params) {
    if (name == "match[]") call->filter.selectors.push_back(value);
  }
  return std::nullopt;
}

HttpReply SelectorFailure(const absl::Status& status) {
  if (!absl::IsInvalidArgument(status)) return EvaluateFailure(status);
  if (absl::StrContains(status.message(), "must contain at least one non-empty matcher")) {
    return InvalidParameter("match[]", "match[] must contain at least one non-empty matcher");
  }
  return InvalidParameter("match[]", Std(status.message()));
}

// Cuts the list to the limit, and says so.
template <typename T>
std::vector<Annotation> Cut(uint64_t limit, std::vector<T>* list) {
  if (limit == 0 || list->size() <= limit) return {};
  list->resize(limit);
  return {TruncatedByLimit()};
}

HttpReply StringsReply(absl::StatusOr<std::vector<std::string>> strings, const ListCall& call,
                       const PromEnv& env) {
  if (!strings.ok()) return SelectorFailure(strings.status());
  const std::vector<Annotation> notes = Cut(call.limit, &*strings);
  std::string data = StringsJson(*strings);
  if (data.size() > env.bounds.max_reply_bytes) return ReplyTooLarge(env.bounds.max_reply_bytes);
  return PromSuccess(std::move(data), notes);
}

// A count of /metadata, of which a negative one means all.
MaybeReply ReadCount(const Route& route, std::string_view name, int64_t* count) {
  *count = -1;
  const std::string_view text = route.Param(name);
  if (text.empty()) return std::nullopt;
  const std::optional<int64_t> number = ParseInt64(text);
  if (number.has_value()) *count = *number;
  if (number.has_value()) return std::nullopt;
  return PromFailure(PromError::kBadData, absl::StrCat(Abs(name), " must be a number"));
}

std::string MetadataJson(const MetricMetadata& metadata) {
  return absl::StrCat("{\"type\":", JsonString(metadata.type),
                      ",\"help\":", JsonString(metadata.help),
                      ",\"unit\":", JsonString(metadata.unit), "}");
}

}  // namespace

HttpReply HandleSeries(const Route& route, const PromEnv& env) {
  ListCall call;
  const bool any =
      std::ranges::any_of(route.params, [](const auto& param) { return param.first == "match[]"; });
  if (!any) return PromFailure(PromError::kBadData, "no match[] parameter provided");
  if (MaybeReply bad = ReadCall(route, &call)) return *std::move(bad);
  const size_t most = env.bounds.max_series;
  const size_t wanted = call.limit == 0 ? most : std::min<size_t>(call.limit, most);
  absl::StatusOr<std::vector<Labels>> series = env.database.Series(call.filter, wanted + 1);
  if (!series.ok()) return SelectorFailure(series.status());
  if (series->size() > most && wanted == most) return TooManySeries(most);
  const std::vector<Annotation> notes = Cut(call.limit, &*series);
  std::string data = "[";
  for (const Labels& labels : *series) {
    if (data.size() > 1) data.push_back(',');
    AppendLabelsJson(labels, &data);
    if (data.size() > env.bounds.max_reply_bytes) return ReplyTooLarge(env.bounds.max_reply_bytes);
  }
  data.push_back(']');
  return PromSuccess(std::move(data), notes);
}

HttpReply HandleLabels(const Route& route, const PromEnv& env) {
  ListCall call;
  if (MaybeReply bad = ReadCall(route, &call)) return *std::move(bad);
  return StringsReply(env.database.LabelNames(call.filter), call, env);
}

HttpReply HandleLabelValues(const Route& route, const PromEnv& env) {
  const std::string name = UnescapeLabelName(route.label);
  if (name.empty() || !IsUtf8(name)) {
    return PromFailure(PromError::kBadData, absl::StrCat("invalid label name: ", Quoted(name)));
  }
  ListCall call;
  if (MaybeReply bad = ReadCall(route, &call)) return *std::move(bad);
  return StringsReply(env.database.LabelValues(name, call.filter), call, env);
}

HttpReply HandleMetadata(const Route& route, const PromEnv& env) {
  int64_t limit = 0;
  int64_t per_metric = 0;
  if (MaybeReply bad = ReadCount(route, "limit", &limit)) return *std::move(bad);
  if (MaybeReply bad = ReadCount(route, "limit_per_metric", &per_metric)) return *std::move(bad);
  const std::string_view wanted = route.Param("metric");
  std::string data = "{";
  std::string_view metric;
  int64_t metrics = 0;
  int64_t of_metric = 0;
  const std::vector<MetricMetadata> all = env.database.Metadata();
  for (const MetricMetadata& metadata : all) {
    if (!wanted.empty() && metadata.metric != wanted) continue;
    if (metrics == 0 || metadata.metric != metric) {
      if (limit >= 0 && metrics >= limit) break;
      data.append(metrics == 0 ? "" : "],").append(JsonString(metadata.metric)).append(":[");
      metric = metadata.metric;
      ++metrics;
      of_metric = 0;
    }
    if (per_metric > 0 && of_metric >= per_metric) continue;
    data.append(of_metric++ == 0 ? "" : ",").append(MetadataJson(metadata));
    if (data.size() > env.bounds.max_reply_bytes) return ReplyTooLarge(env.bounds.max_reply_bytes);
  }
  return PromSuccess(data + (metrics > 0 ? "]}" : "}"));
}

}  // namespace tacho::adapter
