#include "engine/result.h"

#include <utility>

namespace tacho::engine {

QueryResult ResultBuilder::Build(Timestamp t, Value value, std::shared_ptr<const void> keepers) {
  QueryResult result;
  result.time_ = t;
  result.evidence_ = value.evidence;
  switch (value.type) {
    case parser::ValueType::kScalar:
      result.type_ = ResultType::kScalar;
      result.scalar_ = value.scalar;
      break;
    case parser::ValueType::kString:
      result.type_ = ResultType::kString;
      result.string_ = std::move(value.string);
      break;
    case parser::ValueType::kVector:
    case parser::ValueType::kMatrix:  // refused by the planner
      result.type_ = ResultType::kVector;
      result.samples_ = std::move(value.vector);
      break;
  }
  result.keep_alive_ = std::move(keepers);
  return result;
}

QueryResult ResultBuilder::BuildRange(const TimeRange& range,
                                      std::map<Labels, std::vector<Point>> columns) {
  QueryResult result;
  result.type_ = ResultType::kMatrix;
  result.time_ = range.end;
  const auto kept = std::make_shared<std::map<Labels, std::vector<Point>>>(std::move(columns));
  for (const auto& [labels, points] : *kept) result.series_.emplace_back(&labels, points);
  result.keep_alive_ = kept;
  return result;
}

}  // namespace tacho::engine
