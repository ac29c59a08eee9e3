// tachotool: checks, queries and tests from the command line.
#include <algorithm>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "tools/commands.h"

namespace {

constexpr const char* kHelp = R"(tachotool: check files, ask questions, run PromQL tests

CHECK: is a file right? A fault is shown as file:line:column, with a fix where there is one.
  tachotool check promql FILE...          expressions, one a file; prints each as understood
      --experimental                      take what Prometheus has behind feature flags
  tachotool check exposition FILE...      /metrics bodies
      --format text|openmetrics           default: OpenMetrics if the body ends in # EOF
  tachotool check rules FILE...           the adapter's rules, their queries included; shows
                                          what each exposes, and the query behind it
      --metrics BODY[,BODY...]            over these /metrics bodies, scrapes of one target in
                                          order: which series each rule selects, and what it
                                          answers now, or why nothing. Rates need two bodies.
      --labels 'NAME="VALUE",...'         what scraping adds to a body's series: namespace, pod
      --interval D                        between two bodies; default 15s
      --adapter http://HOST:PORT          over what an adapter or a Prometheus has now
      --json                              one object a file
  tachotool check scrape-config FILE...   the adapter's scrape configuration

    echo 'sum(rate(http_requests_total))' | tachotool check promql -
    -:1:10: parse error: expected type range vector in call to function "rate", got instant vector
      fix: say over which time: m[5m] instead of m

    curl -s localhost:8080/metrics > a; sleep 60; curl -s localhost:8080/metrics > b
    tachotool check rules rules.yaml --metrics a,b --interval 60s \
        --labels 'namespace="default",pod="web-0"'

QUERY: what is an expression worth?
  tachotool query instant EXPRESSION BODY...
  tachotool query range EXPRESSION BODY...
      The bodies are taken as scrapes of one target, in order.
      --interval D                        between two bodies; default 15s
      --time TIME                         of an instant query; default: that of the last body
      --start TIME --end TIME --step D    of a range query; default: from the first body to the
                                          last by the interval. Times are seconds or durations
                                          since the first body.
      --experimental                      as above
      --url http://HOST:PORT              ask an adapter or a Prometheus instead; times are
                                          Unix seconds or RFC 3339

    curl -s localhost:8080/metrics > a; sleep 15; curl -s localhost:8080/metrics > b
    tachotool query instant 'sum by (code) (rate(http_requests_total[1m]))' a b
    tachotool query instant up --url http://localhost:9090

TEST: does the engine still answer as it should?
  tachotool test promql FILE...           scripts in Prometheus' promqltest format
      --json                              an object an evaluation: file, line, expr, result
                                          (passed, failed, unsupported), reason

    printf 'load 1m\n m 1 2\n\neval range from 0 to 1m step 1m m * 2\n {} 2 4\n' |
      tachotool test promql -
    1 passed, 0 failed, 0 unsupported

FILE may be - for standard input.
Exit code: 0 fine; 1 faults in the input, or a failed test; 2 a wrong command line, or a script
that is malformed or cannot be read.
)";

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  const std::string command = args.empty() ? "--help" : args.front();
  const bool asks = (args.size() > 1 && args[1] == "-h") ||
                    std::find(args.begin(), args.end(), "--help") != args.end();
  if (command == "--help" || command == "-h" || command == "help" || asks) {
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
