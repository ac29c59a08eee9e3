#include "tools/fixes.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "absl/strings/str_cat.h"
#include "parser/promql_functions.h"

namespace tacho::tools {
namespace {

struct Remedy {
  std::string_view message;  // a part of it
  std::string_view fix;
};

constexpr Remedy kRemedies[] = {
    // PromQL.
    {"expected type range vector in call", "say over which time: m[5m] instead of m"},
    {"expected type instant vector in call to",
     "leave out the [..], or put a function such as "
     "rate() around the range"},
    {"expected type instant vector in aggregation", "aggregate a vector: sum(rate(m[5m]))"},
    {"ranges only allowed for vector selectors",
     "a range of any other expression is a subquery: "
     "(..)[5m:1m]"},
    {"comparisons between scalars must use BOOL", "write bool behind the operator: 1 == bool 2"},
    {"bool modifier can only be used on comparison", "leave out bool"},
    {"no offset modifiers allowed before range", "put offset behind the brackets: m[5m] offset 1m"},
    {"no @ modifiers allowed before range", "put @ behind the brackets: m[5m] @ 0"},
    {"at least one non-empty matcher", "name a metric, or demand a label: {job=~\".+\"}"},
    {"metric name must not be set twice", "keep one of the two names"},
    {"unclosed left parenthesis", "add the missing )"},
    {"unclosed left bracket", "add the missing ]"},
    {"unexpected end of input inside braces", "add the missing }"},
    {"unterminated quoted string", "close the quotes; a backslash before a quote makes it text"},
    {"unterminated raw string", "add the missing `"},
    {"unknown escape sequence", "double the backslash, or put the text between backticks"},
    {"in label matching, expected string", "put the value in quotes: job=\"api\""},
    {"trailing commas not allowed", "leave out the last comma"},
    {"no arguments for aggregate expression", "give it what to aggregate: sum(m)"},
    {"unexpected character after '='", "a regular expression is matched with =~"},
    {"unexpected character after '!'", "write != or !~"},
    {"set operator", "and, or and unless take vectors; vector(1) makes one of a number"},
    {"--enable-feature=promql-experimental-functions",
     "check with --experimental if the server "
     "has this feature on"},
    {"is not enabled", "check with --experimental if the server has this feature on"},
    // Expositions.
    {"does not end with # EOF", "end the body with a line # EOF, or check it with --format text"},
};

// The first quoted word of a message.
std::string_view FirstQuoted(std::string_view message) {
  const size_t open = message.find('"');
  if (open == std::string_view::npos) return {};
  const size_t close = message.find('"', open + 1);
  if (close == std::string_view::npos) return {};
  return message.substr(open + 1, close - open - 1);
}

// How many letters to change, add or leave out.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

std::string SuggestFunction(std::string_view name) {
  std::vector<std::string_view> names = {
      "sum",    "avg",  "min",     "max",    "count",    "group",        "stddev",
      "stdvar", "topk", "bottomk", "limitk", "quantile", "count_values", "limit_ratio"};
  for (const parser::Function& function : parser::AllFunctions()) names.push_back(function.name);
  // Few mistake the first letter; without it, short names are near to many.
  std::erase_if(names, [&](std::string_view n) { return n.substr(0, 1) != name.substr(0, 1); });
  const std::string_view nearest = Nearest(name, names);
  return nearest.empty() ? "" : absl::StrCat("did you mean ", std::string(nearest), "?");
}

}  // namespace

std::string_view Nearest(std::string_view word, std::span<const std::string_view> names) {
  constexpr size_t kLongest = 64;  // of a word that is worth comparing
  if (word.empty() || word.size() > kLongest) return {};
  std::string_view nearest;
  constexpr size_t kShort = 4;  // a shorter word is near to many
  // Further away it is another word.
  size_t least = word.size() < kShort ? 1 : 1 + word.size() / 3;
  for (const std::string_view name : names) {
    const size_t distance = EditDistance(word, name);
    if (distance >= least && !(distance == least && nearest.empty())) continue;
    least = distance;
    nearest = name;
  }
  return nearest;
}

std::string PlacedFault(std::string_view file, std::string_view message) {
  constexpr std::string_view kNowhere = "unknown position:";
  if (!message.starts_with(kNowhere))
    return absl::StrCat(std::string(file), ":", std::string(message));
  message.remove_prefix(kNowhere.size());
  return absl::StrCat(std::string(file), ":1:1:", std::string(message));
}

std::string SuggestFix(std::string_view message) {
  if (message.find("unknown function with name") != std::string_view::npos) {
    return SuggestFunction(FirstQuoted(message));
  }
  for (const Remedy& remedy : kRemedies) {
    if (message.find(remedy.message) != std::string_view::npos) return std::string(remedy.fix);
  }
  return "";
}

}  // namespace tacho::tools
