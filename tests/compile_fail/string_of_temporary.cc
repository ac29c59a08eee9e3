// So would its string.
// MISUSE: deleted
#include "tacho/query.h"

size_t Length(const tacho::Query& query, tacho::Timestamp t) {
#ifdef MISUSE
  const std::string& text = query.Evaluate(t).value().string();
#else
  const auto result = query.Evaluate(t).value();
  const std::string& text = result.string();
#endif
  return text.size();
}
