// The adapter's configuration files, read as the adapter reads them. A tachotool that was
// built without the adapter says so instead.
//
// Each prints its answer, faults as file:line:column, and returns 0, 1 if the file has
// faults, 2 if this build cannot check it.
#ifndef TACHO_TOOLS_CHECK_CONFIG_H_
#define TACHO_TOOLS_CHECK_CONFIG_H_

#include <string>

namespace tacho::tools {

int CheckRulesFile(const std::string& file, const std::string& text);
int CheckScrapeConfigFile(const std::string& file, const std::string& text);

}  // namespace tacho::tools

#endif  // TACHO_TOOLS_CHECK_CONFIG_H_
