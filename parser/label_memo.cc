#include "parser/label_memo.h"

#include "parser/text.h"

namespace tacho::parser {

// The part after the last one (of the first, when there is none: 0), or the last one again.
uint32_t LabelMemo::Recall(std::string_view rest) {
  const uint32_t next = last_ + 1;
  if (Begins(rest, next)) return last_ = next;
  return Begins(rest, last_) ? last_ : kNoLabelsId;
}

uint32_t LabelMemo::Remember(std::string_view text, std::span<const LabelRef> labels) {
  const auto next = static_cast<uint32_t>(parts_.size());
  const bool room = labels_.size() + labels.size() < kMaxMemoLabels && next < kMaxMemoLabels;
  if (!room) return kNoLabelsId;
  const auto [it, is_new] = ids_.try_emplace(ToAbsl(text), next);
  if (is_new) {
    parts_.push_back(
        {text, static_cast<uint32_t>(labels_.size()), static_cast<uint32_t>(labels.size())});
    labels_.insert(labels_.end(), labels.begin(), labels.end());
  }
  return last_ = it->second;
}

}  // namespace tacho::parser
