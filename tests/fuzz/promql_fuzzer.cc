// PromQL: any text is refused with a place, or parses to a tree that is printed and
// parsed again to the same tree.
//
// Run longer with: fuzz_promql -dict=tests/fuzz/promql.dict -max_len=8192 <corpus>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "parser/promql.h"

namespace {

using tacho::parser::Ast;
using tacho::parser::ParseLimits;

constexpr tacho::PromqlFeatures kAll{
    .experimental_functions = true, .extended_range_selectors = true, .fill_modifiers = true};

void Fail(const char* what, const std::string& text) {
  std::fprintf(stderr, "%s: %s\n", what, text.c_str());
  std::abort();
}

void CheckTree(const Ast& ast) {
  for (tacho::parser::NodeId id = 0; id < ast.size(); ++id) {
    const auto& node = ast[id];
    if (node.span.begin >= node.span.end || node.span.end > ast.text().size()) {
      Fail("a span outside of the text", ast.text());
    }
    for (const auto child : node.children) {
      if (child >= id) Fail("a child behind its parent", ast.text());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const ParseLimits limits{.features = {.experimental_functions = (data[0] & 1) != 0,
                                        .duration_expressions = (data[0] & 2) == 0,
                                        .extended_range_selectors = (data[0] & 4) != 0,
                                        .fill_modifiers = (data[0] & 8) != 0}};
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto ast = tacho::parser::ParsePromql(text, limits);
  if (!ast.ok()) {
    if (ast.status().message().find(": parse error: ") == std::string::npos) {
      Fail("an error without a place", std::string(ast.status().message()));
    }
    return 0;
  }
  CheckTree(*ast);
  // Printing may add quotes, spaces and digits; the same limits need not hold.
  const ParseLimits roomy{.max_bytes = 1 << 24, .features = kAll};
  const std::string printed = PrintPromql(*ast);
  const auto again = tacho::parser::ParsePromql(printed, roomy);
  if (!again.ok()) Fail("printed text is refused", printed);
  if (!SameExpression(*ast, *again)) Fail("another tree after printing", printed);
  if (PrintPromql(*again) != printed) Fail("printed differently the second time", printed);
  return 0;
}
