// Every function: its arguments, its result, and whether it needs the experimental
// switch. The table here is written from the documentation, not from the parser's own.
#include "parser/promql_functions.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>

#include "parser/promql.h"

namespace tacho::parser {
namespace {

// V instant vector, M range vector, S scalar, T text; "..." the last one again any
// number of times, "?" the last one may be left out, "+9" nine more of the last.
struct Signature {
  const char* args;
  char result = 'V';
  bool experimental = false;
};

// Names that share a signature.
struct Family {
  const char* names;
  Signature signature;
};

constexpr Family kFamilies[] = {
    {"abs absent ceil exp floor ln log10 log2 sgn sort sort_desc sqrt timestamp", {"V"}},
    {"acos acosh asin asinh atan atanh cos cosh deg rad sin sinh tan tanh", {"V"}},
    {"histogram_avg histogram_count histogram_stddev histogram_stdvar histogram_sum", {"V"}},
    {"changes delta deriv idelta increase irate rate resets", {"M"}},
    {"absent_over_time avg_over_time count_over_time first_over_time last_over_time", {"M"}},
    {"max_over_time min_over_time present_over_time stddev_over_time stdvar_over_time", {"M"}},
    {"sum_over_time", {"M"}},
    {"mad_over_time ts_of_first_over_time ts_of_last_over_time", {"M", 'V', true}},
    {"ts_of_max_over_time ts_of_min_over_time", {"M", 'V', true}},
    {"year month day_of_month day_of_week day_of_year days_in_month hour minute", {"V?"}},
    {"start end step range", {"", 'S', true}},
    {"min_of max_of", {"SS", 'S', true}},
    {"clamp", {"VSS"}},
    {"clamp_max clamp_min", {"VS"}},
    {"double_exponential_smoothing", {"MSS", 'V', true}},
    {"histogram_fraction", {"SSV"}},
    {"histogram_quantile", {"SV"}},
    {"histogram_quantiles", {"VTS+9", 'V', true}},
    {"info", {"VV?", 'V', true}},
    {"label_join", {"VTTT..."}},
    {"label_replace", {"VTTTT"}},
    {"pi time", {"", 'S'}},
    {"predict_linear", {"MS"}},
    {"quantile_over_time", {"SM"}},
    {"round", {"VS?"}},
    {"scalar", {"V", 'S'}},
    {"sort_by_label sort_by_label_desc", {"VT...", 'V', true}},
    {"start_timestamp", {"V", 'V', true}},
    {"vector", {"S"}},
};

std::map<std::string, Signature> Documented() {
  std::map<std::string, Signature> table;
  for (const Family& family : kFamilies) {
    std::istringstream names(family.names);
    for (std::string name; names >> name;) table[name] = family.signature;
  }
  return table;
}

struct Parsed {
  std::string types;  // of all arguments written out
  size_t least = 0;
  size_t most = 0;  // as far as this test goes
};

constexpr size_t kFar = 20;

Parsed Read(const Signature& signature) {
  Parsed p;
  const std::string text = signature.args;
  p.types = text.substr(0, text.find_first_of("?.+"));
  p.least = p.most = p.types.size();
  if (text.ends_with("?")) p.least -= 1;
  if (text.ends_with("+9")) p.most += 9;
  if (text.ends_with("...")) {
    p.least -= 1;  // Prometheus lets the repeated one be left out
    p.most = kFar;
  }
  return p;
}

std::string Argument(char type) {
  switch (type) {
    case 'M':
      return "m[5m]";
    case 'S':
      return "1";
    case 'T':
      return "'t'";
    default:
      return "{l='v'}";
  }
}

std::string CallOf(const std::string& name, const Parsed& p, size_t count, char replaced = 0) {
  std::string out = name + "(";
  for (size_t i = 0; i < count; ++i) {
    const char type = p.types.empty() ? 'V' : p.types[std::min(i, p.types.size() - 1)];
    out += (i == 0 ? "" : ", ") + Argument(replaced != 0 && i + 1 == count ? replaced : type);
  }
  return out + ")";
}

const ParseLimits kAll{.features = {.experimental_functions = true}};

TEST(FunctionTest, TableHasExactlyTheDocumentedOnes) {
  for (const Function& function : AllFunctions()) {
    EXPECT_EQ(Documented().count(std::string(function.name)), 1U) << function.name;
  }
  EXPECT_EQ(AllFunctions().size(), Documented().size());
}

TEST(FunctionTest, EveryOneTakesItsArguments) {
  for (const auto& [name, signature] : Documented()) {
    const Parsed p = Read(signature);
    for (size_t count = p.least; count <= p.most; ++count) {
      const auto ast = ParsePromql(CallOf(name, p, count), kAll);
      ASSERT_TRUE(ast.ok()) << ast.status();
      const ValueType wanted = signature.result == 'S' ? ValueType::kScalar : ValueType::kVector;
      EXPECT_EQ((*ast)[ast->root()].type, wanted) << name;
    }
  }
}

TEST(FunctionTest, NoneTakesFewerOrMore) {
  for (const auto& [name, signature] : Documented()) {
    const Parsed p = Read(signature);
    if (p.least > 0) {
      EXPECT_FALSE(ParsePromql(CallOf(name, p, p.least - 1), kAll).ok()) << name;
    }
    if (p.most < kFar) {
      EXPECT_FALSE(ParsePromql(CallOf(name, p, p.most + 1), kAll).ok()) << name;
    }
  }
}

TEST(FunctionTest, NoneTakesAnotherTypeInAnyPlace) {
  for (const auto& [name, signature] : Documented()) {
    const Parsed p = Read(signature);
    // Only the last argument of a call of `count` is replaced; lower counts come first.
    for (size_t count = std::max<size_t>(p.least, 1); count <= p.types.size(); ++count) {
      for (const char other : {'V', 'M', 'S', 'T'}) {
        const bool same = other == p.types[count - 1];
        EXPECT_EQ(ParsePromql(CallOf(name, p, count, other), kAll).ok(), same)
            << CallOf(name, p, count, other);
      }
    }
  }
}

TEST(FunctionTest, ExperimentalOnesNeedTheSwitch) {
  for (const auto& [name, signature] : Documented()) {
    const Parsed p = Read(signature);
    const auto ast = ParsePromql(CallOf(name, p, p.types.size()));
    EXPECT_EQ(ast.ok(), !signature.experimental) << name;
    if (ast.ok()) continue;
    EXPECT_EQ(ast.status().message(), "1:1: parse error: function \"" + name + "\" is not enabled");
  }
}

TEST(FunctionTest, ExperimentalAggregationsWorkWithTheSwitch) {
  EXPECT_TRUE(ParsePromql("limitk(3, x)", kAll).ok());
  EXPECT_TRUE(ParsePromql("limit_ratio(-0.5, x) by (a)", kAll).ok());
}

TEST(FunctionTest, NamesAreCaseSensitive) {
  EXPECT_EQ(FindFunction("Rate"), nullptr);
  EXPECT_EQ(FindFunction("rat"), nullptr);
  EXPECT_EQ(FindFunction(""), nullptr);
  ASSERT_NE(FindFunction("rate"), nullptr);
  EXPECT_EQ(FindFunction("rate")->name, "rate");
}

}  // namespace
}  // namespace tacho::parser
