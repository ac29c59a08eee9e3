// What a query template refuses: when it is parsed, and when it is run.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tacho/query_template.h"

namespace tacho {
namespace {

struct Case {
  std::string_view text;
  std::string_view error;
};

constexpr Case kRefused[] = {
    {"a\n <<.Nope>>",
     "2:4: no field .Nope: there are .Series .LabelMatchers .LabelValuesByName .GroupBy "
     ".GroupBySlice"},
    {"<<.Series.x>>", "1:3: a text or a list has no fields"},
    {"<<.LabelValuesByName.a.b>>", "1:3: a text or a list has no fields"},
    {"<<.>>", "1:3: the dot is all fields at once: name one of them"},
    {"<<$>>", "1:3: $ is all fields at once: name one of them"},
    {"<<range .GroupBySlice>><<.Series>><<end>>",
     "1:26: within range the dot is a text, which has no fields: write $.Series"},
    {"<<$x>>", "1:3: no variable $x here"},
    {"<<range $x := .GroupBySlice>><<end>><<$x>>", "1:39: no variable $x here"},
    {"<<range $x := .GroupBySlice>><<else>><<$x>><<end>>", "1:40: no variable $x here"},
    {"<<range $x := .GroupBySlice>><<$x.y>><<end>>", "1:32: a range's variable has no fields"},
    {"<<$x := .Series>>", "1:3: no variable $x here"},
    {"<<with .Series>><<end>>", "1:3: <<with>> is not supported"},
    {"<<template \"x\">>", "1:3: <<template>> is not supported"},
    {"<<define \"x\">><<end>>", "1:3: <<define>> is not supported"},
    {"<<break>>", "1:3: <<break>> is not supported"},
    {"<<html .Series>>", "1:3: function \"html\" is not supported"},
    {"<<Series>>", "1:3: function \"Series\" is not supported"},
    {"<<end>>", "1:1: <<end>> without <<if>> or <<range>>"},
    {"<<else>>", "1:1: <<else>> without <<if>> or <<range>>"},
    {"<<if true>><<else>><<else>><<end>>", "1:20: <<else>> without <<if>> or <<range>>"},
    {"<<range .GroupBySlice>><<else if true>><<end>>", "1:24: <<else if>> belongs to <<if>>"},
    {"a <<if .Series>> b", "1:3: this block has no <<end>>"},
    {"<<.Series", "1:10: the template ends within << >>: expected >> or |"},
    {"<<", "1:3: the template ends within << >>: expected a field, a text or a function"},
    {"<<>>", "1:3: unexpected '>': expected a field, a text or a function"},
    {"<<.Series |>>", "1:12: unexpected '>': expected a field, a text or a function"},
    {"<<.Series }}", "1:11: unexpected '}': expected >> or |"},
    {"<<if>>x<<end>>", "1:5: unexpected '>': expected a field, a text or a function"},
    {"<<\"abc>>", "1:3: unexpected '\"': expected a field, a text or a function"},
    {"<<\"\\q\">>", "1:3: unexpected '\"': expected a field, a text or a function"},
    {"<<'c'>>", "1:3: unexpected '\\'': expected a field, a text or a function"},
    {"<</* never closed", "1:18: the template ends within << >>: expected */"},
    {"<</* c */ x>>", "1:10: unexpected ' ': expected >> right behind the comment"},
    {"<<(len .Series>>", "1:15: unexpected '>': expected )"},
    {"<<.Series .GroupBy>>", "1:11: only a function takes arguments"},
    {"<<.Series | .GroupBy>>", "1:13: only a function takes arguments"},
    {"<<index .GroupBySlice>>", "1:3: wrong number of arguments for index: 1"},
    {"<<len>>", "1:3: wrong number of arguments for len: 0"},
    {"<<not 1 2>>", "1:3: wrong number of arguments for not: 2"},
    {"<<and not true>>", "1:7: a function among arguments needs parentheses"},
    {"<<printf .Series>>", "1:3: the format of printf must be a quoted text"},
    {"<<printf \"%x\" 1>>", "1:3: printf takes only %s, %q, %v, %d and %%"},
    {"<<printf \"100%\">>", "1:3: printf takes only %s, %q, %v, %d and %%"},
    {"<<printf \"%s\">>", "1:3: printf has 1 verbs for 0 values"},
    {"<<printf \"a\" 1>>", "1:3: printf has 0 verbs for 1 values"},
    {"<<99999999999999999999>>", "1:3: the number is out of range"},
    {"<<1.5>>", "1:4: unexpected '.': expected >> or |"},
};

TEST(TemplateErrorTest, WhatIsRefusedWhenItIsParsed) {
  for (const Case& c : kRefused) {
    const auto compiled = QueryTemplate::Parse(c.text);
    ASSERT_FALSE(compiled.ok()) << c.text;
    EXPECT_EQ(compiled.status().code(), absl::StatusCode::kInvalidArgument) << c.text;
    EXPECT_EQ(std::string(compiled.status().message()), c.error) << c.text;
  }
}

constexpr Case kFails[] = {
    {"<<index .GroupBySlice 2>>", "1:3: index 2 of a list of 2"},
    {"<<index .GroupBySlice -1>>", "1:3: index -1 of a list of 2"},
    {"<<index .LabelValuesByName 1>>",
     "1:3: index takes a map and a text, or a list and a number, not a map and a number"},
    {"<<index .Series \"a\">>",
     "1:3: index takes a map and a text, or a list and a number, not a text and a text"},
    {"<<len 5>>", "1:3: len takes a text, a list or a map, not a number"},
    {"<<eq .Series 1>>", "1:3: a text cannot be compared with a number"},
    {"<<eq .GroupBySlice .GroupBySlice>>", "1:3: a list cannot be compared with a list"},
    {"<<eq nil nil>>", "1:3: a nil cannot be compared with a nil"},
    {"<<printf \"%d\" .Series>>", "1:3: printf's %d does not take a text"},
    {"<<printf \"%s\" 5>>", "1:3: printf's %s does not take a number"},
    {"<<printf \"%v\" .LabelValuesByName.nope>>", "1:3: printf's %v does not take a nil"},
    {"<<range .Series>><<end>>", "1:9: range cannot go over a text"},
    {"<<range 5>><<end>>", "1:9: range cannot go over a number"},
    {"<<if index .GroupBySlice 5>>a<<end>>", "1:6: index 5 of a list of 2"},
    {"<<if false>>x<<end>>", "empty query produced by metrics query template"},
    {"", "empty query produced by metrics query template"},
};

TEST(TemplateErrorTest, WhatFailsWhenItIsRun) {
  TemplateArgs args;
  args.series = "x";
  args.group_by = {"a", "b"};
  for (const Case& c : kFails) {
    const auto compiled = QueryTemplate::Parse(c.text);
    ASSERT_TRUE(compiled.ok()) << c.text << ": " << compiled.status();
    const auto query = compiled->Expand(args);
    ASSERT_FALSE(query.ok()) << c.text;
    EXPECT_EQ(query.status().code(), absl::StatusCode::kInvalidArgument) << c.text;
    EXPECT_EQ(std::string(query.status().message()), c.error) << c.text;
  }
}

TEST(TemplateErrorTest, AMatcherNeedsALabel) {
  TemplateArgs args;
  args.label_matchers = {{"", MatchOp::kEqual, {"x"}}};
  const auto query = QueryTemplate::Parse("x")->Expand(args);
  ASSERT_FALSE(query.ok());
  EXPECT_EQ(query.status().message(), "a label matcher has no label");
}

}  // namespace
}  // namespace tacho
