#include "adapter/core/prom_values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "adapter/core/json_writer.h"

namespace tacho::adapter {
namespace {

void AppendFinite(double value, std::chars_format format, std::string* out) {
  // The longest is the smallest subnormal without an exponent: 0., 323 zeros, 1 digit.
  std::array<char, 512> buffer;
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
  if (error == std::errc()) out->append(buffer.data(), end);
}

void AppendDouble(double value, std::chars_format format, std::string* out) {
  if (std::isnan(value)) {
    out->append("NaN");
  } else if (std::isinf(value)) {
    out->append(value > 0 ? "+Inf" : "-Inf");
  } else {
    AppendFinite(value, format, out);
  }
}

std::chars_format FormatOf(double value) {
  const double magnitude = std::fabs(value);
  const bool exponent = magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21);
  return exponent ? std::chars_format::scientific : std::chars_format::fixed;
}

}  // namespace

void AppendSampleValue(double value, std::string* out) {
  AppendDouble(value, FormatOf(value), out);
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
  AppendDouble(value, std::chars_format::fixed, &out);
  return out;
}

void AppendScalarTime(Timestamp t, std::string* out) {
  AppendSampleTime(t, out);
  if (t.unix_millis() % 1000 != 0) out->erase(out->find_last_not_of('0') + 1);
}

// Go's encoder writes e-7 where to_chars writes e-07.
void AppendJsonNumber(double value, std::string* out) {
  const size_t begin = out->size();
  AppendFinite(value, FormatOf(value), out);
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
