// The samples of a result that dies at the end of the line would dangle.
// MISUSE: deleted
#include "tacho/query.h"

double First(const tacho::Query& query, tacho::Timestamp t) {
#ifdef MISUSE
  const auto samples = query.Evaluate(t).value().samples();
#else
  const auto result = query.Evaluate(t).value();
  const auto samples = result.samples();
#endif
  return samples[0].value;
}
