#include <algorithm>
#include <array>
#include <iostream>
#include <string>

#include "parser/exposition_parser.h"
#include "parser/promql.h"
#include "tacho/database.h"
#include "tacho/options.h"
#include "tools/bodies.h"
#include "tools/check_config.h"
#include "tools/command_line.h"
#include "tools/commands.h"
#include "tools/fixes.h"

namespace tacho::tools {
namespace {

// file:line:column: what is wrong. The message brings line:column already.
int Fault(const std::string& file, const absl::Status& status) {
  const std::string message(status.message());
  std::cerr << PlacedFault(file, message) << "\n";
  const std::string fix = SuggestFix(message);
  if (!fix.empty()) std::cerr << "  fix: " << fix << "\n";
  return 1;
}

int CheckExposition(const std::string& file, const std::string& body, const CommandLine& line) {
  const std::string format = line.Get("format", "guess");
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

// Whether the engine runs it, too; how far back a server keeps samples is its own.
absl::Status CanRun(const std::string& text, const CommandLine& line) {
  constexpr int kYears = 250;
  Options options{.retention = absl::Hours(24 * 365 * kYears)};
  options.promql = FeaturesFor(line);
  return Database(options).Prepare(text).status();
}

int CheckPromql(const std::string& file, const std::string& text, const CommandLine& line) {
  const auto ast = parser::ParsePromql(text, {.features = FeaturesFor(line)});
  if (!ast.ok()) return Fault(file, ast.status());
  if (const absl::Status runs = CanRun(text, line); !runs.ok()) return Fault(file, runs);
  std::cout << file << ": " << parser::PrintPromql(*ast) << "\n";
  return 0;
}

int CheckRules(const std::string& file, const std::string& text, const CommandLine& line) {
  return CheckRulesFile(file, text, line);
}

int CheckScrapeConfig(const std::string& file, const std::string& text, const CommandLine&) {
  return CheckScrapeConfigFile(file, text);
}

struct Kind {
  std::string_view name;
  int (*check)(const std::string& file, const std::string& text, const CommandLine& line);
};
constexpr Kind kKinds[] = {{"promql", &CheckPromql},
                           {"exposition", &CheckExposition},
                           {"rules", &CheckRules},
                           {"scrape-config", &CheckScrapeConfig}};

bool FormatIsKnown(const CommandLine& line) {
  const std::string format = line.Get("format", "guess");
  return format == "guess" || format == "text" || format == "openmetrics";
}

}  // namespace

int Check(std::span<const std::string> args) {
  static constexpr std::array<std::string_view, 5> kFlags = {"format", "metrics", "labels",
                                                             "interval", "adapter"};
  static constexpr std::array<std::string_view, 2> kSwitches = {"experimental", "json"};
  const auto line = ParseCommandLine(args, kFlags, kSwitches);
  if (!line.ok() || line->words.size() < 2 || !FormatIsKnown(*line)) {
    std::cerr << "tachotool check: "
              << (!line.ok() ? std::string(line.status().message())
                  : line->words.size() < 2
                      ? "say what to check (promql, exposition, rules or scrape-config), and the "
                        "files"
                      : "--format is text or openmetrics")
              << "\n";
    return 2;
  }
  const auto kind = std::ranges::find(kKinds, std::string_view(line->words.front()), &Kind::name);
  if (kind == std::ranges::end(kKinds)) {
    std::cerr << "tachotool check: cannot check '" << line->words.front()
              << "'; promql, exposition, rules or scrape-config\n";
    return 2;
  }
  int worst = 0;
  for (const std::string& file : std::span(line->words).subspan(1)) {
    const auto text = ReadInput(file, StorageLimits().max_body_bytes);
    if (text.ok()) {
      worst = std::max(worst, kind->check(file, *text, *line));
    } else {
      std::cerr << text.status().message() << "\n";
      worst = std::max(worst, 1);
    }
  }
  return worst;
}

}  // namespace tacho::tools
