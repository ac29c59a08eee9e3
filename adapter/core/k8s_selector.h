// Selector: a Kubernetes label selector, "app=x,tier in (a,b),!canary,size>2".
//
// Order       Requirements by key, values of a set sorted and unique: the canonical
//             form, as Kubernetes prints and sends it.
// Source      Kubernetes' labels.Parse: keys are qualified names, values at most 63
//             bytes. One text is refused that Kubernetes takes: one with a NUL in it.
// Threads     Immutable.
#ifndef TACHO_ADAPTER_CORE_K8S_SELECTOR_H_
#define TACHO_ADAPTER_CORE_K8S_SELECTOR_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tacho/query_template.h"

namespace tacho::adapter {

enum class SelectorOp : uint8_t {
  kEquals,        // =
  kDoubleEquals,  // ==
  kNotEquals,     // !=
  kIn,
  kNotIn,
  kExists,
  kDoesNotExist,
  kGreaterThan,
  kLessThan,
};

struct Requirement {
  std::string key;
  SelectorOp op = SelectorOp::kEquals;
  std::vector<std::string> values;  // sorted, unique

  [[nodiscard]] bool Matches(std::optional<std::string_view> value) const;
};

class Selector {
 public:
  Selector() = default;  // matches everything

  //   kInvalidArgument    the parse error, in Kubernetes' words where those are known
  [[nodiscard]] static absl::StatusOr<Selector> Parse(std::string_view text);

  [[nodiscard]] bool empty() const { return requirements_.empty(); }
  [[nodiscard]] const std::vector<Requirement>& requirements() const { return requirements_; }

  // `lookup` gives the value of a key, or nothing where the object lacks it.
  using Lookup = std::function<std::optional<std::string_view>(std::string_view key)>;
  [[nodiscard]] bool Matches(const Lookup& lookup) const;

  // Canonical: "a in (x,y),b=c".
  [[nodiscard]] std::string ToString() const;

  // As matchers of a query.
  //   kUnimplemented      > or <
  [[nodiscard]] absl::StatusOr<std::vector<TemplateMatcher>> ToMatchers() const;

  // As the LabelSelector of a reply, in JSON; "null" if empty.
  //   kInvalidArgument    an operator that a LabelSelector lacks (!=, >, <); the text is
  //                       what Kubernetes says
  [[nodiscard]] absl::StatusOr<std::string> ToLabelSelectorJson() const;

 private:
  std::vector<Requirement> requirements_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_K8S_SELECTOR_H_
