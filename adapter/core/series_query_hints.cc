#include "adapter/core/series_query_hints.h"

#include <algorithm>
#include <optional>

#include "adapter/core/text.h"
#include "tacho/labels.h"

namespace tacho::adapter {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool Skip(std::string_view token) {
    SkipSpace();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  // A metric or label name; empty if there is none.
  std::string_view Name() {
    SkipSpace();
    size_t length = 0;
    while (length < rest_.size() && IsNameCharacter(rest_[length])) ++length;
    return Take(length);
  }

  // A quoted text without escapes.
  std::optional<std::string_view> PlainString() {
    SkipSpace();
    if (rest_.empty() || (rest_[0] != '"' && rest_[0] != '\'' && rest_[0] != '`')) {
      return std::nullopt;
    }
    const size_t close = rest_.find(rest_[0], 1);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view text = rest_.substr(1, close - 1);
    if (text.find('\\') != std::string_view::npos) return std::nullopt;
    rest_.remove_prefix(close + 1);
    return text;
  }

 private:
  static bool IsNameCharacter(char c) { return IsAlnum(c) || c == '_' || c == ':'; }

  void SkipSpace() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }

  std::string_view Take(size_t length) {
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

  std::string_view rest_;
};

}  // namespace

SeriesQueryHints ReadSeriesQuery(std::string_view series_query) {
  SeriesQueryHints hints;
  Reader reader(series_query);
  hints.metric = std::string(reader.Name());
  if (!reader.Skip("{")) return hints;
  do {
    const std::string_view label = reader.Name();
    // The longer operators first.
    const bool differs = reader.Skip("!=");
    const bool matches = !differs && (reader.Skip("=~") || reader.Skip("!~"));
    if (label.empty() || !(differs || matches || reader.Skip("="))) break;
    const std::optional<std::string_view> value = reader.PlainString();
    if (!value.has_value()) break;
    if (matches || differs != value->empty()) continue;
    if (label != kMetricNameLabel) {
      hints.labels.emplace_back(label);
    } else if (!differs) {
      hints.metric = std::string(*value);
    }
  } while (reader.Skip(","));
  return hints;
}

}  // namespace tacho::adapter
