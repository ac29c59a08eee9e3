// Time: when a sample was taken. tacho never reads a clock; every call that
// needs the time takes it as an argument.
//
// Units       Timestamp is whole milliseconds since the Unix epoch, negative
//             before it. Duration is absl::Duration; windows and offsets keep
//             its full precision until they are applied to a Timestamp, where
//             they are cut toward zero to milliseconds, as in PromQL.
// Limits      Arithmetic saturates at the ends of int64 instead of wrapping.
#ifndef TACHO_TIME_H_
#define TACHO_TIME_H_

#include <compare>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/time/time.h"
#include "tacho/export.h"

namespace tacho {

using Duration = absl::Duration;

class Timestamp {
 public:
  constexpr Timestamp() = default;  // the Unix epoch
  static constexpr Timestamp FromUnixMillis(int64_t ms) { return Timestamp(ms); }
  static Timestamp FromTime(absl::Time t) { return Timestamp(absl::ToUnixMillis(t)); }
  static constexpr Timestamp Min() { return Timestamp(std::numeric_limits<int64_t>::min()); }
  static constexpr Timestamp Max() { return Timestamp(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t unix_millis() const { return ms_; }
  absl::Time ToTime() const { return absl::FromUnixMillis(ms_); }

  friend constexpr auto operator<=>(Timestamp, Timestamp) = default;

  friend Timestamp operator+(Timestamp t, Duration d) {
    int64_t out = 0;
    const int64_t ms = absl::ToInt64Milliseconds(d);
    if (!__builtin_add_overflow(t.ms_, ms, &out)) return Timestamp(out);
    return ms < 0 ? Min() : Max();
  }
  friend Timestamp operator-(Timestamp t, Duration d) { return t + -d; }

  // The time from b to a, saturated at the ends of int64 milliseconds.
  friend Duration operator-(Timestamp a, Timestamp b) {
    int64_t out = 0;
    if (!__builtin_sub_overflow(a.ms_, b.ms_, &out)) return absl::Milliseconds(out);
    return a.ms_ < b.ms_ ? -absl::InfiniteDuration() : absl::InfiniteDuration();
  }

 private:
  constexpr explicit Timestamp(int64_t ms) : ms_(ms) {}
  int64_t ms_ = 0;
};

}  // namespace tacho

#endif  // TACHO_TIME_H_
