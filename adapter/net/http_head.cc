#include "adapter/net/http_head.h"

#include <algorithm>
#include <limits>

namespace tacho::adapter {
namespace {

constexpr std::string_view kCrlf = "\r\n";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// RFC 9110 token characters.
bool IsTokenChar(char c) {
  const char l = Lower(c);
  return (l >= 'a' && l <= 'z') || IsDigit(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenChar);
}

bool IsVisible(char c) { return c > 0x20 && c < 0x7f; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Cuts the text up to the separator off the front; nothing where there is none.
std::optional<std::string_view> Cut(std::string_view* text, std::string_view separator) {
  const size_t at = text->find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view front = text->substr(0, at);
  text->remove_prefix(at + separator.size());
  return front;
}

// Controls but tab have no place in a value; bytes above ASCII do (obs-text).
bool IsFieldValue(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && c != '\t') || u == 0x7f;
  });
}

bool ParseField(std::string_view line, HttpFields* fields) {
  const std::optional<std::string_view> name = Cut(&line, ":");
  if (!name.has_value() || !IsToken(*name)) return false;  // also obs-fold and "name :"
  const std::string_view value = Trim(line);
  if (!IsFieldValue(value)) return false;
  fields->Add({*name, value});
  return true;
}

bool ParseFields(std::string_view text, HttpFields* fields) {
  while (text != kCrlf) {
    const std::optional<std::string_view> line = Cut(&text, kCrlf);
    if (!line.has_value() || !ParseField(*line, fields)) return false;
  }
  return true;
}

bool ParseFraming(const HttpFields& fields, Framing* out) {
  const size_t lengths = fields.Count("content-length");
  const size_t codings = fields.Count("transfer-encoding");
  if (lengths + codings > 1) return false;
  if (codings == 1) {
    out->kind = Framing::Kind::kChunked;
    return EqualsIgnoreCase(fields.Get("transfer-encoding"), "chunked");
  }
  if (lengths == 0) return true;
  const std::optional<uint64_t> length = ParseDigits(fields.Get("content-length"));
  if (!length.has_value()) return false;
  *out = {Framing::Kind::kLength, *length};
  return true;
}

HeadError ParseVersion(std::string_view text, int* minor) {
  if (text.size() != 8 || text.substr(0, 5) != "HTTP/" || !IsDigit(text[5]) || text[6] != '.' ||
      !IsDigit(text[7])) {
    return HeadError::kMalformed;
  }
  if (text[5] != '1' || text[7] > '1') return HeadError::kVersion;
  *minor = text[7] - '0';
  return HeadError::kNone;
}

bool KeepsAlive(const HttpFields& fields, int minor_version) {
  if (fields.HasToken("connection", "close")) return false;
  return minor_version >= 1 || fields.HasToken("connection", "keep-alive");
}

}  // namespace

HeadScanner::State HeadScanner::Fail(HeadError error) {
  error_ = error;
  return State::kBad;
}

HeadScanner::State HeadScanner::Scan(std::string_view text) {
  for (; pos_ < text.size(); ++pos_) {
    if (pos_ >= limits_.max_bytes) return Fail(HeadError::kTooLarge);
    const char c = text[pos_];
    const bool after_cr = pos_ > 0 && text[pos_ - 1] == '\r';
    if (c == '\0' || (c == '\n') != after_cr) return Fail(HeadError::kMalformed);
    if (c != '\n') continue;
    const bool empty = pos_ == line_start_ + 1;
    line_start_ = pos_ + 1;
    if (empty && lines_ == 0) return Fail(HeadError::kMalformed);
    if (empty) {
      ++pos_;
      return State::kComplete;
    }
    // The first line is no field.
    if (lines_++ > limits_.max_fields) return Fail(HeadError::kTooManyFields);
  }
  return State::kMore;
}

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

bool ListHasToken(std::string_view list, std::string_view token) {
  while (true) {
    const std::optional<std::string_view> item = Cut(&list, ",");
    if (EqualsIgnoreCase(Trim(item.value_or(list)), token)) return true;
    if (!item.has_value()) return false;
  }
}

std::string_view HttpFields::Get(std::string_view name) const {
  for (const HttpField& field : fields_) {
    if (EqualsIgnoreCase(field.name, name)) return field.value;
  }
  return {};
}

size_t HttpFields::Count(std::string_view name) const {
  return static_cast<size_t>(std::count_if(fields_.begin(), fields_.end(), [&](const auto& f) {
    return EqualsIgnoreCase(f.name, name);
  }));
}

bool HttpFields::HasToken(std::string_view name, std::string_view token) const {
  return std::any_of(fields_.begin(), fields_.end(), [&](const HttpField& f) {
    return EqualsIgnoreCase(f.name, name) && ListHasToken(f.value, token);
  });
}

bool RequestHead::KeepAlive() const { return KeepsAlive(fields, minor_version); }
bool ReplyHead::KeepAlive() const { return KeepsAlive(fields, minor_version); }

std::optional<uint64_t> ParseDigits(std::string_view text) {
  if (text.empty() || text.size() > 19) return std::nullopt;
  uint64_t value = 0;  // 19 digits fit 64 bits
  for (const char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return std::nullopt;
  return value;
}

HeadError ParseRequestHead(std::string_view head, const HeadLimits& limits, RequestHead* out) {
  std::string_view line = Cut(&head, kCrlf).value_or("");
  const std::optional<std::string_view> method = Cut(&line, " ");
  const std::optional<std::string_view> target = Cut(&line, " ");
  if (!method.has_value() || !target.has_value() || !IsToken(*method) || target->empty() ||
      !std::all_of(target->begin(), target->end(), IsVisible)) {
    return HeadError::kMalformed;
  }
  if (target->size() > limits.max_target_bytes) return HeadError::kTargetTooLong;
  if (const HeadError e = ParseVersion(line, &out->minor_version); e != HeadError::kNone) return e;
  out->method = *method;
  out->target = *target;
  if (!ParseFields(head, &out->fields) || !ParseFraming(out->fields, &out->framing)) {
    return HeadError::kMalformed;
  }
  const size_t hosts = out->fields.Count("host");
  if (hosts > 1 || (hosts == 0 && out->minor_version >= 1)) return HeadError::kMalformed;
  return HeadError::kNone;
}

HeadError ParseReplyHead(std::string_view head, ReplyHead* out) {
  std::string_view line = Cut(&head, kCrlf).value_or("");
  const std::string_view version = Cut(&line, " ").value_or("");
  if (const HeadError e = ParseVersion(version, &out->minor_version); e != HeadError::kNone) {
    return e;
  }
  // "200 OK", "200 " and "200": the reason may be missing, with or without its space.
  const std::string_view code = line.substr(0, 3);
  const std::optional<uint64_t> status = ParseDigits(code);
  if (code.size() != 3 || !status.has_value() || *status < 100 || *status > 999 ||
      (line.size() > 3 && line[3] != ' ')) {
    return HeadError::kMalformed;
  }
  out->status = static_cast<int>(*status);
  out->reason = line.size() > 4 ? line.substr(4) : std::string_view();
  if (!IsFieldValue(out->reason)) return HeadError::kMalformed;
  if (!ParseFields(head, &out->fields) || !ParseFraming(out->fields, &out->framing)) {
    return HeadError::kMalformed;
  }
  return HeadError::kNone;
}

}  // namespace tacho::adapter
