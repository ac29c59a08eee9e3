// Two points in time have a difference, but no sum.
// MISUSE: (no match for|invalid operands)
#include "tacho/time.h"

#ifdef MISUSE
auto Apart(tacho::Timestamp a, tacho::Timestamp b) { return a + b; }
#else
auto Apart(tacho::Timestamp a, tacho::Timestamp b) { return a - b; }
#endif
