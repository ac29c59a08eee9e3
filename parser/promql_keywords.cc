#include "parser/promql_keywords.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "parser/promql_chars.h"

namespace tacho::parser {
namespace {

using K = TokenKind;

constexpr Keyword kKeywords[] = {
    {"anchored", K::kAnchored},
    {"and", K::kAnd, Op::kAnd},
    {"atan2", K::kAtan2, Op::kAtan2},
    {"avg", K::kAggregator, Op::kAvg},
    {"bool", K::kBool},
    {"bottomk", K::kAggregator, Op::kBottomk},
    {"by", K::kBy},
    {"count", K::kAggregator, Op::kCount},
    {"count_values", K::kAggregator, Op::kCountValues},
    {"end", K::kEndKeyword},
    {"fill", K::kFill},
    {"fill_left", K::kFillLeft},
    {"fill_right", K::kFillRight},
    {"group", K::kAggregator, Op::kGroup},
    {"group_left", K::kGroupLeft},
    {"group_right", K::kGroupRight},
    {"ignoring", K::kIgnoring},
    {"inf", K::kNumber},
    {"limit_ratio", K::kAggregator, Op::kLimitRatio},
    {"limitk", K::kAggregator, Op::kLimitk},
    {"max", K::kAggregator, Op::kMax},
    {"max_of", K::kMaxOf},
    {"min", K::kAggregator, Op::kMin},
    {"min_of", K::kMinOf},
    {"nan", K::kNumber},
    {"offset", K::kOffset},
    {"on", K::kOn},
    {"or", K::kOr, Op::kOr},
    {"quantile", K::kAggregator, Op::kQuantile},
    {"range", K::kRange},
    {"smoothed", K::kSmoothed},
    {"start", K::kStart},
    {"stddev", K::kAggregator, Op::kStddev},
    {"stdvar", K::kAggregator, Op::kStdvar},
    {"step", K::kStep},
    {"sum", K::kAggregator, Op::kSum},
    {"topk", K::kAggregator, Op::kTopk},
    {"unless", K::kUnless, Op::kUnless},
    {"without", K::kWithout},
};
static_assert(std::is_sorted(std::begin(kKeywords), std::end(kKeywords),
                             [](const Keyword& a, const Keyword& b) { return a.word < b.word; }));

constexpr size_t kLongestKeyword = 12;  // count_values

}  // namespace

const Keyword* FindKeyword(std::string_view word) {
  if (word.size() > kLongestKeyword) return nullptr;
  std::array<char, kLongestKeyword> buffer{};
  std::transform(word.begin(), word.end(), buffer.begin(), Lower);
  const std::string_view lower(buffer.data(), word.size());
  const auto* found =
      std::lower_bound(std::begin(kKeywords), std::end(kKeywords), lower,
                       [](const Keyword& k, std::string_view w) { return k.word < w; });
  return found != std::end(kKeywords) && found->word == lower ? found : nullptr;
}

}  // namespace tacho::parser
