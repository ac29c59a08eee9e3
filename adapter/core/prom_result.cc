#include "adapter/core/prom_result.h"

#include <span>
#include <string_view>

#include "adapter/core/json_writer.h"
#include "adapter/core/prom_values.h"

namespace tacho::adapter {
namespace {

// Points between two looks at the bound.
constexpr size_t kPointsPerCheck = 1024;

void AppendPoint(Timestamp t, double value, std::string* out) {
  out->push_back('[');
  AppendSampleTime(t, out);
  out->append(",\"");
  AppendSampleValue(value, out);
  out->append("\"]");
}

void AppendSample(const ResultSample& sample, Timestamp t, std::string* out) {
  out->append(R"({"metric":)");
  AppendLabelsJson(sample.labels(), out);
  out->append(R"(,"value":)");
  AppendPoint(t, sample.value, out);
  out->push_back('}');
}

bool AppendSeries(const ResultSeries& series, size_t max_bytes, std::string* out) {
  out->append(R"({"metric":)");
  AppendLabelsJson(series.labels(), out);
  out->append(R"(,"values":[)");
  size_t until_check = kPointsPerCheck;
  for (const Point& point : series.points()) {
    if (out->back() == ']') out->push_back(',');
    AppendPoint(point.time, point.value, out);
    if (--until_check > 0) continue;
    if (out->size() > max_bytes) return false;
    until_check = kPointsPerCheck;
  }
  out->append("]}");
  return true;
}

template <typename T>
std::span<const T> Limited(std::span<const T> items, uint64_t limit, bool* truncated) {
  *truncated = limit > 0 && items.size() > limit;
  return *truncated ? items.first(limit) : items;
}

void AppendLone(std::string_view type, Timestamp t, std::string_view value, std::string* out) {
  out->append(R"("resultType":")").append(type).append(R"(","result":[)");
  AppendScalarTime(t, out);
  out->push_back(',');
  AppendJsonString(value, out);
  out->push_back(']');
}

bool AppendVector(const QueryResult& result, const ResultBounds& bounds, bool* truncated,
                  std::string* out) {
  out->append(R"("resultType":"vector","result":[)");
  const size_t begin = out->size();
  for (const ResultSample& sample : Limited(result.samples(), bounds.max_series, truncated)) {
    if (out->size() > begin) out->push_back(',');
    AppendSample(sample, result.time(), out);
    if (out->size() > bounds.max_bytes) return false;
  }
  out->push_back(']');
  return true;
}

bool AppendMatrix(const QueryResult& result, const ResultBounds& bounds, bool* truncated,
                  std::string* out) {
  out->append(R"("resultType":"matrix","result":[)");
  const size_t begin = out->size();
  for (const ResultSeries& series : Limited(result.series(), bounds.max_series, truncated)) {
    if (out->size() > begin) out->push_back(',');
    if (!AppendSeries(series, bounds.max_bytes, out)) return false;
    if (out->size() > bounds.max_bytes) return false;
  }
  out->push_back(']');
  return true;
}

}  // namespace

bool AppendResultJson(const QueryResult& result, const ResultBounds& bounds, bool* truncated,
                      std::string* out) {
  *truncated = false;
  switch (result.type()) {
    case ResultType::kScalar:
      AppendLone("scalar", result.time(), FormatScalarValue(result.scalar()), out);
      break;
    case ResultType::kString:
      AppendLone("string", result.time(), result.string(), out);
      break;
    case ResultType::kVector:
      return AppendVector(result, bounds, truncated, out);
    case ResultType::kMatrix:
      return AppendMatrix(result, bounds, truncated, out);
  }
  return out->size() <= bounds.max_bytes;
}

}  // namespace tacho::adapter
