// What a query template renders.
#include <gtest/gtest.h>

#include <string>

#include "tacho/query_template.h"

namespace tacho {
namespace {

TemplateArgs Args() {
  TemplateArgs args;
  args.series = "http_requests_total";
  args.label_matchers = {{"namespace", MatchOp::kEqual, {"default"}},
                         {"pod", MatchOp::kRegex, {"bar", "baz"}}};
  args.group_by = {"pod", "extra"};
  return args;
}

std::string Render(std::string_view text, const TemplateArgs& args = Args()) {
  const auto compiled = QueryTemplate::Parse(text);
  if (!compiled.ok()) return "refused: " + std::string(compiled.status().message());
  const auto query = compiled->Expand(args);
  return query.ok() ? *query : "failed: " + std::string(query.status().message());
}

TEST(TemplateTest, TheUsualQuery) {
  EXPECT_EQ(Render("sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)"),
            "sum(rate(http_requests_total{namespace=\"default\",pod=~\"bar|baz\"}[2m])) "
            "by (pod,extra)");
}

TEST(TemplateTest, TextWithoutActionsStaysAsItIs) {
  EXPECT_EQ(Render("a < b > c {{x}} \n"), "a < b > c {{x}} \n");
  EXPECT_EQ(Render("a >> b"), "a >> b");
}

TEST(FieldTest, ListsAndMapsPrintAsInGo) {
  EXPECT_EQ(Render("<<.GroupBySlice>>"), "[pod extra]");
  EXPECT_EQ(Render("<<.LabelValuesByName>>"), "map[namespace:default pod:bar|baz]");
  TemplateArgs none;
  none.series = "x";
  EXPECT_EQ(Render("<<.GroupBySlice>><<.LabelValuesByName>><<.GroupBy>>", none), "[]map[]");
}

TEST(FieldTest, MapKeysComeSorted) {
  TemplateArgs args;
  args.label_matchers = {{"z", MatchOp::kEqual, {"1"}}, {"pod", MatchOp::kRegex, {"a", "b"}}};
  EXPECT_EQ(Render("<<.LabelValuesByName>>", args), "map[pod:a|b z:1]");
}

TEST(FieldTest, AKeyThatIsNotThere) {
  EXPECT_EQ(Render("[<<index .LabelValuesByName \"nope\">>]"), "[]");
  EXPECT_EQ(Render("<<.LabelValuesByName.nope>>"), "<no value>");
  EXPECT_EQ(Render("<<.LabelValuesByName.pod>>"), "bar|baz");
}

TEST(FieldTest, DollarIsTheRoot) {
  EXPECT_EQ(Render("<<$.Series>> <<$.LabelValuesByName.pod>>"), "http_requests_total bar|baz");
}

TEST(MatcherTest, ValuesAreQuotedAsGoDoes) {
  TemplateArgs args;
  args.label_matchers = {{"a", MatchOp::kEqual, {"x\"y\\z\n\x01"}},
                         {"b", MatchOp::kNotEqual, {"\xC3\xA4\xE2\x80\xA8"}}};
  EXPECT_EQ(Render("<<.LabelMatchers>>", args), R"(a="x\"y\\z\n\x01",b!=")"
                                                "\xC3\xA4"
                                                R"(\u2028")");
}

// A dot in a pod's name is a dot, in a regex too; the backslash is quoted once more.
TEST(MatcherTest, ValuesAreEscapedInRegexesOnly) {
  TemplateArgs args;
  args.label_matchers = {{"a", MatchOp::kRegex, {"web-1.x", "(b)"}},
                         {"c", MatchOp::kNotRegex, {"d+"}},
                         {"e", MatchOp::kEqual, {"f.g"}}};
  EXPECT_EQ(Render("<<.LabelMatchers>>", args), R"_(a=~"web-1\\.x|\\(b\\)",c!~"d\\+",e="f.g")_");
  EXPECT_EQ(Render("<<.LabelValuesByName.a>> <<.LabelValuesByName.c>>", args), "web-1.x|(b) d+");
}

TEST(MatcherTest, OneValueOfARegexStaysARegex) {
  TemplateArgs args;
  args.label_matchers = {{"foo", MatchOp::kEqual, {"bar"}}, {"qux", MatchOp::kRegex, {"bar"}}};
  EXPECT_EQ(Render("<<.LabelMatchers>>", args), "foo=\"bar\",qux=~\"bar\"");
}

TEST(MatcherTest, NoValueIsTheEmptyText) {
  TemplateArgs args;
  args.label_matchers = {{"k", MatchOp::kNotEqual, {}}, {"l", MatchOp::kEqual, {}}};
  EXPECT_EQ(Render("<<.LabelMatchers>>", args), "k!=\"\",l=\"\"");
}

TEST(MatcherTest, EqualityTakesOneValue) {
  TemplateArgs args;
  args.label_matchers = {{"k", MatchOp::kEqual, {"a", "b"}}};
  EXPECT_EQ(Render("x", args), "failed: the matcher of label \"k\" has 2 values; = takes one");
}

TEST(TrimTest, MarkersEatSpaceOnTheirSide) {
  EXPECT_EQ(Render("a \n <<- .Series ->> \t\n b"), "ahttp_requests_totalb");
  EXPECT_EQ(Render("a <<- .Series>> b"), "ahttp_requests_total b");
  EXPECT_EQ(Render("a <<.Series ->> b"), "a http_requests_totalb");
  EXPECT_EQ(Render("<<- .Series ->>"), "http_requests_total");
}

TEST(TrimTest, MarkersReachTheNextActionOnly) {
  EXPECT_EQ(Render("a <</* x */ ->>  <<- .Series>>"), "a http_requests_total");
  EXPECT_EQ(Render("<<.Series ->> <<.Series>> <<- .Series>>"),
            "http_requests_totalhttp_requests_totalhttp_requests_total");
}

// As in Go, a marker needs space beside it: <<-3>> prints a number.
TEST(TrimTest, MarkersNeedSpace) {
  EXPECT_EQ(Render("a <<-3>> b"), "a -3 b");
  EXPECT_EQ(Render("a <<- 3>> b"), "a3 b");
}

TEST(CommentTest, PrintsNothing) {
  EXPECT_EQ(Render("a<</* >> .Nope \n */>>b"), "ab");
  EXPECT_EQ(Render("a <<- /* c */ ->> b"), "ab");
}

TEST(IfTest, TakesTheBranchThatIsTrue) {
  EXPECT_EQ(Render("<<if .Series>>yes<<end>>"), "yes");
  EXPECT_EQ(Render("<<if not .Series>>yes<<else>>no<<end>>"), "no");
  EXPECT_EQ(Render("<<if .LabelValuesByName.nope>>a<<else if eq .GroupBy \"x\">>b<<else if "
                   ".GroupBySlice>>c<<else>>d<<end>>!"),
            "c!");
  EXPECT_EQ(Render("<<if false>>a<<else if false>>b<<end>>c"), "c");
  EXPECT_EQ(Render("<<if true>><<if false>>a<<else>>b<<end>>c<<else>>d<<end>>"), "bc");
}

TEST(IfTest, EmptyThingsAreFalse) {
  TemplateArgs none;
  for (const char* empty : {"\"\"", "0", "false", "nil", ".Series", ".GroupBySlice",
                            ".LabelValuesByName", ".LabelValuesByName.x"}) {
    EXPECT_EQ(Render("<<if " + std::string(empty) + ">>true<<else>>false<<end>>", none), "false")
        << empty;
  }
}

TEST(RangeTest, GoesOverLists) {
  EXPECT_EQ(Render("<<range .GroupBySlice>>[<<.>>]<<end>>"), "[pod][extra]");
  EXPECT_EQ(Render("<<range $v := .GroupBySlice>>[<<$v>>]<<end>>"), "[pod][extra]");
  EXPECT_EQ(Render("<<range $i, $v := .GroupBySlice>><<if $i>>,<<end>><<$i>>=<<$v>><<end>>"),
            "0=pod,1=extra");
}

TEST(RangeTest, GoesOverMapsByKey) {
  EXPECT_EQ(Render("<<range $k, $v := .LabelValuesByName>><<$k>>=<<$v>>;<<end>>"),
            "namespace=default;pod=bar|baz;");
  EXPECT_EQ(Render("<<range .LabelValuesByName>><<.>>;<<end>>"), "default;bar|baz;");
}

TEST(RangeTest, NothingToGoOverTakesElse) {
  TemplateArgs none;
  none.series = "x";
  EXPECT_EQ(Render("<<range .GroupBySlice>>a<<else>><<.Series>><<end>>", none), "x");
  EXPECT_EQ(Render("<<range .GroupBySlice>>a<<end>>b", none), "b");
  EXPECT_EQ(Render("<<range .LabelValuesByName.nope>>a<<else>>b<<end>>"), "b");
  EXPECT_EQ(Render("<<range .GroupBySlice>>a<<else>>b<<end>>"), "aa");
}

TEST(RangeTest, NestsAndRestoresTheDot) {
  EXPECT_EQ(Render("<<range $a := .GroupBySlice>><<range $.GroupBySlice>><<$a>>/<<.>> <<end>>"
                   "<<.>>;<<end>>"),
            "pod/pod pod/extra pod;extra/pod extra/extra extra;");
  EXPECT_EQ(Render("<<range $x := .GroupBySlice>><<range $x := $.LabelValuesByName>><<$x>> "
                   "<<end>><<$x>>|<<end>>"),
            "default bar|baz pod|default bar|baz extra|");
}

TEST(FunctionTest, IndexTakesMapsAndLists) {
  EXPECT_EQ(Render("<<index .LabelValuesByName \"namespace\">> <<index .GroupBySlice 1>>"),
            "default extra");
}

TEST(FunctionTest, PrintfTakesFourVerbs) {
  EXPECT_EQ(Render("<<printf \"%s|%q|%v|%d|%%\" .Series .GroupBy .GroupBySlice 5>>"),
            "http_requests_total|\"pod,extra\"|[pod extra]|5|%");
  EXPECT_EQ(Render("<<printf \"%q %q\" .GroupBySlice .LabelValuesByName>>"),
            R"(["pod" "extra"] map["namespace":"default" "pod":"bar|baz"])");
  EXPECT_EQ(Render("<<printf \"%v %v\" true -7>>"), "true -7");
}

TEST(FunctionTest, LenAndComparisons) {
  EXPECT_EQ(Render("<<len .Series>> <<len .GroupBySlice>> <<len .LabelValuesByName>>"), "19 2 2");
  EXPECT_EQ(Render("<<eq 1 2 1>> <<eq \"a\" \"b\">> <<ne .GroupBy \"pod\">> <<eq true true>>"),
            "true false true true");
}

TEST(FunctionTest, AndOrGiveTheValueThatDecides) {
  EXPECT_EQ(Render("[<<and .Series .GroupBy>>] [<<and \"\" .GroupBy>>] [<<or \"\" .GroupBy>>]"),
            "[pod,extra] [] [pod,extra]");
  // What comes behind is not looked at: index 9 would fail.
  EXPECT_EQ(Render("<<or 1 (index .GroupBySlice 9)>> <<and 0 (index .GroupBySlice 9)>>"), "1 0");
}

TEST(FunctionTest, PipesGiveTheLastArgument) {
  EXPECT_EQ(Render("<<.GroupBy | printf \"%s-%s\" .Series>>"), "http_requests_total-pod,extra");
  EXPECT_EQ(Render("<<\"namespace\" | index .LabelValuesByName | len>>"), "7");
  EXPECT_EQ(Render("<< (len .Series) | eq 19 >>"), "true");
}

TEST(LiteralTest, TextsAndNumbers) {
  EXPECT_EQ(Render(R"(<<"a\"b\\\x41\u00e4\101">> <<`raw\n`>>)"),
            "a\"b\\A\xC3\xA4"
            "A raw\\n");
  EXPECT_EQ(Render("<<12>><<-3>>"), "12-3");
}

TEST(TemplateTest, ActionsMayBreakLines) {
  EXPECT_EQ(Render("<<\n  if\n .Series\n>>x<<\tend\r\n>>"), "x");
}

TEST(TemplateTest, CopiesShareTheProgram) {
  const auto compiled = QueryTemplate::Parse("<<.Series>>");
  ASSERT_TRUE(compiled.ok());
  const QueryTemplate copy = *compiled;
  EXPECT_EQ(*copy.Expand(Args()), *compiled->Expand(Args()));
}

}  // namespace
}  // namespace tacho
