#include <string>

#include "gtest/gtest.h"
#include "parser/promql.h"
#include "parser/promql_json.h"
#include "tacho/promql.h"

namespace tacho::parser {
namespace {

std::string Json(const std::string& promql, const PromqlFeatures& features = {}) {
  ParseLimits limits;
  limits.features = features;
  const auto ast = ParsePromql(promql, limits);
  return ast.ok() ? PromqlJson(*ast) : ast.status().ToString();
}

const std::string kUp =
    R"({"anchored":false,)"
    R"("matchers":[{"name":"__name__","type":"=","value":"up"}],"name":"up","offset":0,)"
    R"("smoothed":false,"startOrEnd":null,"timestamp":null,)"
    R"("type":"vectorSelector"})";

std::string Selector(const std::string& name) {
  std::string out = kUp;
  for (size_t at = out.find("\"up\""); at != std::string::npos; at = out.find("\"up\"", at + 1)) {
    out.replace(at, 4, "\"" + name + "\"");
  }
  return out;
}

TEST(PromqlJsonTest, Selectors) {
  EXPECT_EQ(Json("up"), kUp);
  EXPECT_EQ(Json("up{b!=\"x\",a=~\"y|<\"} @ 1.5 offset 5m"),
            R"({"anchored":false,)"
            R"("matchers":[{"name":"b","type":"!=","value":"x"},)"
            R"({"name":"a","type":"=~","value":"y|\u003c"},)"
            R"({"name":"__name__","type":"=","value":"up"}],"name":"up","offset":300000,)"
            R"("smoothed":false,"startOrEnd":null,"timestamp":1500,"type":"vectorSelector"})");
  EXPECT_EQ(Json("{__name__=\"up\",a!~\"\"} offset -1s"),
            R"({"anchored":false,)"
            R"("matchers":[{"name":"__name__","type":"=","value":"up"},)"
            R"({"name":"a","type":"!~","value":""}],"name":"","offset":-1000,)"
            R"("smoothed":false,"startOrEnd":null,"timestamp":null,)"
            R"("type":"vectorSelector"})");
  EXPECT_EQ(
      Json("up[1m30s] @ end()"),
      R"({"anchored":false,)"
      R"("matchers":[{"name":"__name__","type":"=","value":"up"}],"name":"up","offset":0,)"
      R"("range":90000,"smoothed":false,"startOrEnd":"end","timestamp":null,)"
      R"("type":"matrixSelector"})");
}

TEST(PromqlJsonTest, Literals) {
  EXPECT_EQ(Json("1e3"), R"({"type":"numberLiteral","val":"1000"})");
  EXPECT_EQ(Json("-Inf"), R"({"type":"numberLiteral","val":"-Inf"})");
  EXPECT_EQ(Json("NaN"), R"({"type":"numberLiteral","val":"NaN"})");
  EXPECT_EQ(Json("\"a\\\"\\n<\""), R"({"type":"stringLiteral","val":"a\"\n\u003c"})");
  EXPECT_EQ(Json("\"\\xff\\u2028\\u00e9\\x01\""),
            "{\"type\":\"stringLiteral\",\"val\":\"\\ufffd\\u2028\xc3\xa9\\u0001\"}");
}

TEST(PromqlJsonTest, SubqueriesParenthesesAndSigns) {
  EXPECT_EQ(Json("(up)[5m:30s] @ start() offset 1m"),
            R"({"expr":{"expr":)" + kUp +
                R"(,"type":"parenExpr"},"offset":60000,"range":300000,"startOrEnd":"start",)"
                R"("step":30000,"timestamp":null,"type":"subquery"})");
  EXPECT_EQ(Json("-up"), R"({"expr":)" + kUp + R"(,"op":"-","type":"unaryExpr"})");
}

TEST(PromqlJsonTest, CallsTellTheirFunction) {
  EXPECT_EQ(Json("round(up)"), R"({"args":[)" + kUp +
                                   R"(],"func":{"argTypes":["vector","scalar"],"name":"round",)"
                                   R"("returnType":"vector","variadic":1},"type":"call"})");
  EXPECT_EQ(Json("time()"),
            R"({"args":[],"func":{"argTypes":[],"name":"time","returnType":"scalar",)"
            R"("variadic":0},"type":"call"})");
}

TEST(PromqlJsonTest, Aggregations) {
  EXPECT_EQ(Json("sum by (a,b) (up)"),
            R"({"expr":)" + kUp +
                R"(,"grouping":["a","b"],"op":"sum","param":null,"type":"aggregation",)"
                R"("without":false})");
  EXPECT_EQ(Json("topk without () (3, up)"),
            R"({"expr":)" + kUp +
                R"(,"grouping":[],"op":"topk","param":{"type":"numberLiteral","val":"3"},)"
                R"("type":"aggregation","without":true})");
}

TEST(PromqlJsonTest, OperatorsMatchOnlyVectors) {
  EXPECT_EQ(Json("up > bool 1"),
            R"({"bool":true,"lhs":)" + kUp +
                R"(,"matching":null,"op":"\u003e","rhs":{"type":"numberLiteral","val":"1"},)"
                R"("type":"binaryExpr"})");
  EXPECT_EQ(Json("up and on (a) b"),
            R"({"bool":false,"lhs":)" + kUp +
                R"(,"matching":{"card":"many-to-many",)"
                R"("fillValues":{"lhs":null,"rhs":null},"include":[],"labels":["a"],"on":true},)"
                R"("op":"and","rhs":)" +
                Selector("b") + R"(,"type":"binaryExpr"})");
  EXPECT_EQ(
      Json("up / ignoring (a) group_left (c) b"),
      R"({"bool":false,"lhs":)" + kUp +
          R"(,"matching":{"card":"many-to-one",)"
          R"("fillValues":{"lhs":null,"rhs":null},"include":["c"],"labels":["a"],"on":false},)"
          R"("op":"/","rhs":)" +
          Selector("b") + R"(,"type":"binaryExpr"})");
}

TEST(PromqlJsonTest, WhatStandsBehindFlags) {
  PromqlFeatures all;
  all.fill_modifiers = true;
  all.extended_range_selectors = true;
  EXPECT_NE(
      Json("up + fill_left(1.5) fill_right(0) b", all).find(R"("fillValues":{"lhs":1.5,"rhs":0})"),
      std::string::npos);
  EXPECT_NE(Json("rate(up[1m] anchored)", all).find(R"([{"anchored":true,)"), std::string::npos);
  EXPECT_NE(Json("rate(up[1m] smoothed)", all).find(R"("smoothed":true,)"), std::string::npos);
}

// As deep as a text of the largest size can be, in time that grows with its length.
TEST(PromqlJsonTest, ALongChainIsNoDeepRecursion) {
  std::string chain = "1";
  for (int i = 0; i < 4000; ++i) chain += "+1";
  const std::string json = Json(chain);
  EXPECT_TRUE(json.starts_with(R"({"bool":false,"lhs":{"bool":false,)"));
  EXPECT_TRUE(json.ends_with(R"("type":"binaryExpr"})"));
}

TEST(PromqlTextTest, ThePublicDoorRefusesWhatPrepareRefuses) {
  EXPECT_EQ(*FormatPromql("sum( up )by(a)"), "sum by (a) (up)");
  EXPECT_EQ(*PromqlToJson("up"), kUp);
  EXPECT_EQ(FormatPromql("up{").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(PromqlToJson("up{").status().code(), absl::StatusCode::kInvalidArgument);
  Options small;
  small.query.max_query_bytes = 3;
  EXPECT_EQ(FormatPromql("up+1", small).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(PromqlToJson("up+1", small).status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace tacho::parser
