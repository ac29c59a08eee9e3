#include "engine/result.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace tacho::engine {
namespace {

using parser::ValueType;

}  // namespace

QueryResult ResultBuilder::Begin(Timestamp t, const Evidence& evidence, Evaluation& evaluation) {
  QueryResult result;
  result.time_ = t;
  result.evidence_ = evidence;
  result.annotations_ = evaluation.annotations().Take();
  result.samples_read_ = evaluation.samples_read();
  result.keep_alive_ = evaluation.TakeKeepers();
  return result;
}

QueryResult ResultBuilder::OfInstant(Timestamp t, InstantVector vector, Evaluation& evaluation) {
  QueryResult result = Begin(t, vector.evidence, evaluation);
  result.samples_ = std::move(vector.samples);
  return result;
}

QueryResult ResultBuilder::OfInstant(Timestamp t, Value value, Evaluation& evaluation) {
  QueryResult result = Begin(t, value.evidence, evaluation);
  switch (value.type) {
    case ValueType::kScalar:
      result.type_ = ResultType::kScalar;
      result.scalar_ = value.scalars[0];
      break;
    case ValueType::kString:
      result.type_ = ResultType::kString;
      result.string_ = std::move(value.string);
      break;
    case ValueType::kVector:
      TakeVector(std::move(value), &result);
      break;
    case ValueType::kMatrix: {
      std::vector<Element> elements;
      std::vector<Point> points;
      std::vector<size_t> ends;
      for (size_t i = 0; i < value.elements.size(); ++i) {
        elements.push_back(value.elements[i]);
        for (const storage::SamplePoint& sample : value.windows[i]) {
          points.push_back({Timestamp::FromUnixMillis(sample.time_ms), sample.value});
        }
        ends.push_back(points.size());
      }
      TakeSeries(elements, std::move(points), ends, &result);
      break;
    }
  }
  return result;
}

void ResultBuilder::TakeVector(Value value, QueryResult* result) {
  result->samples_.reserve(value.elements.size());
  for (size_t i = 0; i < value.elements.size(); ++i) {
    if (IsAbsent(value.cells[i])) continue;
    const Element& element = value.elements[i];
    result->samples_.emplace_back(element.labels.get(), value.cells[i], element.evidence);
  }
}

QueryResult ResultBuilder::OfRange(const TimeRange& range, const StepTimes& steps, Value value,
                                   Evaluation& evaluation) {
  if (value.type == ValueType::kScalar) {
    const Element element{evaluation.Own(Labels()), value.evidence, false};
    std::ranges::copy(value.scalars, value.Add(element, steps.count).begin());
  }
  QueryResult result = Begin(range.end, value.evidence, evaluation);
  std::vector<Element> elements;
  std::vector<Point> points;
  std::vector<size_t> ends;
  for (size_t e = 0; e < value.elements.size(); ++e) {
    const size_t before = points.size();
    const std::span<const double> cells = value.Cells(e, steps.count);
    for (uint32_t i = 0; i < steps.count; ++i) {
      if (!IsAbsent(cells[i])) points.push_back({Timestamp::FromUnixMillis(steps.At(i)), cells[i]});
    }
    if (points.size() == before) continue;
    elements.push_back(value.elements[e]);
    ends.push_back(points.size());
  }
  TakeSeries(elements, std::move(points), ends, &result);
  return result;
}

void ResultBuilder::TakeSeries(const std::vector<Element>& elements, std::vector<Point> points,
                               const std::vector<size_t>& ends, QueryResult* result) {
  struct Kept {
    std::shared_ptr<const void> labels;
    std::vector<Point> points;
  };
  const auto kept = std::make_shared<Kept>(Kept{std::move(result->keep_alive_), std::move(points)});
  result->type_ = ResultType::kMatrix;
  size_t begin = 0;
  for (size_t i = 0; i < elements.size(); ++i) {
    const std::span<const Point> all = kept->points;
    result->series_.emplace_back(elements[i].labels.get(), all.subspan(begin, ends[i] - begin));
    begin = ends[i];
  }
  result->keep_alive_ = kept;
}

}  // namespace tacho::engine
