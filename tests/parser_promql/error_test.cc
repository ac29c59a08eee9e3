// The golden table of errors: every text that Prometheus' parser has, as a user meets it.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "parser/promql.h"

namespace tacho::parser {
namespace {

struct Case {
  std::string_view query;
  std::string_view error;  // behind "parse error: ", with the place before it
};

std::string ErrorOf(std::string_view query, const ParseLimits& limits = {}) {
  const auto ast = ParsePromql(query, limits);
  if (ast.ok()) return "parsed as " + PrintPromql(*ast);
  EXPECT_EQ(ast.status().code(), absl::StatusCode::kInvalidArgument) << query;
  return std::string(ast.status().message());
}

// "1:2 text" is "1:2: parse error: text".
void Check(const Case& c, const ParseLimits& limits = {}) {
  const size_t space = c.error.find(' ');
  EXPECT_EQ(ErrorOf(c.query, limits), std::string(c.error.substr(0, space)) + ": parse error: " +
                                          std::string(c.error.substr(space + 1)))
      << "query: " << c.query;
}

TEST(ErrorTest, EmptyText) {
  EXPECT_EQ(ErrorOf(""), "unknown position: parse error: no expression found in input");
  Check({" \n ", "1:1 no expression found in input"});
  Check({"# nothing", "1:1 no expression found in input"});
}

TEST(ErrorTest, PlacesAreLineAndByteColumn) {
  Check({"x +\n  * y", "2:3 unexpected <op:*>"});
  Check({"'\xC3\xA4' + )x", "1:9 unexpected right parenthesis ')'"});
}

constexpr Case kLexical[] = {
    {".", "1:1 unexpected character: '.'"},
    {"x ; y", "1:3 unexpected character: ';'"},
    {"\xE4\xBD\xA0", "1:1 unexpected character: '\xE4\xBD\xA0'"},
    {"\x01", R"(1:1 unexpected character: '\x01')"},
    {"3.7.", "1:1 bad number or duration syntax: \"3.7.\""},
    {"1__0", "1:1 bad number or duration syntax: \"1__\""},
    {"0x1.5", "1:1 bad number or duration syntax: \"0x1.\""},
    {"7mx", "1:1 bad number or duration syntax: \"7mx\""},
    {"1h2", "1:1 bad number or duration syntax: \"1h2\""},
    {"0b11", "1:1 bad number or duration syntax: \"0\""},
    {"x)", "1:3 unexpected right parenthesis ')'"},
    {"(x", "1:3 unclosed left parenthesis"},
    {"x[5m", "1:5 unclosed left bracket"},
    {"x[", "1:3 unexpected end of input in duration expression"},
    {"x]", "1:2 unexpected right bracket ']'"},
    {"x[5m[", "1:5 unexpected left bracket '['"},
    {"x[[5m]]", "1:3 unexpected character in duration expression: '['"},
    {"x[:5m]", "1:4 unexpected colon before duration in duration expression"},
    {"x[5m:1m:]", "1:8 unexpected colon ':'"},
    {"x[5m::1m]", "1:6 unexpected colon ':'"},
    {"x['5m']", "1:3 unexpected character in duration expression: '\\''"},
    {"x[5m m]", "1:6 unexpected character: 'm', expected ':'"},
    {"x[y]", "1:3 unexpected character in duration expression: 'y'"},
    {"a !~ b", "1:3 unexpected character after '!': '~'"},
    {"a =~ b", "1:3 unexpected character after '=': '~'"},
    {"a{b", "1:4 unexpected end of input inside braces"},
    {"a{b%'c'}", "1:4 unexpected character inside braces: '%'"},
    {"a{b!'c'}", R"(1:4 unexpected character after '!' inside braces: '\'')"},
    {"a{{", "1:3 unexpected left brace '{'"},
    {"a}", "1:2 unexpected character: '}'"},
    {"\"abc", "1:1 unterminated quoted string"},
    {"'ab\ncd'", "1:1 unterminated quoted string"},
    {"`abc", "1:1 unterminated raw string"},
    {"x{a=\"\xC0\"}", "1:5 invalid UTF-8 rune"},
    {"`\xFF`", "1:1 invalid UTF-8 rune"},
    {R"("\c")", "1:1 unknown escape sequence U+0063 'c'"},
    {R"("\')", "1:1 unknown escape sequence U+0027 '''"},
    {R"("\xg0")", "1:1 illegal character U+0067 'g' in escape sequence"},
    {R"("\18")", "1:1 illegal character U+0038 '8' in escape sequence"},
    {"\"\\x1", "1:1 escape sequence not terminated"},
    {"\"\\", "1:1 escape sequence not terminated"},
    {R"("\uD800")", "1:1 escape sequence is an invalid Unicode code point"},
    {R"("\U00110000")", "1:1 escape sequence is an invalid Unicode code point"},
    {R"("\400")", "1:1 escape sequence is an invalid Unicode code point"},
};
TEST(ErrorTest, WhatTheLexerRefuses) {
  for (const Case& c : kLexical) Check(c);
}

constexpr Case kSyntax[] = {
    {"1 *", "1:4 unexpected end of input"},
    {"/2", "1:1 unexpected <op:/>"},
    {"x y", "1:3 unexpected identifier \"y\""},
    {"x a:b", "1:3 unexpected metric identifier \"a:b\""},
    {"x 'text'", "1:3 unexpected string \"'text'\""},
    {"x 'a longer text'", "1:3 unexpected string \"'a longer \"..."},
    {"x 5", "1:3 unexpected number \"5\""},
    {"x 123456789012", "1:3 unexpected number \"1234567890\"..."},
    {"x 5m", "1:3 unexpected duration \"5m\""},
    {"x sum", "1:3 unexpected <aggr:sum>"},
    {"x BY", "1:3 unexpected <BY>"},
    {"x start", "1:3 unexpected \"start\""},
    {"x{} {}", "1:5 unexpected \"{\""},
    {"x = 1", "1:3 unexpected \"=\""},
    {"()", "1:2 unexpected \")\""},
    {"(1, 2)", "1:3 unexpected \",\""},
    {"sum(1 2)", "1:7 unexpected number \"2\" in aggregation"},
    {"sum((1 2))", "1:8 unexpected number \"2\" in aggregation"},
    {"sum by (a) x", "1:12 unexpected identifier \"x\" in aggregation"},
    {"sum(x) by (a) y", "1:15 unexpected identifier \"y\""},
    {"floor(x y)", "1:9 unexpected identifier \"y\""},
    {"floor(, x)", "1:7 unexpected \",\""},
    {"a + group_left b", "1:5 unexpected <group_left>"},
    {"a + on b", "1:8 unexpected identifier \"b\" in grouping opts, expected \"(\""},
    {"a + on (b c) d",
     "1:11 unexpected identifier \"c\" in grouping opts, expected \",\" or \")\""},
    {"sum by (=) (x)", "1:9 unexpected \"=\" in grouping opts, expected label"},
    {"sum by (a,,) (x)", "1:11 unexpected \",\" in grouping opts, expected label"},
    {"sum by (5) (x)", "1:9 unexpected number \"5\" in grouping opts, expected label"},
    {"sum(x) by y", "1:11 unexpected identifier \"y\" in grouping opts, expected \"(\""},
    {"sum by ('') (x)", "1:9 invalid label name for grouping: \"\""},
    {R"(sum by ("\xff") (x))", R"(1:9 invalid label name for grouping: "\xff")"},
    {"x{a=b}", "1:5 unexpected identifier \"b\" in label matching, expected string"},
    {"x{'a'=b}", "1:7 unexpected identifier \"b\" in label matching, expected string"},
    {"x{a}", "1:4 unexpected \"}\" in label matching, expected label matching operator"},
    {"x{,}", "1:3 unexpected \",\" in label matching, expected identifier or \"}\""},
    {"x{a='b',,}", "1:9 unexpected \",\" in label matching, expected identifier or \"}\""},
    {"x{a='b' c='d'}",
     "1:9 unexpected identifier \"c\" in label matching, expected \",\" or \"}\""},
    {"x{='b'}", "1:3 unexpected \"=\" in label matching, expected identifier or \"}\""},
    {"x{a='b' =~}", "1:9 unexpected <op:=~> in label matching, expected \",\" or \"}\""},
    {"x offset",
     "1:9 unexpected end of input in offset, expected number, duration, step(), or range()"},
    {"x offset y",
     "1:10 unexpected identifier \"y\" in offset, expected number, duration, step(), or range()"},
    {"x @", "1:4 unexpected end of input in @, expected timestamp"},
    {"x @ -y", "1:6 unexpected identifier \"y\" in @, expected timestamp"},
    {"x @ start", "1:10 unexpected end of input in @, expected timestamp"},
    {"x @ end(5)", "1:9 unexpected number \"5\" in @, expected timestamp"},
    {"x[]",
     "1:3 unexpected \"]\" in subquery or range selector, expected number, duration, step(), or "
     "range()"},
    {"x[5m 5m]", "1:6 unexpected duration \"5m\" in subquery or range, expected \":\" or \"]\""},
    {"x[5m] + y[:5m]",
     "1:11 unexpected \":\" in subquery or range selector, expected number, duration, step(), or "
     "range()"},
    {"x[5m:*]",
     "1:6 unexpected <op:*> in subquery selector, expected number, duration, step(), range(), or "
     "\"]\""},
    {"x[5m:1m 1m]", "1:9 unexpected duration \"1m\" in subquery selector, expected \"]\""},
};
TEST(ErrorTest, WhatTheGrammarRefuses) {
  for (const Case& c : kSyntax) Check(c);
}

constexpr Case kRules[] = {
    {"1e999",
     R"(1:1 error parsing number: strconv.ParseFloat: parsing "1e999": value out of range)"},
    {"0x8000000000000000",
     "1:1 error parsing number: strconv.ParseFloat: parsing \"0x8000000000000000\": "
     "invalid syntax"},
    {"1y2y", "1:1 bad number or duration syntax: \"1y2\""},
    {"1m2h", "1:1 not a valid duration string: \"1m2h\""},
    {"5m5m", "1:1 not a valid duration string: \"5m5m\""},
    {"5hs", "1:1 unknown unit \"hs\" in duration \"5hs\""},
    {"300y", "1:1 duration out of range"},
    {"x[1e10]", "1:3 duration out of range"},
    {"x offset 1e10", "1:10 duration out of range"},
    {"x[0s]", "1:3 duration must be greater than 0"},
    {"x[-5m]", "1:3 duration must be greater than 0"},
    {"x[1h:0]", "1:6 duration must be greater than 0"},
    {"foo(x)", "1:1 unknown function with name \"foo\""},
    {"holt_winters(x[1m], 1, 1)", "1:1 unknown function with name \"holt_winters\""},
    {"1 + info(x)", "1:5 function \"info\" is not enabled"},
    {"start()", "1:1 function \"start\" is not enabled"},
    {"limitk(1, x)",
     "1:1 limitk() is experimental and must be enabled with "
     "--enable-feature=promql-experimental-functions"},
    {"limit_ratio(0.5, x)",
     "1:1 limit_ratio() is experimental and must be enabled with "
     "--enable-feature=promql-experimental-functions"},
    {"sum()", "1:1 no arguments for aggregate expression provided"},
    {"sum(1, x)",
     "1:1 wrong number of arguments for aggregate expression provided, expected 1, got 2"},
    {"topk(x)",
     "1:1 wrong number of arguments for aggregate expression provided, expected 2, got 1"},
    {"floor(x,)", "1:8 trailing commas not allowed in function call args"},
    {"floor(x, *)", "1:8 trailing commas not allowed in function call args"},
    {"1 offset 5m",
     "1:1 offset modifier must be preceded by an instant vector selector or range vector selector "
     "or a subquery"},
    {"(x) offset 5m",
     "1:1 offset modifier must be preceded by an instant vector selector or range vector selector "
     "or a subquery"},
    {"x offset 5m offset 5m", "1:1 offset may not be set multiple times"},
    {"x[1m] offset 5m offset 5m", "1:1 offset may not be set multiple times"},
    {"sum(x) @ 5",
     "1:1 @ modifier must be preceded by an instant vector selector or range vector selector or a "
     "subquery"},
    {"x @ 5 @ 6", "1:1 @ <timestamp> may not be set multiple times"},
    {"x @ 5 @ end()", "1:1 @ <timestamp> may not be set multiple times"},
    {"x @ Inf", "1:1 timestamp out of bounds for @ modifier: +Inf"},
    {"x @ -Inf", "1:1 timestamp out of bounds for @ modifier: -Inf"},
    {"x @ NaN", "1:1 timestamp out of bounds for @ modifier: NaN"},
    {"x @ 1e20", "1:1 timestamp out of bounds for @ modifier: 100000000000000000000.000000"},
    {"(x)[5m]", "1:4 ranges only allowed for vector selectors"},
    {"x[5m][5m]", "1:6 ranges only allowed for vector selectors"},
    {"x offset 5m[5m]", "1:12 no offset modifiers allowed before range"},
    {"x @ 5[5m]", "1:6 no @ modifiers allowed before range"},
    {"x{a=~'('}", "1:3 error parsing regexp: missing closing ): `(`"},
    {"x{a!~'*'}", "1:3 error parsing regexp: missing argument to repetition operator: `*`"},
    {"x{a=~'[b-a]'}", "1:3 error parsing regexp: invalid character class range: `b-a`"},
    {"x{a=~'b**'}", "1:3 error parsing regexp: invalid nested repetition operator: `**`"},
    {"x{a=~'(?<n>b)'}", "1:3 error parsing regexp: invalid or unsupported Perl syntax: `(?<`"},
    {"x{a=~'b)'}", "1:3 error parsing regexp: unexpected ): `b)`"},
};
TEST(ErrorTest, WhatTheRulesRefuseWhileReading) {
  for (const Case& c : kRules) Check(c);
  EXPECT_TRUE(ParsePromql("x[9e9]").ok());  // 9e18 ns: the last power of ten in range
}

constexpr Case kTypes[] = {
    {"1 and 1", "1:1 set operator \"and\" not allowed in binary scalar expression"},
    {"x or 1", "1:1 set operator \"or\" not allowed in binary scalar expression"},
    {"1 < 2", "1:3 comparisons between scalars must use BOOL modifier"},
    {"(1)  ==\n2", "1:6 comparisons between scalars must use BOOL modifier"},
    {"x * bool y", "1:3 bool modifier can only be used on comparison operators"},
    {"-'text'",
     "1:1 unary expression only allowed on expressions of type scalar or instant vector, got "
     "\"string\""},
    {"+x[5m]",
     "1:1 unary expression only allowed on expressions of type scalar or instant vector, got "
     "\"range vector\""},
    {"1 + on(a) x", "1:1 vector matching only allowed between instant vectors"},
    {"x and on(a) group_left(b) y", "1:1 no grouping allowed for \"and\" operation"},
    {"x * on(a, b) group_left(b) y",
     "1:3 label \"b\" must not occur in ON and GROUP clause at once"},
    {"x + 'text'", "1:5 binary expression must contain only scalar and instant vector types"},
    {"x[5m] + 1", "1:1 binary expression must contain only scalar and instant vector types"},
    {"{}", "1:1 vector selector must contain at least one non-empty matcher"},
    {"{a=''}", "1:1 vector selector must contain at least one non-empty matcher"},
    {"{a!='b'}", "1:1 vector selector must contain at least one non-empty matcher"},
    {"{a=~'.*'}", "1:1 vector selector must contain at least one non-empty matcher"},
    {"{a=~'b|'}", "1:1 vector selector must contain at least one non-empty matcher"},
    {"{a!~'b'}", "1:1 vector selector must contain at least one non-empty matcher"},
    {"x{__name__='y'}", "1:1 metric name must not be set twice: \"x\" or \"y\""},
    {"x{'y'}", "1:1 metric name must not be set twice: \"x\" or \"y\""},
    {"sum(1)", "1:5 expected type instant vector in aggregation expression, got scalar"},
    {"topk(x, y)", "1:6 expected type scalar in aggregation parameter, got instant vector"},
    {"topk(x, 1)", "1:9 expected type instant vector in aggregation expression, got scalar"},
    {"count_values(1, x)", "1:14 expected type string in aggregation parameter, got scalar"},
    {"floor()", "1:1 expected 1 argument(s) in call to \"floor\", got 0"},
    {"round(x, 1, 2)", "1:1 expected at most 2 argument(s) in call to \"round\", got 3"},
    {"label_join(x, 'a')", "1:1 expected at least 3 argument(s) in call to \"label_join\", got 2"},
    {"rate(x)", "1:6 expected type range vector in call to function \"rate\", got instant vector"},
    {"label_join(x, 'a', 'b', 'c', 1)",
     "1:30 expected type string in call to function \"label_join\", got scalar"},
    {"x[5m][1h:]", "1:1 subquery is only allowed on instant vector, got matrix instead"},
    {"1[1h:]", "1:1 subquery is only allowed on instant vector, got scalar instead"},
    {"'t'[1h:]", "1:1 subquery is only allowed on instant vector, got string instead"},
};
TEST(ErrorTest, WhatTheTypesRefuse) {
  for (const Case& c : kTypes) Check(c);
}

TEST(ErrorTest, InfoTakesLabelSelectorsOnly) {
  const ParseLimits experimental{.features = {.experimental_functions = true}};
  EXPECT_TRUE(ParsePromql("info(x, {a='b'})", experimental).ok());
  EXPECT_TRUE(ParsePromql("info(x, {a=~'.*'})", experimental).ok());
  Check({"info(x, y)", "1:9 expected label selectors only, got vector selector instead"},
        experimental);
  Check({"info(x, sum(y))", "1:9 expected label selectors only"}, experimental);
  Check({"info(x, 1)", "1:1 expected type instant vector in call to function \"info\", got scalar"},
        experimental);
}

// Prometheus reads one token more before it knows that an aggregation is over.
TEST(ErrorTest, OfSeveralTheFirstThatPrometheusMeets) {
  Check({"sum() ;", "1:7 unexpected character: ';'"});
  Check({"sum by (a) () ;", "1:1 no arguments for aggregate expression provided"});
  Check({"sum() x", "1:1 no arguments for aggregate expression provided"});
  Check({"foo() ;", "1:1 unknown function with name \"foo\""});
  Check({"x[0s ;", "1:6 unexpected character: ';'"});
  Check({"foo(1 < 2)", "1:1 unknown function with name \"foo\""});
  Check({"floor(1 < 2, 3)", "1:1 expected 1 argument(s) in call to \"floor\", got 2"});
  Check({"(1 < 2) + 'x'", "1:4 comparisons between scalars must use BOOL modifier"});
}

}  // namespace
}  // namespace tacho::parser
