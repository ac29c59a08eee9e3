// Labels: the name of a series, or of a group of series. A set of name=value
// pairs; the metric name is the value of the label "__name__".
//
// Order       By name, bytewise. Sets compare pair by pair (name, then value);
//             of two that agree up to the shorter one's end, the shorter is less.
// Ownership   Owns its strings.
// Limits      A name occurs once. A label with an empty value is the same as no
//             label, so none is kept.
#ifndef TACHO_LABELS_H_
#define TACHO_LABELS_H_

#include <compare>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tacho/export.h"

namespace tacho {

inline constexpr std::string_view kMetricNameLabel = "__name__";

struct Label {
  std::string name;
  std::string value;
  friend auto operator<=>(const Label&, const Label&) = default;
  friend bool operator==(const Label&, const Label&) = default;
};

class TACHO_EXPORT Labels {
 public:
  Labels() = default;
  // Sorts, drops empty values; where a name is given twice, the later one wins.
  Labels(std::initializer_list<Label> labels);
  static Labels FromUnsorted(std::vector<Label> labels);

  // As FromUnsorted, but refuses what a series may not have.
  //   kInvalidArgument    a name is empty, given twice, or not UTF-8: fix the set
  static absl::StatusOr<Labels> Create(std::vector<Label> labels);

  // The label's value; empty if there is none.
  [[nodiscard]] std::string_view Get(std::string_view name) const;
  [[nodiscard]] bool Has(std::string_view name) const { return !Get(name).empty(); }

  [[nodiscard]] bool empty() const { return labels_.empty(); }
  [[nodiscard]] size_t size() const { return labels_.size(); }
  [[nodiscard]] auto begin() const { return labels_.begin(); }
  [[nodiscard]] auto end() const { return labels_.end(); }

  // As Prometheus prints a series: name{a="b", c="d"}; {} if empty. A name that is no
  // plain identifier is quoted: {"a.b", c="d"}.
  [[nodiscard]] std::string ToString() const;
  // With the name among the others, as in Prometheus' errors: {__name__="name", a="b"}.
  [[nodiscard]] std::string ToBraces() const;

  friend auto operator<=>(const Labels&, const Labels&) = default;
  friend bool operator==(const Labels&, const Labels&) = default;

 private:
  std::vector<Label> labels_;
};

}  // namespace tacho

#endif  // TACHO_LABELS_H_
