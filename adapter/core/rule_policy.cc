#include "adapter/core/rule_policy.h"

#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/yaml_fields.h"

namespace tacho::adapter {
namespace {

constexpr std::array<std::string_view, 7> kKeys = {"onNaN",   "onMissing", "maxAge",  "minCoverage",
                                                   "minSpan", "holdLast",  "clampMax"};

absl::Status ReadAction(const YamlValue& value, std::optional<OnUnknown>* out) {
  const absl::Status status = value.ExpectScalar("a policy");
  if (!status.ok()) return status;
  if (value.text() == "omit") {
    *out = OnUnknown::kOmit;
  } else if (value.text() == "zero") {
    *out = OnUnknown::kZero;
  } else if (value.text() == "error") {
    *out = OnUnknown::kError;
  } else {
    return value.Error(absl::StrCat("expected omit, zero or error, not ", value.Describe()));
  }
  return absl::OkStatus();
}

absl::Status ReadNumber(const YamlValue& value, double min, double max,
                        std::optional<double>* out) {
  const absl::Status status = value.ExpectScalar("a number");
  if (!status.ok()) return status;
  double number = 0;
  if (!absl::SimpleAtod(value.text(), &number) || !(number >= min && number <= max)) {
    return value.Error(
        absl::StrCat("expected a number from ", min, " to ", max, ", not ", value.Describe()));
  }
  *out = number;
  return absl::OkStatus();
}

absl::Status ReadAge(const YamlValue& value, std::optional<Duration>* out) {
  const absl::Status status = value.ExpectScalar("a duration");
  if (!status.ok()) return status;
  const absl::StatusOr<Duration> read = ParsePrometheusDuration(value.text());
  if (!read.ok()) {
    return value.Error(absl::StrCat("expected a duration such as 30s, not ", value.Describe()));
  }
  *out = *read;
  return absl::OkStatus();
}

}  // namespace

ValuePolicy RulePolicy::Over(const ValuePolicy& defaults) const {
  ValuePolicy out = defaults;
  out.on_nan = on_nan.value_or(out.on_nan);
  out.on_missing = on_missing.value_or(out.on_missing);
  out.max_age = max_age.value_or(out.max_age);
  out.hold_last = hold_last.value_or(out.hold_last);
  out.min_coverage = min_coverage.value_or(out.min_coverage);
  if (min_span.has_value()) out.min_span = min_span;
  if (clamp_max.has_value()) out.clamp_max = clamp_max;
  return out;
}

absl::Status ReadRulePolicy(const YamlValue& value, RulePolicy* out) {
  // The largest value of which a quantity holds the thousandths.
  constexpr double kMaxClamp = 9.2e15;
  YamlFields fields(value, "tacho", kKeys);
  const auto age = [](std::optional<Duration>* to) {
    return [to](const YamlValue& v) { return ReadAge(v, to); };
  };
  const auto action = [](std::optional<OnUnknown>* to) {
    return [to](const YamlValue& v) { return ReadAction(v, to); };
  };
  fields.ReadWith("onNaN", action(&out->on_nan));
  fields.ReadWith("onMissing", action(&out->on_missing));
  fields.ReadWith("maxAge", age(&out->max_age));
  fields.ReadWith("minSpan", age(&out->min_span));
  fields.ReadWith("holdLast", age(&out->hold_last));
  fields.ReadWith("minCoverage",
                  [out](const YamlValue& v) { return ReadNumber(v, 0, 1, &out->min_coverage); });
  fields.ReadWith("clampMax", [out](const YamlValue& v) {
    return ReadNumber(v, -kMaxClamp, kMaxClamp, &out->clamp_max);
  });
  return fields.status();
}

}  // namespace tacho::adapter
