// Prometheus' own relabelling cases, from the shared corpus.
#include <boost/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "adapter/core/relabel.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/corpus.h"

namespace tacho::adapter {
namespace {

namespace json = boost::json;
using ::tacho::testing::CorpusDir;
using ::tacho::testing::ReadFile;
using ::testing::HasSubstr;

std::vector<json::object> Cases(const std::string& file) {
  std::vector<json::object> cases;
  std::istringstream in(ReadFile(CorpusDir() / file));
  for (std::string line; std::getline(in, line);) {
    cases.push_back(json::parse(line).as_object());
  }
  return cases;
}

std::string Text(const json::value& value) {
  return std::string(value.as_string().data(), value.as_string().size());
}

// What is absent keeps its default; but for the action, as the corpus has rules without.
RelabelConfig ReadConfig(const json::object& from) {
  RelabelConfig config;
  const auto read = [&from](const char* key, std::string* out) {
    if (const json::value* value = from.if_contains(key)) *out = Text(*value);
  };
  if (const json::value* sources = from.if_contains("source_labels")) {
    for (const json::value& label : sources->as_array()) {
      config.source_labels.push_back(Text(label));
    }
  }
  read("separator", &config.separator);
  read("regex", &config.regex);
  read("target_label", &config.target_label);
  read("replacement", &config.replacement);
  read("action", &config.action);
  if (const json::value* modulus = from.if_contains("modulus")) {
    config.modulus = modulus->to_number<uint64_t>();
  }
  return config;
}

Labels ReadLabels(const json::object& from) {
  std::vector<Label> labels;
  for (const auto& [name, value] : from) {
    labels.push_back({std::string(name.data(), name.size()), Text(value)});
  }
  return Labels::FromUnsorted(std::move(labels));
}

TEST(RelabelCorpusTest, EveryCaseGivesPrometheusLabels) {
  TACHO_REQUIRE_CORPUS();
  const std::vector<json::object> cases = Cases("relabel.jsonl");
  EXPECT_GE(cases.size(), 34u);
  for (const json::object& c : cases) {
    SCOPED_TRACE(Text(c.at("id")));
    RelabelRules rules;
    for (const json::value& config : c.at("relabel_configs").as_array()) {
      absl::StatusOr<RelabelRule> rule = RelabelRule::Create(ReadConfig(config.as_object()));
      ASSERT_TRUE(rule.ok()) << rule.status().ToString();
      rules.push_back(*std::move(rule));
    }
    LabelBuilder labels(ReadLabels(c.at("input").as_object()));
    const bool kept = Relabel(rules, &labels);
    ASSERT_EQ(kept, !c.at("output").is_null());
    if (!kept) continue;
    EXPECT_EQ(std::move(labels).Take(), ReadLabels(c.at("output").as_object()));
  }
}

TEST(RelabelCorpusTest, EveryConfigIsRefusedInPrometheusWordsOrTaken) {
  TACHO_REQUIRE_CORPUS();
  const std::vector<json::object> cases = Cases("relabel-validate.jsonl");
  EXPECT_GE(cases.size(), 26u);
  for (const json::object& c : cases) {
    SCOPED_TRACE(Text(c.at("id")));
    if (c.contains("legacy_valid")) {
      EXPECT_EQ(IsValidLabelTemplate(Text(c.at("target_label")), NameScheme::kLegacy),
                c.at("legacy_valid").as_bool());
      continue;
    }
    const NameScheme scheme =
        Text(c.at("name_validation_scheme")) == "legacy" ? NameScheme::kLegacy : NameScheme::kUtf8;
    const absl::Status status =
        RelabelRule::Create(ReadConfig(c.at("config").as_object()), scheme).status();
    if (c.at("error_contains").is_null()) {
      EXPECT_TRUE(status.ok()) << status.ToString();
    } else {
      EXPECT_THAT(std::string(status.message()), HasSubstr(Text(c.at("error_contains"))));
    }
  }
}

}  // namespace
}  // namespace tacho::adapter
