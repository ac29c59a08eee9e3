// Logger: one line per event, in logfmt:
//
//   ts=2026-11-24T03:22:03.123Z level=warn msg="scrape failed" target=10.0.0.7:8080 err="..."
//
// What targets and clients send may be in a value, so values are escaped and cut,
// and lines beyond the rate are counted instead of written: a flood of errors must
// not fill a disk. The next line written says how many are missing.
//
// Threads     Safe from any thread; lines do not mix.
// Cost        A line below the level costs one comparison.
// Limits      80 lines at once, then 20 a second; 750 bytes a line, 400 a value.
#ifndef TACHO_ADAPTER_NET_LOG_H_
#define TACHO_ADAPTER_NET_LOG_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "adapter/net/mutex.h"

namespace tacho::adapter {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarn, kError };
[[nodiscard]] std::optional<LogLevel> ParseLogLevel(std::string_view name);

// Lets a burst through, then a steady rate.
class LineLimiter {
 public:
  bool Allow(int64_t now_ms);

 private:
  int64_t credit_ms_ = 0;
  int64_t last_ms_ = INT64_MIN;
};

class Logger {
 public:
  struct Field {
    std::string_view key;
    std::string_view value;
  };
  using Sink = std::function<void(std::string_view line)>;  // with its line feed
  using NowMillis = std::function<int64_t()>;               // Unix

  // Writes to stderr.
  explicit Logger(LogLevel level);
  Logger(LogLevel level, Sink sink, NowMillis now);

  void Log(LogLevel level, std::string_view msg, std::initializer_list<Field> fields = {});
  void Debug(std::string_view msg, std::initializer_list<Field> fields = {}) {
    Log(LogLevel::kDebug, msg, fields);
  }
  void Info(std::string_view msg, std::initializer_list<Field> fields = {}) {
    Log(LogLevel::kInfo, msg, fields);
  }
  void Warn(std::string_view msg, std::initializer_list<Field> fields = {}) {
    Log(LogLevel::kWarn, msg, fields);
  }
  void Error(std::string_view msg, std::initializer_list<Field> fields = {}) {
    Log(LogLevel::kError, msg, fields);
  }

  [[nodiscard]] uint64_t lines() const { return lines_; }
  [[nodiscard]] uint64_t suppressed() const { return suppressed_; }

 private:
  const LogLevel level_;
  const Sink sink_;
  const NowMillis now_;
  std::atomic<uint64_t> lines_{0};
  std::atomic<uint64_t> suppressed_{0};
  Mutex mutex_;
  LineLimiter limiter_ ABSL_GUARDED_BY(mutex_);
  uint64_t unreported_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_LOG_H_
