#include "parser/replay_tail.h"

#include <cmath>

#include "parser/exposition_chars.h"
#include "parser/number.h"

namespace tacho::parser {
namespace {

// Timestamps of more digits need the range check.
constexpr size_t kMaxSafeDigits = 18;

class TailReader {
 public:
  explicit TailReader(std::string_view rest) : rest_(rest) {}

  std::string_view TakeAll(uint16_t char_class) {
    size_t size = 0;
    while (size < rest_.size() && IsIn(static_cast<unsigned char>(rest_[size]), char_class)) ++size;
    const std::string_view token = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return token;
  }
  bool Take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  const char* LineEnd() { return Take('\n') ? rest_.data() : nullptr; }

 private:
  std::string_view rest_;
};

const char* ReadTextTail(TailReader reader, LineTail* tail) {
  const std::string_view number = reader.TakeAll(kTextValue);
  if (ParseSampleValue(number, &tail->value) != NumberError::kNone) return nullptr;
  reader.TakeAll(kBlank);
  const std::string_view digits = reader.TakeAll(kDigit);
  if (digits.size() > kMaxSafeDigits) return nullptr;
  tail->has_timestamp = !digits.empty();
  for (const char digit : digits) tail->timestamp_ms = tail->timestamp_ms * 10 + (digit - '0');
  reader.TakeAll(kBlank);
  return reader.LineEnd();
}

const char* ReadOpenMetricsTail(TailReader reader, LineTail* tail) {
  const std::string_view number = reader.TakeAll(kWord);
  if (ParseSampleValue(number, &tail->value) != NumberError::kNone) return nullptr;
  if (!reader.Take(' ')) return reader.LineEnd();
  double seconds;
  const std::string_view time = reader.TakeAll(kWord);
  if (ParseSampleValue(time, &seconds) != NumberError::kNone) return nullptr;
  // Within 2^53 milliseconds: an ordinary time. The full parser knows the others.
  if (!(std::fabs(seconds) < 9e12)) return nullptr;
  tail->has_timestamp = true;
  tail->timestamp_ms = static_cast<int64_t>(seconds * 1000);
  return reader.LineEnd();
}

}  // namespace

const char* ReadLineTail(std::string_view rest, Exposition format, LineTail* tail) {
  *tail = {};
  return format == Exposition::kText ? ReadTextTail(TailReader(rest), tail)
                                     : ReadOpenMetricsTail(TailReader(rest), tail);
}

}  // namespace tacho::parser
