#include "adapter/core/upstream_json.h"

#include <algorithm>
#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

namespace json = boost::json;

std::string_view Std(const json::string& s) { return {s.data(), s.size()}; }
std::string_view Std(const json::string_view s) { return {s.data(), s.size()}; }

// Not the query's fault, and no answer: as good as none.
absl::Status Malformed(std::string_view what) {
  return absl::UnavailableError(absl::StrCat("the upstream's reply is malformed: ", Abs(what)));
}

// Null if there is no such key.
const json::value* Find(const json::object& object, std::string_view key) {
  return object.if_contains(json::string_view(key.data(), key.size()));
}

std::string_view TextOf(const json::object& object, std::string_view key) {
  const json::value* value = Find(object, key);
  return value != nullptr && value->is_string() ? Std(value->get_string()) : "";
}

absl::StatusOr<json::object> ParseObject(std::string_view body) {
  json::parse_options options;
  options.max_depth = kMaxUpstreamDepth;
  json::parser parser({}, options);
  boost::system::error_code error;
  parser.write(json::string_view(body.data(), body.size()), error);
  if (error) return Malformed(error.message());
  json::value root = parser.release();
  if (!root.is_object()) return Malformed("not a JSON object");
  return std::move(root.get_object());
}

// Remarks on the expression, in Prometheus' words; all other warnings are about the data.
bool IsAboutExpression(std::string_view warning) { return warning.starts_with("PromQL "); }

absl::Status CheckWhole(const json::object& reply) {
  const json::value* partial = Find(reply, "isPartial");
  if (partial != nullptr && partial->is_bool() && partial->get_bool()) {
    return absl::UnavailableError("the upstream has only a part of the data (isPartial)");
  }
  const json::value* warnings = Find(reply, "warnings");
  if (warnings == nullptr || !warnings->is_array()) return absl::OkStatus();
  for (const json::value& warning : warnings->get_array()) {
    if (!warning.is_string() || IsAboutExpression(Std(warning.get_string()))) continue;
    return absl::UnavailableError(absl::StrCat("the upstream has only a part of the data: ",
                                               Quoted(Std(warning.get_string()))));
  }
  return absl::OkStatus();
}

bool IsFaultOfQuery(std::string_view error_type) {
  return error_type == "bad_data" || error_type == "execution" || error_type == "422" ||
         error_type == "400";
}

absl::Status ErrorOf(const json::object& reply) {
  const std::string_view type = TextOf(reply, "errorType");
  const std::string message =
      absl::StrCat("the upstream says: ", type.empty() ? "" : absl::StrCat(Abs(type), ": "),
                   Abs(TextOf(reply, "error").substr(0, 300)));
  return IsFaultOfQuery(type) ? absl::InvalidArgumentError(message)
                              : absl::UnavailableError(message);
}

// The data of a reply that is whole and no error.
absl::StatusOr<json::value> ReadData(std::string_view body) {
  absl::StatusOr<json::object> reply = ParseObject(body);
  if (!reply.ok()) return reply.status();
  const std::string_view status = TextOf(*reply, "status");
  if (status == "error") return ErrorOf(*reply);
  if (status != "success") return Malformed("no status \"success\" or \"error\"");
  if (const absl::Status whole = CheckWhole(*reply); !whole.ok()) return whole;
  json::value* data = reply->if_contains("data");
  if (data == nullptr || data->is_null()) return Malformed("no data");
  return std::move(*data);
}

absl::StatusOr<Labels> ReadLabels(const json::value& value) {
  if (!value.is_object()) return Malformed("labels are no object");
  std::vector<Label> labels;
  for (const json::key_value_pair& entry : value.get_object()) {
    if (!entry.value().is_string()) return Malformed("a label's value is no string");
    labels.push_back({std::string(Std(entry.key())), std::string(Std(entry.value().get_string()))});
  }
  absl::StatusOr<Labels> out = Labels::Create(std::move(labels));
  return out.ok() ? out : Malformed(tacho::adapter::Std(out.status().message()));
}

struct TimedText {
  Timestamp time;
  std::string_view text;
};

// [seconds, "text"]
absl::StatusOr<TimedText> ReadPair(const json::value* pair) {
  if (pair == nullptr || !pair->is_array() || pair->get_array().size() != 2) {
    return Malformed("a value is no pair of a time and a text");
  }
  const json::value& time = pair->get_array()[0];
  const json::value& text = pair->get_array()[1];
  if (!time.is_number() || !text.is_string()) {
    return Malformed("a value is no pair of a time and a text");
  }
  const double ms = std::round(time.to_number<double>() * 1000);
  if (!(std::abs(ms) < 9e15)) return Malformed("a time is out of range");
  return TimedText{Timestamp::FromUnixMillis(static_cast<int64_t>(ms)), Std(text.get_string())};
}

absl::StatusOr<double> ReadNumber(std::string_view text) {
  double value = 0;
  // What is too large comes as infinite, which no policy takes for a value.
  if (absl::SimpleAtod(Abs(text), &value)) return value;
  return Malformed(absl::StrCat("a value is no number: ", Quoted(text)));
}

// What the samples of an answer point to.
struct Rows {
  std::deque<Labels> labels;
  std::vector<ResultSample> samples;
};

Evidence EvidenceAt(Timestamp time, Duration window) {
  Evidence out;
  out.newest = time;
  out.oldest = time - window;
  return out;
}

absl::Status AddRow(const json::value& row, Duration window, Rows* out) {
  if (!row.is_object()) return Malformed("a row is no object");
  const json::object& object = row.get_object();
  const json::value* metric = Find(object, "metric");
  if (metric == nullptr) return Malformed("a row has no metric");
  absl::StatusOr<Labels> labels = ReadLabels(*metric);
  if (!labels.ok()) return labels.status();
  if (Find(object, "histogram") != nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the row ", labels->ToString(), " is a native histogram and no number; use histogram_*()"));
  }
  const absl::StatusOr<TimedText> pair = ReadPair(Find(object, "value"));
  if (!pair.ok()) return pair.status();
  const absl::StatusOr<double> value = ReadNumber(pair->text);
  if (!value.ok()) return value.status();
  out->labels.push_back(*std::move(labels));
  out->samples.emplace_back(&out->labels.back(), *value, EvidenceAt(pair->time, window));
  return absl::OkStatus();
}

absl::StatusOr<Answer> ReadVector(const json::value& result, Duration window) {
  if (!result.is_array()) return Malformed("a vector is no list");
  const auto rows = std::make_shared<Rows>();
  for (const json::value& row : result.get_array()) {
    if (const absl::Status status = AddRow(row, window, rows.get()); !status.ok()) return status;
  }
  Answer answer;
  answer.type = ResultType::kVector;
  answer.samples = rows->samples;
  for (const ResultSample& sample : rows->samples) answer.evidence.Merge(sample.evidence);
  answer.owner = rows;
  return answer;
}

absl::StatusOr<Answer> ReadScalar(const json::value& result, Duration window) {
  const absl::StatusOr<TimedText> pair = ReadPair(&result);
  if (!pair.ok()) return pair.status();
  const absl::StatusOr<double> value = ReadNumber(pair->text);
  if (!value.ok()) return value.status();
  Answer answer;
  answer.type = ResultType::kScalar;
  answer.scalar = *value;
  answer.evidence = EvidenceAt(pair->time, window);
  return answer;
}

absl::StatusOr<Answer> ReadString(const json::value& result) {
  const absl::StatusOr<TimedText> pair = ReadPair(&result);
  if (!pair.ok()) return pair.status();
  Answer answer;
  answer.type = ResultType::kString;
  answer.string = pair->text;
  return answer;
}

absl::StatusOr<Answer> ReadResult(std::string_view type, const json::value& result,
                                  Duration window) {
  if (type == "vector") return ReadVector(result, window);
  if (type == "scalar") return ReadScalar(result, window);
  if (type == "string") return ReadString(result);
  if (type != "matrix") return Malformed(absl::StrCat("unknown resultType ", Quoted(type)));
  Answer answer;
  answer.type = ResultType::kMatrix;
  return answer;
}

}  // namespace

absl::StatusOr<Answer> ReadQueryReply(std::string_view body, Duration window) {
  const absl::StatusOr<json::value> data = ReadData(body);
  if (!data.ok()) return data.status();
  if (!data->is_object()) return Malformed("data is no object");
  const json::object& object = data->get_object();
  const json::value* result = Find(object, "result");
  if (result == nullptr) return Malformed("data has no result");
  absl::StatusOr<Answer> answer = ReadResult(TextOf(object, "resultType"), *result, window);
  if (answer.ok()) answer->window = window;
  return answer;
}

absl::StatusOr<std::vector<Labels>> ReadSeriesReply(std::string_view body) {
  const absl::StatusOr<json::value> data = ReadData(body);
  if (!data.ok()) return data.status();
  if (!data->is_array()) return Malformed("data is no list of series");
  std::vector<Labels> out;
  for (const json::value& series : data->get_array()) {
    absl::StatusOr<Labels> labels = ReadLabels(series);
    if (!labels.ok()) return labels.status();
    out.push_back(*std::move(labels));
  }
  return out;
}

absl::Status ReadErrorReply(int http_status, std::string_view body) {
  const absl::StatusOr<json::object> reply = ParseObject(body);
  const bool said = reply.ok() && TextOf(*reply, "status") == "error";
  std::string message = absl::StrCat("the upstream answers HTTP status ", http_status);
  if (said) absl::StrAppend(&message, ": ", ErrorOf(*reply).message());
  if (http_status == 400 || http_status == 422) return absl::InvalidArgumentError(message);
  return absl::UnavailableError(message);
}

}  // namespace tacho::adapter
