#include "adapter/core/yaml_fields.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

struct DurationUnit {
  std::string_view name;
  int64_t milliseconds;
};
// In the only order in which they may follow each other.
constexpr std::array<DurationUnit, 7> kDurationUnits = {{{"y", int64_t{365} * 86'400'000},
                                                         {"w", int64_t{7} * 86'400'000},
                                                         {"d", 86'400'000},
                                                         {"h", 3'600'000},
                                                         {"m", 60'000},
                                                         {"s", 1'000},
                                                         {"ms", 1}}};

struct SizeUnit {
  std::string_view name;
  int shift;
};
constexpr std::array<SizeUnit, 13> kSizeUnits = {{{"B", 0},
                                                  {"KB", 10},
                                                  {"KiB", 10},
                                                  {"MB", 20},
                                                  {"MiB", 20},
                                                  {"GB", 30},
                                                  {"GiB", 30},
                                                  {"TB", 40},
                                                  {"TiB", 40},
                                                  {"PB", 50},
                                                  {"PiB", 50},
                                                  {"EB", 60},
                                                  {"EiB", 60}}};

size_t CountWhile(std::string_view text, bool (*accept)(char)) {
  size_t n = 0;
  while (n < text.size() && accept(text[n])) ++n;
  return n;
}

absl::Status BadDuration(std::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat("not a valid duration string: ", Quoted(text),
                                                 "; write it as in 30s, 1m30s or 2h"));
}

absl::Status BadSize(std::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("not a valid size: ", Quoted(text), "; write it as in 512KB, 10MB or 1GB"));
}

// Plain words that YAML 1.1 takes for booleans.
std::optional<bool> ParseBool(const YamlValue& value) {
  if (value.kind() != YamlKind::kScalar || !value.plain()) return std::nullopt;
  const std::string word = Lowercase(value.text());
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  return std::nullopt;
}

}  // namespace

absl::StatusOr<absl::Duration> ParsePrometheusDuration(std::string_view text) {
  if (text == "0") return absl::ZeroDuration();
  if (text.empty()) return BadDuration(text);
  int64_t total = 0;
  size_t next_unit = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t digits = CountWhile(rest, IsDigit);
    const size_t letters = CountWhile(rest.substr(digits), IsAlpha);
    int64_t count = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + digits, count);
    if (error != std::errc()) return BadDuration(text);
    const std::string_view name = rest.substr(digits, letters);
    while (next_unit < kDurationUnits.size() && kDurationUnits[next_unit].name != name) ++next_unit;
    if (next_unit == kDurationUnits.size()) return BadDuration(text);
    int64_t part = 0;
    constexpr int64_t kLongest = int64_t{9'223'372'036'854};  // milliseconds: 2^63 ns
    if (__builtin_mul_overflow(count, kDurationUnits[next_unit].milliseconds, &part) ||
        __builtin_add_overflow(total, part, &total) || total > kLongest) {
      return absl::InvalidArgumentError("duration out of range");
    }
    ++next_unit;
    rest.remove_prefix(digits + letters);
  }
  return absl::Milliseconds(total);
}

absl::StatusOr<size_t> ParseByteSize(std::string_view text) {
  if (text == "0") return size_t{0};
  const size_t digits = CountWhile(text, [](char c) { return IsDigit(c) || c == '.'; });
  double count = 0;
  const char* const number_end = text.data() + digits;
  const auto [end, error] =
      std::from_chars(text.data(), number_end, count, std::chars_format::fixed);
  if (error != std::errc() || end != number_end) return BadSize(text);
  for (const SizeUnit& unit : kSizeUnits) {
    if (text.substr(digits) != unit.name) continue;
    const double bytes = std::ldexp(count, unit.shift);
    if (bytes >= std::ldexp(1.0, 63)) return BadSize(text);
    return static_cast<size_t>(bytes);
  }
  return BadSize(text);
}

absl::StatusOr<std::vector<std::string>> ReadStrings(const YamlValue& list, std::string_view what) {
  if (absl::Status status = list.ExpectSequence(what); !status.ok()) return status;
  std::vector<std::string> out;
  for (const YamlValue& item : list.Items()) {
    const std::string entry = absl::StrCat("an entry of ", Abs(what));
    if (absl::Status status = item.ExpectScalar(entry); !status.ok()) return status;
    out.push_back(item.text());
  }
  return out;
}

YamlFields::YamlFields(const YamlValue& mapping, std::string_view what,
                       std::span<const std::string_view> keys)
    : mapping_(mapping), status_(mapping.ExpectKeys(what, keys)) {}

std::optional<YamlValue> YamlFields::Take(std::string_view key) const {
  if (!status_.ok()) return std::nullopt;
  return mapping_.Find(key);
}

void YamlFields::ReadWith(std::string_view key, const Reader& read) {
  const std::optional<YamlValue> value = Take(key);
  if (value.has_value()) status_ = read(*value);
}

void YamlFields::ReadEach(std::string_view key, const Reader& read) {
  ReadWith(key, [&](const YamlValue& list) {
    absl::Status status = list.ExpectSequence(key);
    for (const YamlValue& item : list.Items()) {
      if (status.ok()) status = read(item);
    }
    return status;
  });
}

void YamlFields::Read(std::string_view key, std::string* out) {
  ReadWith(key, [&](const YamlValue& value) {
    *out = value.text();
    return value.ExpectScalar(key);
  });
}

void YamlFields::Read(std::string_view key, bool* out) {
  ReadWith(key, [&](const YamlValue& value) {
    const std::optional<bool> parsed = ParseBool(value);
    *out = parsed.value_or(*out);
    if (parsed.has_value()) return absl::OkStatus();
    return value.Error(absl::StrCat(Abs(key), " must be true or false, not ", value.Describe()));
  });
}

void YamlFields::Read(std::string_view key, uint32_t* out) {
  ReadWith(key, [&](const YamlValue& value) {
    const std::string& text = value.text();
    uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
      return value.Error(absl::StrCat(
          Abs(key), " must be a whole number from 0 to 4294967295, not ", value.Describe()));
    }
    *out = number;
    return absl::OkStatus();
  });
}

void YamlFields::Read(std::string_view key, std::vector<std::string>* out) {
  ReadWith(key, [&](const YamlValue& value) {
    absl::StatusOr<std::vector<std::string>> strings = ReadStrings(value, key);
    if (strings.ok()) *out = *std::move(strings);
    return strings.status();
  });
}

void YamlFields::Read(std::string_view key, std::map<std::string, std::string>* out) {
  ReadWith(key, [&](const YamlValue& value) {
    absl::Status status = value.ExpectMapping(key);
    for (const auto& [name, entry] : value.Entries()) {
      if (status.ok()) status = entry.ExpectScalar(absl::StrCat(Abs(key), ".", name.text()));
      if (status.ok()) (*out)[name.text()] = entry.text();
    }
    return status;
  });
}

void YamlFields::ReadDuration(std::string_view key, absl::Duration* out) {
  ReadWith(key, [&](const YamlValue& value) {
    const absl::StatusOr<absl::Duration> parsed = ParsePrometheusDuration(value.text());
    if (!parsed.ok()) {
      return value.Error(absl::StrCat(Abs(key), ": ", parsed.status().message()));
    }
    *out = *parsed;
    return absl::OkStatus();
  });
}

void YamlFields::ReadBytes(std::string_view key, size_t* out) {
  ReadWith(key, [&](const YamlValue& value) {
    const absl::StatusOr<size_t> parsed = ParseByteSize(value.text());
    if (!parsed.ok()) {
      return value.Error(absl::StrCat(Abs(key), ": ", parsed.status().message()));
    }
    *out = *parsed;
    return absl::OkStatus();
  });
}

}  // namespace tacho::adapter
