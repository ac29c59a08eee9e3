#include "adapter/net/log.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace tacho::adapter {
namespace {

constexpr int64_t kMillisPerLine = 50;
constexpr int64_t kBurst = 80;
constexpr size_t kMaxLine = 750;
constexpr size_t kMaxValue = 400;
constexpr std::array<std::string_view, 4> kLevelNames = {"debug", "info", "warn", "error"};

bool IsPlain(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '=';
  });
}

// A value with anything in it that could end a line, a value or a quote is quoted.
void AppendValue(std::string* out, std::string_view value) {
  const bool cut = value.size() > kMaxValue;
  value = value.substr(0, kMaxValue);
  if (IsPlain(value) && !cut) {
    out->append(value);
    return;
  }
  out->push_back('"');
  for (const char c : value) {
    if (c == '"' || c == '\\') out->push_back('\\');
    if (c == '\n') {
      out->append("\\n");
    } else if (c < 0x20 || c == 0x7f) {  // bytes above ASCII too: char is signed here
      absl::StrAppend(out, "\\x", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    } else {
      out->push_back(c);
    }
  }
  out->append(cut ? "...\"" : "\"");
}

void AppendField(std::string* out, std::string_view key, std::string_view value) {
  if (out->size() >= kMaxLine) return;
  out->push_back(' ');
  out->append(key).push_back('=');
  AppendValue(out, value);
}

std::string FormatLine(int64_t now_ms, LogLevel level, std::string_view msg,
                       std::initializer_list<Logger::Field> fields) {
  std::string line = absl::StrCat(
      "ts=",
      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(now_ms), absl::UTCTimeZone()));
  AppendField(&line, "level", kLevelNames[static_cast<size_t>(level)]);
  AppendField(&line, "msg", msg);
  for (const Logger::Field& field : fields) AppendField(&line, field.key, field.value);
  if (line.size() >= kMaxLine) line.resize(kMaxLine - 1);
  line.push_back('\n');
  return line;
}

void WriteToStderr(std::string_view line) { std::fwrite(line.data(), 1, line.size(), stderr); }
int64_t WallMillis() { return absl::ToUnixMillis(absl::Now()); }

}  // namespace

std::optional<LogLevel> ParseLogLevel(std::string_view name) {
  const auto* it = std::find(kLevelNames.begin(), kLevelNames.end(), name);
  if (it == kLevelNames.end()) return std::nullopt;
  return static_cast<LogLevel>(it - kLevelNames.begin());
}

bool LineLimiter::Allow(int64_t now_ms) {
  constexpr int64_t kMaxCredit = kBurst * kMillisPerLine;
  // A clock that was set back earns nothing.
  const int64_t passed =
      last_ms_ == INT64_MIN ? kMaxCredit : std::max<int64_t>(0, now_ms - last_ms_);
  credit_ms_ = std::min(kMaxCredit, credit_ms_ + std::min(passed, kMaxCredit));
  last_ms_ = now_ms;
  if (credit_ms_ < kMillisPerLine) return false;
  credit_ms_ -= kMillisPerLine;
  return true;
}

Logger::Logger(LogLevel level) : Logger(level, WriteToStderr, WallMillis) {}
Logger::Logger(LogLevel level, Sink sink, NowMillis now)
    : level_(level), sink_(std::move(sink)), now_(std::move(now)) {}

void Logger::Log(LogLevel level, std::string_view msg, std::initializer_list<Field> fields) {
  if (level < level_) return;
  const int64_t now_ms = now_();
  const MutexLock lock(mutex_);
  if (!limiter_.Allow(now_ms)) {
    ++unreported_;
    ++suppressed_;
    return;
  }
  if (unreported_ > 0) {
    const std::string count = absl::StrCat(std::exchange(unreported_, 0));
    sink_(FormatLine(now_ms, LogLevel::kWarn, "log lines suppressed", {{"count", count}}));
  }
  sink_(FormatLine(now_ms, level, msg, fields));
  ++lines_;
}

}  // namespace tacho::adapter
