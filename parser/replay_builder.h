// ReplayBuilder: makes a ReplayTable of a body, sample by sample.
//
// Ownership   The body must outlive the builder, not the table.
// Cost        At most two hash lookups a line; none, if its name is that of the line before
//             and its labels are known by their id.
// Limits      kMaxPlanText bytes of text: what lies beyond is left out.
#ifndef TACHO_PARSER_REPLAY_BUILDER_H_
#define TACHO_PARSER_REPLAY_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "parser/replay_table.h"

namespace tacho::parser {

// A body has more samples than it may.
[[nodiscard]] absl::Status TooManySamples(uint32_t max_samples);

inline constexpr size_t kMaxPlanText = size_t{1} << 31;  // offsets are 32 bits

class ReplayBuilder {
 public:
  explicit ReplayBuilder(Exposition format) : table_(std::make_unique<ReplayTable>(format)) {}

  // Whole lines that stand between two samples; type is in force after them.
  void AddOpening(std::string_view opening, MetricType type, bool sets_type);
  // The line of a sample. One that cannot be kept is left out.
  void AddLine(const ParsedSample& sample, uint32_t position);
  [[nodiscard]] std::unique_ptr<const ReplayTable> Finish();

 private:
  // A piece of a line in the table's text.
  struct Piece {
    uint32_t at = 0;
    uint32_t size = 0;
    size_t hash = 0;
  };

  bool Fits(size_t bytes) const { return table_->text_.size() + bytes <= kMaxPlanText; }
  uint32_t Append(std::string_view text);
  Piece Intern(std::string_view piece);
  Piece InternName(std::string_view name);
  Piece InternLabels(std::string_view piece, uint32_t labels_id);
  void FillSlots();
  void InsertLine(uint32_t line);

  std::unique_ptr<ReplayTable> table_;
  bool full_ = false;
  absl::flat_hash_map<absl::string_view, Piece> pieces_;
  std::vector<Piece> label_pieces_;  // by labels id; of size 0: not seen yet
  std::string_view last_name_;
  Piece last_name_piece_;
  std::vector<size_t> hashes_;  // of the lines' texts
};

}  // namespace tacho::parser

#endif  // TACHO_PARSER_REPLAY_BUILDER_H_
