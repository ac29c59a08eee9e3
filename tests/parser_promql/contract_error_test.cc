// The errors that people meet most, each in Prometheus' words and at its place; one row
// for each text that docs/promql.md lists. error_test.cc has the rest.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "parser/promql.h"

namespace tacho::parser {
namespace {

struct Case {
  int number;
  std::string_view query;
  std::string_view place;
  std::string_view message;
};

constexpr std::string_view kExperimental =
    "limitk() is experimental and must be enabled with "
    "--enable-feature=promql-experimental-functions";

constexpr Case kCases[] = {
    {1, " ", "1:1", "no expression found in input"},
    {2, "rate(x[5m]) /", "1:14", "unexpected end of input"},
    {3, "up + .", "1:6", "unexpected character: '.'"},
    {4, "x > 2.5.", "1:5", "bad number or duration syntax: \"2.5.\""},
    {5, "x + * y", "1:5", "unexpected <op:*>"},
    {6, "sum(x))", "1:8", "unexpected right parenthesis ')'"},
    {7, "sum(rate(x[5m])", "1:16", "unclosed left parenthesis"},
    {8, "rate(x[5m", "1:10", "unclosed left parenthesis"},
    {8, "x[5m", "1:5", "unclosed left bracket"},
    {9, "x > 1e400", "1:5",
     "error parsing number: strconv.ParseFloat: parsing \"1e400\": value out of range"},
    {10, "x and 1", "1:1", "set operator \"and\" not allowed in binary scalar expression"},
    {11, "1 > 2", "1:3", "comparisons between scalars must use BOOL modifier"},
    {12, "x + bool y", "1:3", "bool modifier can only be used on comparison operators"},
    {13, "x !~ y", "1:3", "unexpected character after '!': '~'"},
    {14, "x =~ y", "1:3", "unexpected character after '=': '~'"},
    {15, "-'text'", "1:1",
     "unary expression only allowed on expressions of type scalar or instant vector, got "
     "\"string\""},
    {16, "sum(x) offset 5m", "1:1",
     "offset modifier must be preceded by an instant vector selector or range vector selector or "
     "a subquery"},
    {17, "x offset 5m offset 1h", "1:1", "offset may not be set multiple times"},
    {18, "(x) @ 5", "1:1",
     "@ modifier must be preceded by an instant vector selector or range vector selector or a "
     "subquery"},
    {19, "x @ start() @ 5", "1:1", "@ <timestamp> may not be set multiple times"},
    {20, "x @ Inf", "1:1", "timestamp out of bounds for @ modifier: +Inf"},
    {21, "x @", "1:4", "unexpected end of input in @, expected timestamp"},
    {22, "1 + on(job) x", "1:1", "vector matching only allowed between instant vectors"},
    {23, "x and on(a) group_left y", "1:1", "no grouping allowed for \"and\" operation"},
    {24, "x / on(instance) group_left(instance) y", "1:3",
     "label \"instance\" must not occur in ON and GROUP clause at once"},
    {25, "x[5m] + 1", "1:1", "binary expression must contain only scalar and instant vector types"},
    {26, "x{a='b'", "1:8", "unexpected end of input inside braces"},
    {27, "x{a=b}", "1:5", "unexpected identifier \"b\" in label matching, expected string"},
    {28, "x{a}", "1:4", "unexpected \"}\" in label matching, expected label matching operator"},
    {29, "x{,}", "1:3", "unexpected \",\" in label matching, expected identifier or \"}\""},
    {30, "x{a='b' lol}", "1:9",
     "unexpected identifier \"lol\" in label matching, expected \",\" or \"}\""},
    {31, "x{a*'b'}", "1:4", "unexpected character inside braces: '*'"},
    {32, "{job=~'.*'}", "1:1", "vector selector must contain at least one non-empty matcher"},
    {33, "foo{__name__='bar'}", "1:1", "metric name must not be set twice: \"foo\" or \"bar\""},
    {34, "x[]", "1:3",
     "unexpected \"]\" in subquery or range selector, expected number, duration, step(), or "
     "range()"},
    {35, "x[0s]", "1:3", "duration must be greater than 0"},
    {36, "x offset 5m [1h]", "1:13", "no offset modifiers allowed before range"},
    {37, "x @ 5 [1h]", "1:7", "no @ modifiers allowed before range"},
    {38, "rate(x[1m])[5m]", "1:12", "ranges only allowed for vector selectors"},
    {39, "x{a=\"b}", "1:5", "unterminated quoted string"},
    {40, "x{a=`b}", "1:5", "unterminated raw string"},
    {41, "x{a='\\c'}", "1:5", "unknown escape sequence U+0063 'c'"},
    {42, "sum by (==) (x)", "1:9", "unexpected <op:==> in grouping opts, expected label"},
    {43, "sum(x) by test", "1:11",
     "unexpected identifier \"test\" in grouping opts, expected \"(\""},
    {44, "sum()", "1:1", "no arguments for aggregate expression provided"},
    {45, "topk(x)", "1:1",
     "wrong number of arguments for aggregate expression provided, expected 2, got 1"},
    {46, "rate(x[5m],)", "1:11", "trailing commas not allowed in function call args"},
    {47, "topk(x, y)", "1:6", "expected type scalar in aggregation parameter, got instant vector"},
    {48, "a + b(c)", "1:5", "unknown function with name \"b\""},
    {49, "info(x)", "1:1", "function \"info\" is not enabled"},
    {50, "floor()", "1:1", "expected 1 argument(s) in call to \"floor\", got 0"},
    {51, "rate(x)", "1:6",
     "expected type range vector in call to function \"rate\", got instant vector"},
    {52, "x[5m][1h:1m]", "1:1", "subquery is only allowed on instant vector, got matrix instead"},
    {53, "limitk(5, x)", "1:1", kExperimental},
    {54, "x{a=\"\xff\"}", "1:5", "invalid UTF-8 rune"},
    {55, "x{a=~'('}", "1:3", "error parsing regexp: missing closing ): `(`"},
};

TEST(ContractErrorTest, EachListedTextAppearsAtItsPlace) {
  for (const Case& c : kCases) {
    const auto ast = ParsePromql(c.query);
    ASSERT_FALSE(ast.ok()) << c.number << ": " << c.query;
    EXPECT_EQ(ast.status().message(),
              std::string(c.place) + ": parse error: " + std::string(c.message))
        << c.number << ": " << c.query;
  }
}

// Lines are counted from 1, columns in bytes from the line's begin.
TEST(ContractErrorTest, PlacesAreTheSameOnALaterLine) {
  for (const Case& c : kCases) {
    if (c.number == 1) continue;  // has no place of its own
    const auto ast = ParsePromql("# a comment\n\n  # and another\n" + std::string(c.query));
    ASSERT_FALSE(ast.ok()) << c.number << ": " << c.query;
    EXPECT_EQ(ast.status().message(),
              "4" + std::string(c.place.substr(1)) + ": parse error: " + std::string(c.message))
        << c.number << ": " << c.query;
  }
}

TEST(ContractErrorTest, NumbersAreComplete) {
  int expected = 1;
  for (const Case& c : kCases) {
    if (c.number == expected) ++expected;
  }
  EXPECT_EQ(expected, 56);
}

}  // namespace
}  // namespace tacho::parser
