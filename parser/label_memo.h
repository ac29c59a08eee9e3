// LabelMemo: the label parts of a body's lines, each read once.
//
// The containers of a node come again under each of cAdvisor's fifty metrics, in the same
// order; a histogram's _sum and _count have the same labels. So the part that is likely to
// come next is foretold, and one comparison of bytes saves reading it, checking it and
// looking it up: equal bytes from '{' to '}' are equal labels.
//
// Ownership   Looks at the body; labels point into it.
// Cost        A part that is foretold: one comparison. Any other: one hash lookup.
// Limits      kMaxMemoLabels labels in all; what lies beyond is not remembered.
#ifndef TACHO_PARSER_LABEL_MEMO_H_
#define TACHO_PARSER_LABEL_MEMO_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace tacho::parser {

struct LabelRef {
  std::string_view name;
  std::string_view value;
};

inline constexpr size_t kMaxMemoLabels = size_t{1} << 20;  // 32 MiB
inline constexpr uint32_t kNoLabelsId = UINT32_MAX;

class LabelMemo {
 public:
  // The part that `rest`, the body after a '{', begins with, if it is one of those that are
  // foretold; kNoLabelsId if not.
  [[nodiscard]] uint32_t Recall(std::string_view rest);
  // A part that had to be read, up to and with its '}'. Ids count up from 0; equal parts
  // get the same one. kNoLabelsId if there is no room.
  uint32_t Remember(std::string_view text, std::span<const LabelRef> labels);

  [[nodiscard]] std::string_view text(uint32_t id) const { return parts_[id].text; }
  [[nodiscard]] std::span<const LabelRef> labels(uint32_t id) const {
    return std::span(labels_).subspan(parts_[id].first_label, parts_[id].label_count);
  }

 private:
  struct Part {
    std::string_view text;
    uint32_t first_label;
    uint32_t label_count;
  };

  [[nodiscard]] bool Begins(std::string_view rest, uint32_t id) const {
    return id < parts_.size() && rest.starts_with(parts_[id].text);
  }

  std::vector<Part> parts_;
  std::vector<LabelRef> labels_;
  absl::flat_hash_map<absl::string_view, uint32_t> ids_;
  uint32_t last_ = kNoLabelsId;  // the part that came last
};

}  // namespace tacho::parser

#endif  // TACHO_PARSER_LABEL_MEMO_H_
