// A bare integer is no time: it does not say seconds or milliseconds.
// MISUSE: (cannot convert|no viable conversion)
#include "tacho/database.h"

absl::Status Store(tacho::Database& db, const tacho::Labels& series) {
#ifdef MISUSE
  return db.Append(series, 1'700'000'000'000, 1.0);
#else
  return db.Append(series, tacho::Timestamp::FromUnixMillis(1'700'000'000'000), 1.0);
#endif
}
