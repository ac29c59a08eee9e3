#include "tools/command_line.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tacho::tools {
namespace {

absl::Status Unreadable(const std::string& path) {
  const std::string why = errno == 0 ? "" : absl::StrCat(": ", std::strerror(errno));
  return absl::NotFoundError(absl::StrCat(path, ": cannot be read", why));
}

}  // namespace

std::string CommandLine::Get(const std::string& flag, std::string_view fallback) const {
  const auto it = flags.find(flag);
  return it == flags.end() ? std::string(fallback) : it->second;
}

absl::StatusOr<CommandLine> ParseCommandLine(std::span<const std::string> args,
                                             std::span<const std::string_view> known,
                                             std::span<const std::string_view> switches) {
  CommandLine line;
  for (size_t i = 0; i < args.size(); ++i) {
    const std::string& arg = args[i];
    if (arg == "--") {
      line.words.insert(line.words.end(), args.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                        args.end());
      break;
    }
    if (!arg.starts_with("--")) {
      line.words.push_back(arg);
      continue;
    }
    const size_t equals = arg.find('=');
    const std::string name = arg.substr(2, equals == std::string::npos ? equals : equals - 2);
    if (std::ranges::find(switches, name) != switches.end()) {
      if (equals != std::string::npos) {
        return absl::InvalidArgumentError(absl::StrCat("--", name, " takes no value"));
      }
      line.flags[name] = "";
      continue;
    }
    if (std::ranges::find(known, name) == known.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown flag --", name, "; --help names them"));
    }
    if (equals != std::string::npos) {
      line.flags[name] = arg.substr(equals + 1);
    } else if (i + 1 < args.size()) {
      line.flags[name] = args[++i];
    } else {
      return absl::InvalidArgumentError(absl::StrCat("--", name, " needs a value"));
    }
  }
  return line;
}

PromqlFeatures FeaturesFor(const CommandLine& line) {
  PromqlFeatures features;
  features.experimental_functions = line.Has("experimental");
  features.extended_range_selectors = line.Has("experimental");
  features.fill_modifiers = line.Has("experimental");
  return features;
}

absl::StatusOr<std::string> ReadInput(const std::string& path, size_t max_bytes) {
  std::ifstream file;
  if (path != "-") {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
      return absl::NotFoundError(absl::StrCat(path, ": cannot be read: it is a folder"));
    }
    errno = 0;
    file.open(path, std::ios::binary);
    if (!file) return Unreadable(path);
  }
  std::istream& in = path == "-" ? std::cin : file;
  std::string text(max_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  if (in.bad()) return Unreadable(path);
  if (text.size() > max_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(path, ": over ", max_bytes, " bytes"));
  }
  return text;
}

}  // namespace tacho::tools
