#include <array>
#include <iostream>
#include <string>

#include "parser/exposition_parser.h"
#include "parser/promql.h"
#include "tacho/options.h"
#include "tools/command_line.h"
#include "tools/commands.h"

namespace tacho::tools {
namespace {

// file:line:column: what is wrong. The message brings line:column already.
int Fault(const std::string& file, const absl::Status& status) {
  std::cerr << file << ":" << status.message() << "\n";
  return 1;
}

// OpenMetrics must end with # EOF, and nothing else may have it.
Exposition GuessFormat(const std::string& body) {
  const bool eof = body.ends_with("# EOF\n") || body.ends_with("# EOF");
  return eof ? Exposition::kOpenMetrics : Exposition::kText;
}

int CheckExposition(const std::string& file, const std::string& body, const std::string& format) {
  const Exposition as = format == "openmetrics" ? Exposition::kOpenMetrics
                        : format == "text"      ? Exposition::kText
                                                : GuessFormat(body);
  parser::ExpositionParser parser(body, as);
  parser::ParsedSample sample;
  size_t samples = 0;
  while (parser.Next(&sample)) ++samples;
  if (!parser.status().ok()) return Fault(file, parser.status());
  std::cout << file << ": " << samples << " samples, "
            << (as == Exposition::kText ? "text 0.0.4" : "OpenMetrics 1.0") << "\n";
  return 0;
}

int CheckPromql(const std::string& file, const std::string& text) {
  const auto ast = parser::ParsePromql(text);
  if (!ast.ok()) return Fault(file, ast.status());
  std::cout << file << ": " << parser::PrintPromql(*ast) << "\n";
  return 0;
}

}  // namespace

int Check(std::span<const std::string> args) {
  static constexpr std::array<std::string_view, 1> kFlags = {"format"};
  const auto line = ParseCommandLine(args, kFlags);
  if (!line.ok() || line->words.size() < 2) {
    std::cerr << "tachotool check: "
              << (line.ok() ? "say what to check, and the files" : line.status().message()) << "\n";
    return 2;
  }
  const std::string& what = line->words.front();
  if (what != "promql" && what != "exposition") {
    std::cerr << "tachotool check: cannot check '" << what << "'; promql or exposition\n";
    return 2;
  }
  int worst = 0;
  for (const std::string& file : std::span(line->words).subspan(1)) {
    const auto text = ReadInput(file, StorageLimits().max_body_bytes);
    if (!text.ok()) {
      std::cerr << text.status().message() << "\n";
      worst = 1;
      continue;
    }
    const int code = what == "promql" ? CheckPromql(file, *text)
                                      : CheckExposition(file, *text, line->Get("format", "guess"));
    worst = std::max(worst, code);
  }
  return worst;
}

}  // namespace tacho::tools
