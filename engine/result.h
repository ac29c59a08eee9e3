// ResultBuilder: turns what a plan's last operator left into a QueryResult.
//
// Ownership   The result keeps alive the labels that its samples point to.
// Threads     One thread, one result.
#ifndef TACHO_ENGINE_RESULT_H_
#define TACHO_ENGINE_RESULT_H_

#include <map>
#include <memory>
#include <vector>

#include "engine/executor.h"
#include "tacho/query.h"
#include "tacho/time.h"

namespace tacho::engine {

class ResultBuilder {
 public:
  // keepers own the labels that the value's elements point to.
  static QueryResult Build(Timestamp t, Value value, std::shared_ptr<const void> keepers);
  static QueryResult BuildRange(const TimeRange& range,
                                std::map<Labels, std::vector<Point>> columns);
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_RESULT_H_
