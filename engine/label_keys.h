// LabelKeys: numbers label sets by the part of them that a filter keeps: what grouping
// and vector matching are made of. Equal parts get equal numbers, counted from 0 in order
// of first sight.
//
// Threads     One thread.
// Cost        One hash of the kept labels; no allocation for a part that is known.
#ifndef TACHO_ENGINE_LABEL_KEYS_H_
#define TACHO_ENGINE_LABEL_KEYS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/element_labels.h"
#include "engine/series_labels.h"

namespace tacho::engine {

class LabelKeys {
 public:
  explicit LabelKeys(const LabelFilter& filter) : filter_(filter) {}

  // The number of the labels' part, and whether it is new.
  std::pair<uint32_t, bool> Number(const ElementLabels& labels);
  [[nodiscard]] uint32_t size() const { return static_cast<uint32_t>(numbers_.size()); }

 private:
  void Append(std::string_view name, std::string_view value);
  void AppendListed(const std::vector<std::string>& names, const ElementLabels& labels);

  const LabelFilter filter_;
  std::string key_;
  absl::flat_hash_map<std::string, uint32_t> numbers_;
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_LABEL_KEYS_H_
