// Nor is it a duration.
// MISUSE: (no match for|no viable overloaded)
#include "tacho/options.h"

tacho::Options TenMinutes() {
  tacho::Options options;
#ifdef MISUSE
  options.retention = 600;
#else
  options.retention = absl::Minutes(10);
#endif
  return options;
}
