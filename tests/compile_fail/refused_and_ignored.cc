// A refused scrape must be looked at, or be ignored in so many words.
// MISUSE: (nodiscard|unused-result)
#include "tacho/database.h"

void Read(tacho::Target& target, std::string_view body, tacho::Timestamp t) {
#ifdef MISUSE
  target.Ingest(body, tacho::Exposition::kText, t);
#else
  target.Ingest(body, tacho::Exposition::kText, t).IgnoreError();
#endif
}
