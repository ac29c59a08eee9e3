#include "adapter/core/prom_values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "adapter/core/json_writer.h"
#include "tacho/internal/decimal.h"

namespace tacho::adapter {
namespace {

bool HasExponent(double value) {
  const double magnitude = std::fabs(value);
  return std::isfinite(value) && magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21);
}

}  // namespace

void AppendSampleValue(double value, std::string* out) {
  if (!HasExponent(value)) return internal::AppendDecimal(value, out);
  std::array<char, 32> buffer;  // -1.7976931348623157e+308
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                    std::chars_format::scientific);
  out->append(buffer.data(), result.ptr);
}

std::string FormatSampleValue(double value) {
  std::string out;
  AppendSampleValue(value, &out);
  return out;
}

void AppendSampleTime(Timestamp t, std::string* out) {
  const int64_t ms = t.unix_millis();
  const uint64_t magnitude = ms < 0 ? 0 - static_cast<uint64_t>(ms) : static_cast<uint64_t>(ms);
  absl::StrAppend(out, ms < 0 ? "-" : "", magnitude / 1000);
  const uint64_t rest = magnitude % 1000;
  if (rest != 0) absl::StrAppend(out, ".", absl::Dec(rest, absl::kZeroPad3));
}

std::string FormatScalarValue(double value) {
  std::string out;
  internal::AppendDecimal(value, &out);
  return out;
}

void AppendScalarTime(Timestamp t, std::string* out) {
  AppendSampleTime(t, out);
  if (t.unix_millis() % 1000 != 0) out->erase(out->find_last_not_of('0') + 1);
}

// Go's encoder writes e-7 where to_chars writes e-07.
void AppendJsonNumber(double value, std::string* out) {
  const size_t begin = out->size();
  AppendSampleValue(value, out);
  const size_t exponent = out->find("e-0", begin);
  if (exponent != std::string::npos) out->erase(exponent + 2, 1);
}

void AppendLabelsJson(const Labels& labels, std::string* out) {
  char separator = '{';
  for (const Label& label : labels) {
    out->push_back(separator);
    AppendJsonString(label.name, out);
    out->push_back(':');
    AppendJsonString(label.value, out);
    separator = ',';
  }
  out->append(labels.empty() ? "{}" : "}");
}

}  // namespace tacho::adapter
