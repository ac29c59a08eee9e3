// The project's scripts leave nothing of the language out.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <variant>

#include "parser/promql.h"
#include "parser/promql_functions.h"
#include "tests/support/corpus.h"
#include "tools/promqltest/script.h"
#include "tools/promqltest/storage.h"

namespace tacho::promqltest {
namespace {

struct Used {
  std::set<std::string> functions;
  std::set<parser::Op> operators;
};

void Collect(const parser::Ast& ast, Used* used) {
  for (parser::NodeId id = 0; id < ast.size(); ++id) {
    if (ast[id].kind == parser::NodeKind::kCall) used->functions.insert(ast[id].function);
    used->operators.insert(ast[id].op);
  }
}

// Of all evaluations that expect a result.
Used UsedByScripts() {
  Used used;
  for (const auto& file : std::filesystem::directory_iterator("tests/conformance")) {
    if (file.path().extension() != ".test") continue;
    const auto script = Script::Parse(testing::ReadFile(file.path()));
    EXPECT_TRUE(script.ok()) << file.path() << ":" << script.status();
    if (!script.ok()) continue;
    for (const Command& command : script->commands) {
      const auto* eval = std::get_if<Eval>(&command);
      if (eval == nullptr || eval->fail) continue;
      const auto ast = parser::ParsePromql(eval->expr, {.features = ScriptOptions().promql});
      EXPECT_TRUE(ast.ok()) << file.path() << ":" << eval->line << ": " << ast.status();
      if (ast.ok()) Collect(*ast, &used);
    }
  }
  return used;
}

TEST(CoverageTest, ScriptsUseEveryFunction) {
  const Used used = UsedByScripts();
  for (const parser::Function& function : parser::AllFunctions()) {
    EXPECT_TRUE(used.functions.contains(std::string(function.name))) << function.name;
  }
}

TEST(CoverageTest, ScriptsUseEveryOperatorAndAggregation) {
  const Used used = UsedByScripts();
  for (auto op = parser::Op::kOr; op <= parser::Op::kLimitRatio;
       op = static_cast<parser::Op>(static_cast<int>(op) + 1)) {
    // These two cut native histograms.
    if (op == parser::Op::kTrimUpper || op == parser::Op::kTrimLower) continue;
    EXPECT_TRUE(used.operators.contains(op)) << parser::OpName(op);
  }
}

}  // namespace
}  // namespace tacho::promqltest
