#include "adapter/core/prom_reply.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "adapter/core/json_writer.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

constexpr size_t kMaxNotes = 10;  // of each kind

struct ErrorKind {
  std::string_view name;
  int status;
};
constexpr std::array<ErrorKind, 6> kErrorKinds = {{{"bad_data", 400},
                                                   {"execution", 422},
                                                   {"canceled", 499},
                                                   {"timeout", 503},
                                                   {"unavailable", 503},
                                                   {"internal", 500}}};

// ,"warnings":["...","3 more warning annotations omitted"]; nothing if there is none.
void AppendNotes(std::string_view key, std::string_view kind, bool warnings,
                 std::span<const Annotation> notes, std::string* out) {
  size_t count = 0;
  for (const Annotation& note : notes) {
    if (note.warning != warnings || count++ >= kMaxNotes) continue;
    absl::StrAppend(out, count == 1 ? absl::StrCat(",\"", Abs(key), "\":[") : ",");
    AppendJsonString(note.text, out);
  }
  if (count > kMaxNotes) {
    absl::StrAppend(out, ",\"", count - kMaxNotes, " more ", Abs(kind), " annotations omitted\"");
  }
  if (count > 0) out->push_back(']');
}

}  // namespace

HttpReply PromSuccess(std::string data, std::span<const Annotation> notes) {
  HttpReply reply;
  reply.body = std::move(data);
  reply.body.insert(0, R"({"status":"success","data":)");
  AppendNotes("warnings", "warning", true, notes, &reply.body);
  AppendNotes("infos", "info", false, notes, &reply.body);
  reply.body.push_back('}');
  return reply;
}

HttpReply PromFailure(PromError type, std::string_view message) {
  const ErrorKind& kind = kErrorKinds[static_cast<size_t>(type)];
  HttpReply reply;
  reply.status = kind.status;
  reply.body = absl::StrCat(R"({"status":"error","errorType":")", Abs(kind.name), R"(","error":)",
                            JsonString(message), "}");
  return reply;
}

HttpReply InvalidParameter(std::string_view name, std::string_view message) {
  return PromFailure(PromError::kBadData,
                     absl::StrCat("invalid parameter \"", Abs(name), "\": ", Abs(message)));
}

HttpReply InvalidTime(std::string_view name, const absl::Status& status) {
  return InvalidParameter(
      name, absl::StrCat("invalid time value for '", Abs(name), "': ", status.message()));
}

HttpReply PrepareFailure(const absl::Status& status) {
  const std::string_view message = Std(status.message());
  if (absl::IsInvalidArgument(status) || absl::IsUnimplemented(status)) {
    return InvalidParameter("query", message);
  }
  return EvaluateFailure(status);
}

HttpReply EvaluateFailure(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kCancelled:
      return PromFailure(PromError::kCanceled, "query was canceled in expression evaluation");
    case absl::StatusCode::kDeadlineExceeded: {
      HttpReply reply =
          PromFailure(PromError::kTimeout, "query timed out in expression evaluation");
      reply.reason = kQueryTimeoutReason;
      return reply;
    }
    case absl::StatusCode::kInternal:
      return PromFailure(PromError::kInternal, Std(status.message()));
    default:
      return PromFailure(PromError::kExecution, Std(status.message()));
  }
}

HttpReply ReplyTooLarge(size_t max_bytes) {
  HttpReply reply = PromFailure(
      PromError::kExecution,
      absl::StrCat("the reply would be longer than ", max_bytes,
                   " bytes (--query.max-reply-bytes); narrow the selection, or give a limit"));
  reply.reason = kQueryReplyReason;
  return reply;
}

HttpReply TooManySeries(size_t max_series) {
  HttpReply reply =
      PromFailure(PromError::kExecution, absl::StrCat("more than ", max_series,
                                                      " series match (--query.max-series); "
                                                      "narrow the selection, or give a limit"));
  reply.reason = kQuerySeriesReason;
  return reply;
}

HttpReply PromMethodNotAllowed() { return {405, kPlainType, "Method Not Allowed\n", "", ""}; }

Annotation TruncatedByLimit() { return {true, "results truncated due to limit"}; }

std::string StringsJson(std::span<const std::string> strings) {
  std::string out = "[";
  for (const std::string& text : strings) {
    if (out.size() > 1) out.push_back(',');
    AppendJsonString(text, &out);
  }
  return out + "]";
}

}  // namespace tacho::adapter
