// LabelMerger: what becomes of the labels of a body when its target has labels too.
//
// A label of the body that the target has as well is kept beside it as exported_<name>
// (exported_ is put in front until the name is free), or, with honor_labels, wins over
// it; then an empty one takes the target's label away.
//
// Source      Prometheus' scrape: of several labels to rename, the one with the
//             shortest name comes first.
// Ownership   Answers point into the input, the target's labels, or the merger.
// Threads     One thread.
#ifndef TACHO_STORAGE_LABEL_MERGER_H_
#define TACHO_STORAGE_LABEL_MERGER_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/identity.h"
#include "tacho/labels.h"

namespace tacho::storage {

class LabelMerger {
 public:
  // target outlives the merger.
  LabelMerger(const Labels& target, bool honor_labels)
      : target_(target), honor_labels_(honor_labels) {}

  // The labels of the series' identity: sorted, without the target's. Those of the body
  // come in any order, names unique. Valid until the next call.
  std::span<const TextLabel> Merge(std::span<const TextLabel> body);

  // How many labels the whole series has, its name and the target's labels included.
  [[nodiscard]] size_t CountAll(std::span<const TextLabel> merged) const;

 private:
  std::string_view FreeName(std::string_view name);

  const Labels& target_;
  const bool honor_labels_;
  std::vector<TextLabel> merged_;
  std::vector<TextLabel> conflicts_;
  std::vector<std::unique_ptr<const std::string>> renamed_;  // named by merged_
};

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_LABEL_MERGER_H_
