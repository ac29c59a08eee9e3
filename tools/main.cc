// tachotool: checks and queries from the command line.
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "tools/commands.h"

namespace {

constexpr const char* kHelp =
    R"(tachotool: check expositions and PromQL, ask saved bodies, run PromQL tests

  tachotool check exposition FILE...   parse /metrics bodies; file:line:column of a fault
      --format text|openmetrics        (default: OpenMetrics if the body ends in # EOF)
  tachotool check promql FILE...       parse expressions, one a file; prints each as understood
  tachotool query EXPRESSION BODY...   take the bodies as scrapes of one target and evaluate
      --interval SECONDS               between two bodies (default 15); time is the last one's

  tachotool test promql FILE...        run scripts in Prometheus' promqltest format; each failure
      --json                           with file:line, or one JSON object an eval: file, line,
                                       expr, result (passed, failed, unsupported), reason

  FILE may be - for standard input. Exit code: 0 fine, 1 faults in the input, 2 in the command.

  curl -s localhost:9090/metrics > a; sleep 15; curl -s localhost:9090/metrics > b
  tachotool query 'sum by (code) (rate(http_requests_total[1m]))' a b
)";

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  const std::string command = args.empty() ? "--help" : args.front();
  if (command == "--help" || command == "-h" || command == "help") {
    std::cout << kHelp;
    return args.empty() ? 2 : 0;
  }
  if (command == "--version") {
    std::cout << "tachotool " << TACHO_VERSION << "\n";
    return 0;
  }
  const std::span<const std::string> rest = std::span(args).subspan(1);
  if (command == "check") return tacho::tools::Check(rest);
  if (command == "query") return tacho::tools::Query(rest);
  if (command == "test") return tacho::tools::Test(rest);
  std::cerr << "tachotool: no command '" << command << "'; --help names them\n";
  return 2;
}
