// The subcommands of tachotool. Each gets the words after its name, prints its answer
// to standard output and errors to standard error, and returns the exit code: 0 fine,
// 1 the input has faults, 2 the command line has.
#ifndef TACHO_TOOLS_COMMANDS_H_
#define TACHO_TOOLS_COMMANDS_H_

#include <span>
#include <string>

namespace tacho::tools {

// check promql|exposition|rules|scrape-config FILE...
int Check(std::span<const std::string> args);

// query instant|range EXPRESSION BODY...
int Query(std::span<const std::string> args);

// test promql [--json] FILE...
int Test(std::span<const std::string> args);

}  // namespace tacho::tools

#endif  // TACHO_TOOLS_COMMANDS_H_
