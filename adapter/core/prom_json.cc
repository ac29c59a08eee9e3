#include "adapter/core/prom_json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "adapter/core/json_writer.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

std::string FormatDouble(double value, std::chars_format format) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  // The longest is the smallest subnormal without an exponent: 0., 323 zeros, 1 digit.
  std::array<char, 512> buffer;
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
  return error == std::errc() ? std::string(buffer.data(), end) : std::string();
}

// Whole seconds, and exactly three digits if there are milliseconds.
std::string VectorTime(Timestamp t) {
  const int64_t ms = t.unix_millis();
  const uint64_t magnitude = ms < 0 ? 0 - static_cast<uint64_t>(ms) : static_cast<uint64_t>(ms);
  std::string out = absl::StrCat(ms < 0 ? "-" : "", magnitude / 1000);
  const uint64_t rest = magnitude % 1000;
  if (rest != 0) absl::StrAppend(&out, ".", absl::Dec(rest, absl::kZeroPad3));
  return out;
}

// The same as a JSON number: no zeros at the end.
std::string ScalarTime(Timestamp t) {
  std::string out = VectorTime(t);
  if (absl::StrContains(out, ".")) out.erase(out.find_last_not_of('0') + 1);
  return out;
}

std::string MetricJson(const Labels& labels) {
  const auto pair = [](std::string* out, const Label& label) {
    absl::StrAppend(out, JsonString(label.name), ":", JsonString(label.value));
  };
  return absl::StrCat("{", absl::StrJoin(labels, ",", pair), "}");
}

std::string ResultJson(const Answer& answer) {
  const auto point = [&](std::string_view value) {
    return absl::StrCat("[", ScalarTime(answer.time), ",", JsonString(value), "]");
  };
  switch (answer.type) {
    case ResultType::kScalar:
      return absl::StrCat("\"scalar\",\"result\":", point(FormatScalarValue(answer.scalar)));
    case ResultType::kString:
      return absl::StrCat("\"string\",\"result\":", point(answer.string));
    case ResultType::kVector:
    case ResultType::kMatrix:  // the engine gives none to an instant query yet
      break;
  }
  const std::string time = VectorTime(answer.time);
  const std::string samples =
      absl::StrJoin(answer.samples, ",", [&](std::string* out, const ResultSample& sample) {
        absl::StrAppend(out, "{\"metric\":", MetricJson(sample.labels()), ",\"value\":[", time,
                        ",\"", FormatSampleValue(sample.value), "\"]}");
      });
  return absl::StrCat("\"vector\",\"result\":[", samples, "]");
}

HttpReply ErrorReply(int code, std::string_view error_type, std::string_view message) {
  return {code, kJsonType, PrometheusErrorJson(error_type, message), "", ""};
}

// A query that cannot be read is the caller's (bad_data); one that was read and
// failed on the data is an execution error. Only the first says "parse error".
HttpReply QueryErrorReply(const absl::Status& status) {
  const std::string_view message = Std(status.message());
  const bool unread =
      absl::IsUnimplemented(status) ||
      (absl::IsInvalidArgument(status) && message.find("parse error") != std::string_view::npos);
  if (!unread) return ErrorReply(422, "execution", message);
  return ErrorReply(400, "bad_data", absl::StrCat("invalid parameter \"query\": ", Abs(message)));
}

}  // namespace

std::string FormatSampleValue(double value) {
  const double magnitude = std::fabs(value);
  const bool exponent = magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21);
  return FormatDouble(value, exponent ? std::chars_format::scientific : std::chars_format::fixed);
}

std::string FormatScalarValue(double value) {
  return FormatDouble(value, std::chars_format::fixed);
}

absl::StatusOr<Timestamp> ParsePrometheusTime(std::string_view text) {
  double seconds = 0;
  const char* const text_end = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), text_end, seconds);
  if (error == std::errc() && end == text_end && std::isfinite(seconds)) {
    const double ms = std::round(seconds * 1000);
    if (std::fabs(ms) < 9.2e18) return Timestamp::FromUnixMillis(static_cast<int64_t>(ms));
  }
  absl::Time time;
  std::string ignored;
  if (absl::ParseTime(absl::RFC3339_full, Abs(text), &time, &ignored) &&
      time != absl::InfiniteFuture() && time != absl::InfinitePast()) {
    return Timestamp::FromTime(time);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("invalid parameter \"time\": invalid time value for 'time': cannot parse \"",
                   Abs(text), "\" to a valid timestamp"));
}

std::string PrometheusJson(const Answer& answer) {
  return absl::StrCat("{\"status\":\"success\",\"data\":{\"resultType\":", ResultJson(answer),
                      "}}");
}

std::string PrometheusErrorJson(std::string_view error_type, std::string_view message) {
  return absl::StrCat("{\"status\":\"error\",\"errorType\":", JsonString(error_type),
                      ",\"error\":", JsonString(message), "}");
}

HttpReply HandlePrometheusQuery(const Route& route, Querier& querier, Timestamp now) {
  const std::string_view time = route.Param("time");
  const absl::StatusOr<Timestamp> at = time.empty() ? now : ParsePrometheusTime(time);
  if (!at.ok()) return ErrorReply(400, "bad_data", Std(at.status().message()));
  const absl::StatusOr<Answer> answer = querier.Ask(route.Param("query"), *at);
  if (!answer.ok()) return QueryErrorReply(answer.status());
  return {200, kJsonType, PrometheusJson(*answer), "", ""};
}

}  // namespace tacho::adapter
