// A query that is prepared and dropped has only cost time.
// MISUSE: (nodiscard|unused-result)
#include "tacho/database.h"

bool IsValid(const tacho::Database& db) {
#ifdef MISUSE
  db.Prepare("up");
  return true;
#else
  return db.Prepare("up").ok();
#endif
}
