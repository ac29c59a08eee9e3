// ResultBuilder: turns what a plan's program left into a QueryResult.
//
// Order       As the value's.
// Ownership   The result keeps alive what its samples and series point to.
// Threads     One thread, one result.
#ifndef TACHO_ENGINE_RESULT_H_
#define TACHO_ENGINE_RESULT_H_

#include <vector>

#include "engine/executor.h"
#include "engine/fused.h"
#include "tacho/query.h"
#include "tacho/time.h"

namespace tacho::engine {

class ResultBuilder {
 public:
  static QueryResult OfInstant(Timestamp t, InstantVector vector, Evaluation& evaluation);
  static QueryResult OfInstant(Timestamp t, Value value, Evaluation& evaluation);
  static QueryResult OfRange(const TimeRange& range, const StepTimes& steps, Value value,
                             Evaluation& evaluation);

 private:
  static QueryResult Begin(Timestamp t, const Evidence& evidence, Evaluation& evaluation);
  static void TakeVector(Value value, QueryResult* result);
  // points: all series' points, one after the other; ends: where each series' end.
  static void TakeSeries(const std::vector<Element>& elements, std::vector<Point> points,
                         const std::vector<size_t>& ends, QueryResult* result);
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_RESULT_H_
