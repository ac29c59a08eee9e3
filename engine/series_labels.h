// SeriesLabels: the label set of a series, put together from what its target adds and
// what the body says, and the part of it that a grouping keeps.
//
// Order       Where both have a label, the body's wins, also when it is empty: then
//             the series lacks the label.
// Threads     Pure functions; a LabelFilter is immutable once made.
#ifndef TACHO_ENGINE_SERIES_LABELS_H_
#define TACHO_ENGINE_SERIES_LABELS_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "storage/identity.h"
#include "tacho/labels.h"

namespace tacho::engine {

// Which labels are kept.
class LabelFilter {
 public:
  // All of them; with drop_name, all but those that say which metric it is: __name__,
  // __type__ and __unit__, which functions and arithmetic remove.
  static LabelFilter All(bool drop_name);
  static LabelFilter By(std::vector<std::string> names, bool drop_name);
  static LabelFilter AllBut(std::vector<std::string> names);
  // All but these and __name__.
  static LabelFilter Without(std::vector<std::string> names, bool drop_name);

  [[nodiscard]] bool Keeps(std::string_view name) const;
  // How many of `count` labels with different names it may keep.
  [[nodiscard]] size_t MostKept(size_t count) const {
    return keep_listed_ ? std::min(count, names_.size()) : count;
  }
  [[nodiscard]] bool drops_name() const { return drop_name_; }
  // The only names that it may keep, sorted; null if there are no such.
  [[nodiscard]] const std::vector<std::string>* listed() const {
    return keep_listed_ ? &names_ : nullptr;
  }

 private:
  LabelFilter(std::vector<std::string> names, bool keep_listed, bool drop_name);

  std::vector<std::string> names_;  // sorted
  bool keep_listed_;                // else all but names_
  bool drop_name_;
};

// Whether functions and arithmetic remove the label.
bool NamesTheMetric(std::string_view label);

Labels SeriesLabels(const storage::Identity& identity, const Labels& target,
                    const LabelFilter& filter);

// The labels of the set that the filter keeps.
Labels Filtered(const Labels& labels, const LabelFilter& filter);

// For hash containers whose keys are label sets, or point to them.
struct LabelsHash {
  size_t operator()(const Labels& labels) const;
  size_t operator()(const Labels* labels) const { return (*this)(*labels); }
};
struct LabelsEq {
  bool operator()(const Labels& a, const Labels& b) const { return a == b; }
  bool operator()(const Labels* a, const Labels* b) const { return *a == *b; }
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_SERIES_LABELS_H_
