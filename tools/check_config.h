// The adapter's configuration files, read as the adapter reads them. A tachotool that was
// built without the adapter says so instead.
//
// Each prints its answer, faults as file:line:column, and returns 0, 1 if the file has
// faults, 2 if this build cannot check it or the command line is wrong. Of rules it also
// says what they would expose: tools/preview.h.
#ifndef TACHO_TOOLS_CHECK_CONFIG_H_
#define TACHO_TOOLS_CHECK_CONFIG_H_

#include <string>

#include "tools/command_line.h"

namespace tacho::tools {

int CheckRulesFile(const std::string& file, const std::string& text, const CommandLine& line);
int CheckScrapeConfigFile(const std::string& file, const std::string& text);

}  // namespace tacho::tools

#endif  // TACHO_TOOLS_CHECK_CONFIG_H_
