// Flags: --name=value, --name value and --switch, with a help text that teaches. As with
// Kubernetes' programs, --a_b is --a-b, and a flag of one letter may have one dash.
//
//   FlagSet flags("tacho-adapter", "Answers the custom metrics API ...");
//   flags.Group("Scraping").Add("scrape-threads", "N", "threads that ...", &threads);
//
// The value that a variable has when it is added is the default that help shows.
//
// Ownership   Variables outlive the set.
// Threads     One.
#ifndef TACHO_ADAPTER_NET_FLAGS_H_
#define TACHO_ADAPTER_NET_FLAGS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace tacho::adapter {

// "16MiB", "64KiB", "4GiB" or plain bytes.
//   kInvalidArgument   not that, or beyond 63 bits
[[nodiscard]] absl::StatusOr<uint64_t> ParseBytes(std::string_view text);
// The shortest of those that is exact.
[[nodiscard]] std::string FormatBytes(uint64_t bytes);

class FlagSet {
 public:
  // Takes the text of a value; the message of an error says what is expected.
  using Setter = std::function<absl::Status(std::string_view)>;

  explicit FlagSet(std::string about) : about_(std::move(about)) {}

  // Flags added next stand under this heading.
  FlagSet& Group(std::string heading);

  FlagSet& Add(std::string name, std::string help, std::string* value);  // a path
  FlagSet& Add(std::string name, std::string help, bool* value);         // a switch
  FlagSet& Add(std::string name, std::string help, absl::Duration* value);
  // A whole number of at least 1 that T can hold.
  template <typename T>
  FlagSet& AddNumber(std::string name, std::string help, T* value);
  // A size in bytes.
  template <typename T>
  FlagSet& AddBytes(std::string name, std::string help, T* value);
  // Texts separated by commas. The first use replaces the default, the next ones append.
  FlagSet& AddList(std::string name, std::string help, std::vector<std::string>* value);
  // Takes any value, and notes in `given`, once, that it was there. Help leaves it out.
  FlagSet& AddWithoutEffect(std::string name, bool is_switch, std::vector<std::string>* given);
  FlagSet& AddCustom(std::string name, std::string unit, std::string default_text, std::string help,
                     Setter setter);

  // Sets the variables.
  //   kInvalidArgument   an unknown flag (the message names the nearest), a value
  //                      missing or wrong, or an argument that is no flag
  [[nodiscard]] absl::Status Parse(std::span<const char* const> args) const;

  [[nodiscard]] std::string Help() const;

 private:
  struct Flag {
    std::string name;
    std::string unit;  // empty: a switch
    std::string default_text;
    std::string help;
    std::string heading;  // set on the first flag of a group
    Setter setter;
    bool hidden = false;
  };

  FlagSet& AddUnsigned(std::string name, std::string help, bool bytes, uint64_t max, uint64_t value,
                       std::function<void(uint64_t)> store);
  [[nodiscard]] const Flag* Find(std::string_view name) const;
  [[nodiscard]] absl::Status Unknown(std::string_view name) const;

  std::string about_;
  std::string heading_;
  std::vector<Flag> flags_;
};

template <typename T>
FlagSet& FlagSet::AddNumber(std::string name, std::string help, T* value) {
  return AddUnsigned(
      std::move(name), std::move(help), false, static_cast<uint64_t>(std::numeric_limits<T>::max()),
      static_cast<uint64_t>(*value), [value](uint64_t v) { *value = static_cast<T>(v); });
}

template <typename T>
FlagSet& FlagSet::AddBytes(std::string name, std::string help, T* value) {
  return AddUnsigned(
      std::move(name), std::move(help), true, static_cast<uint64_t>(std::numeric_limits<T>::max()),
      static_cast<uint64_t>(*value), [value](uint64_t v) { *value = static_cast<T>(v); });
}

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_FLAGS_H_
