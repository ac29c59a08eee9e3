// Query templates: any text is refused with a place, or renders within its bounds, and
// the same each time.
//
// The input is the template; what stands behind the first zero byte is used as values.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "parser/template.h"
#include "tacho/query_template.h"

namespace {

void Fail(const char* what, const std::string& text) {
  std::fprintf(stderr, "%s: %s\n", what, text.c_str());
  std::abort();
}

tacho::TemplateArgs ArgsFrom(const std::string& values) {
  const std::string half = values.substr(0, values.size() / 2);
  tacho::TemplateArgs args;
  args.series = values;
  args.label_matchers = {{"namespace", tacho::MatchOp::kEqual, {half}},
                         {"pod", tacho::MatchOp::kRegex, {values, half, "web-1.x"}}};
  args.group_by = {"pod", half};
  return args;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t zero = std::min(input.find('\0'), input.size());
  const auto compiled = tacho::QueryTemplate::Parse(input.substr(0, zero));
  if (!compiled.ok()) {
    const std::string message(compiled.status().message());
    if (message.find(':') == std::string::npos) Fail("an error without a place", message);
    return 0;
  }
  const tacho::TemplateArgs args = ArgsFrom(std::string(input.substr(zero)));
  const auto query = compiled->Expand(args);
  if (!query.ok()) return 0;
  if (query->empty() || query->size() > tacho::parser::kMaxTemplateOutput) {
    Fail("a query out of bounds", *query);
  }
  if (*compiled->Expand(args) != *query) Fail("rendered differently the second time", *query);
  return 0;
}
