#include "adapter/net/flags.h"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/net/http_head.h"

namespace tacho::adapter {
namespace {

struct ByteUnit {
  std::string_view suffix;
  int shift;
};
constexpr std::array<ByteUnit, 3> kByteUnits = {{{"GiB", 30}, {"MiB", 20}, {"KiB", 10}}};
constexpr size_t kHelpWidth = 96;
constexpr size_t kHelpIndent = 6;

absl::string_view AbslView(std::string_view v) { return {v.data(), v.size()}; }

// Levenshtein's, one row at a time.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

absl::Status SetBool(std::string_view text, bool* value) {
  if (text != "true" && text != "false") return absl::InvalidArgumentError("true or false");
  *value = text == "true";
  return absl::OkStatus();
}

absl::Status SetDuration(std::string_view text, absl::Duration* value) {
  absl::Duration parsed;
  if (!absl::ParseDuration(AbslView(text), &parsed) || parsed <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("a duration such as 90s, 10m or 1h30m");
  }
  *value = parsed;
  return absl::OkStatus();
}

// Breaks at spaces, every line after the first indented.
void AppendWrapped(std::string_view text, std::string* out) {
  size_t column = kHelpIndent;
  out->append(kHelpIndent, ' ');
  while (!text.empty()) {
    const size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    if (column > kHelpIndent && column + 1 + word.size() > kHelpWidth) {
      out->append("\n").append(kHelpIndent, ' ');
      column = kHelpIndent;
    }
    if (column > kHelpIndent) {
      out->push_back(' ');
      ++column;
    }
    out->append(word);
    column += word.size();
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  out->push_back('\n');
}

}  // namespace

absl::StatusOr<uint64_t> ParseBytes(std::string_view text) {
  const absl::Status expected = absl::InvalidArgumentError("a size such as 512KiB, 16MiB or 4GiB");
  int shift = 0;
  for (const ByteUnit& unit : kByteUnits) {
    if (!text.ends_with(unit.suffix)) continue;
    text.remove_suffix(unit.suffix.size());
    shift = unit.shift;
  }
  const std::optional<uint64_t> number = ParseDigits(text);
  if (!number.has_value() || *number > (uint64_t{1} << 62) >> shift) return expected;
  return *number << shift;
}

std::string FormatBytes(uint64_t bytes) {
  for (const ByteUnit& unit : kByteUnits) {
    const uint64_t count = bytes >> unit.shift;
    if (count > 0 && count << unit.shift == bytes) {
      return absl::StrCat(count, AbslView(unit.suffix));
    }
  }
  return absl::StrCat(bytes);
}

FlagSet& FlagSet::Group(std::string heading) {
  heading_ = std::move(heading);
  return *this;
}

FlagSet& FlagSet::AddCustom(std::string name, std::string unit, std::string default_text,
                            std::string help, Setter setter) {
  flags_.push_back({std::move(name), std::move(unit), std::move(default_text), std::move(help),
                    std::exchange(heading_, {}), std::move(setter)});
  return *this;
}

FlagSet& FlagSet::Add(std::string name, std::string help, std::string* value) {
  return AddCustom(std::move(name), "FILE", *value, std::move(help), [value](std::string_view v) {
    *value = v;
    return absl::OkStatus();
  });
}

FlagSet& FlagSet::Add(std::string name, std::string help, bool* value) {
  return AddCustom(std::move(name), "", "", std::move(help),
                   [value](std::string_view v) { return SetBool(v, value); });
}

FlagSet& FlagSet::Add(std::string name, std::string help, absl::Duration* value) {
  return AddCustom(std::move(name), "DURATION", absl::FormatDuration(*value), std::move(help),
                   [value](std::string_view v) { return SetDuration(v, value); });
}

FlagSet& FlagSet::AddUnsigned(std::string name, std::string help, bool bytes, uint64_t max,
                              uint64_t value, std::function<void(uint64_t)> store) {
  return AddCustom(std::move(name), bytes ? "BYTES" : "N",
                   bytes ? FormatBytes(value) : absl::StrCat(value), std::move(help),
                   [bytes, max, store = std::move(store)](std::string_view text) {
                     const absl::StatusOr<uint64_t> sized = ParseBytes(text);
                     const std::optional<uint64_t> counted = ParseDigits(text);
                     if (bytes && !sized.ok()) return sized.status();
                     if (!bytes && !counted.has_value())
                       return absl::InvalidArgumentError("a whole number");
                     const uint64_t parsed = bytes ? *sized : *counted;
                     if (parsed < 1 || parsed > max) {
                       return absl::InvalidArgumentError(absl::StrCat("a number from 1 to ", max));
                     }
                     store(parsed);
                     return absl::OkStatus();
                   });
}

FlagSet& FlagSet::AddList(std::string name, std::string help, std::vector<std::string>* value) {
  std::string defaults;
  for (const std::string& item : *value) {
    absl::StrAppend(&defaults, defaults.empty() ? "" : ",", item);
  }
  return AddCustom(std::move(name), "NAME,...", std::move(defaults), std::move(help),
                   [value, fresh = std::make_shared<bool>(true)](std::string_view text) {
                     if (std::exchange(*fresh, false)) value->clear();
                     while (!text.empty()) {
                       const std::string_view item = text.substr(0, text.find(','));
                       text.remove_prefix(std::min(item.size() + 1, text.size()));
                       if (!item.empty()) value->emplace_back(item);
                     }
                     return absl::OkStatus();
                   });
}

FlagSet& FlagSet::AddWithoutEffect(std::string name, bool is_switch,
                                   std::vector<std::string>* given) {
  AddCustom(name, is_switch ? "" : "VALUE", "", "", [name, given](std::string_view) {
    if (std::find(given->begin(), given->end(), name) == given->end()) given->push_back(name);
    return absl::OkStatus();
  });
  flags_.back().hidden = true;
  return *this;
}

const FlagSet::Flag* FlagSet::Find(std::string_view name) const {
  const auto it = std::find_if(flags_.begin(), flags_.end(), [&](const Flag& flag) {
    return std::equal(name.begin(), name.end(), flag.name.begin(), flag.name.end(),
                      [](char a, char b) { return (a == '_' ? '-' : a) == b; });
  });
  return it == flags_.end() ? nullptr : &*it;
}

absl::Status FlagSet::Unknown(std::string_view name) const {
  const auto nearest =
      std::min_element(flags_.begin(), flags_.end(), [&](const Flag& a, const Flag& b) {
        return EditDistance(a.name, name) < EditDistance(b.name, name);
      });
  const bool close = nearest != flags_.end() &&
                     EditDistance(nearest->name, name) <= std::max<size_t>(2, name.size() / 2);
  return absl::InvalidArgumentError(absl::StrCat(
      "unknown flag --", AbslView(name),
      close ? absl::StrCat("; did you mean --", nearest->name, "?") : "; --help lists the flags"));
}

absl::Status FlagSet::Parse(std::span<const char* const> args) const {
  for (size_t i = 0; i < args.size(); ++i) {
    std::string_view arg = args[i];
    const bool one_letter =
        arg.size() >= 2 && arg[0] == '-' && arg[1] != '-' && (arg.size() == 2 || arg[2] == '=');
    if (!one_letter && (!arg.starts_with("--") || arg.size() == 2)) {
      return absl::InvalidArgumentError(
          absl::StrCat("unexpected argument ", AbslView(arg), "; flags begin with --"));
    }
    arg.remove_prefix(one_letter ? 1 : 2);
    const size_t equals = arg.find('=');
    const std::string_view name = arg.substr(0, equals);
    const Flag* flag = Find(one_letter && name == "h" ? "help" : name);
    if (flag == nullptr) return Unknown(name);
    std::string_view value = "true";
    if (equals != std::string_view::npos) {
      value = arg.substr(equals + 1);
    } else if (!flag->unit.empty()) {
      if (++i == args.size()) {
        return absl::InvalidArgumentError(absl::StrCat("--", flag->name, " needs a value"));
      }
      value = args[i];
    }
    if (const absl::Status status = flag->setter(value); !status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", flag->name, ": ", AbslView(value), " is not ", status.message()));
    }
  }
  return absl::OkStatus();
}

std::string FlagSet::Help() const {
  std::string out = about_;
  for (const Flag& flag : flags_) {
    if (flag.hidden) continue;
    if (!flag.heading.empty()) out.append("\n").append(flag.heading).append("\n");
    out.append("  --").append(flag.name);
    if (!flag.unit.empty()) out.append("=").append(flag.unit);
    if (!flag.default_text.empty()) out.append(" (default ").append(flag.default_text).append(")");
    out.push_back('\n');
    AppendWrapped(flag.help, &out);
  }
  return out;
}

}  // namespace tacho::adapter
