// CommandLine: a subcommand's words, flags taken out: --name=value or --name value, and
// switches: --name.
//
// Ownership   Owns its strings.
// Limits      ReadInput reads no more than it is told.
#ifndef TACHO_TOOLS_COMMAND_LINE_H_
#define TACHO_TOOLS_COMMAND_LINE_H_

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tacho/options.h"

namespace tacho::tools {

struct CommandLine {
  std::vector<std::string> words;
  std::map<std::string, std::string> flags;  // without the dashes; switches have no value

  // The flag's value, or fallback.
  [[nodiscard]] std::string Get(const std::string& flag, std::string_view fallback) const;
  [[nodiscard]] bool Has(const std::string& flag) const { return flags.contains(flag); }
};

// Every flag among `known` takes a value, none among `switches` does; "--" ends the flags.
//   kInvalidArgument    a flag that is in neither, lacks its value, or may not have one
absl::StatusOr<CommandLine> ParseCommandLine(std::span<const std::string> args,
                                             std::span<const std::string_view> known,
                                             std::span<const std::string_view> switches = {});

// The language to take: with the switch --experimental also what Prometheus has behind
// feature flags.
PromqlFeatures FeaturesFor(const CommandLine& line);

// The whole of a file; "-" is standard input.
//   kNotFound           it cannot be read
//   kResourceExhausted  it is over max_bytes
absl::StatusOr<std::string> ReadInput(const std::string& path, size_t max_bytes);

}  // namespace tacho::tools

#endif  // TACHO_TOOLS_COMMAND_LINE_H_
