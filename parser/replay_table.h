// ReplayTable: the content of a ReplayPlan.
//
// A body is a list of runs: first what stands between samples (HELP, TYPE, comments,
// blank lines), kept as it was, then lines. A line's text up to its value is kept in
// two pieces, the metric name and the rest, each distinct piece once: a thousand
// containers share fifty names, and fifty names share one container's labels.
//
// R1  A line's text ends in a blank or '}': whatever follows, the lexer would have ended
//     a token there, so equal bytes are read equally.
// R2  A run's opening text is whole lines.
// R3  Everything that one could load eight bytes from has eight bytes behind it.
//
// Ownership   Owns its text.
// Threads     Immutable once built.
#ifndef TACHO_PARSER_REPLAY_TABLE_H_
#define TACHO_PARSER_REPLAY_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/exposition_parser.h"
#include "tacho/exposition.h"

namespace tacho::parser {

// As far as a type decides which series a line is: le matters under one, quantile
// under another.
enum class BoundKind : uint8_t { kNone, kHistogram, kSummary };

inline BoundKind BoundKindOf(MetricType type) {
  return type == MetricType::kHistogram ? BoundKind::kHistogram
         : type == MetricType::kSummary ? BoundKind::kSummary
                                        : BoundKind::kNone;
}

struct PlanLine {
  uint32_t name_at;    // offset in the text
  uint32_t labels_at;  // likewise
  uint32_t position;
  uint16_t labels_size;
  uint8_t name_size;
  BoundKind bound;
};
static_assert(sizeof(PlanLine) == 16);

struct PlanRun {
  uint32_t opening_at = 0;
  uint32_t opening_size = 0;
  uint32_t first_line = 0;  // the run ends where the next one begins
  MetricType type = MetricType::kUnknown;
  bool sets_type = false;  // the opening has a # TYPE line, so type holds after it
};

// The metric name, if the line begins with it.
[[nodiscard]] size_t NameSize(std::string_view identity);

// The hash of the table's slots: of a line's two pieces, from the hashes of each.
[[nodiscard]] size_t HashOfPiece(std::string_view piece);
[[nodiscard]] size_t HashOfPieces(size_t name, size_t labels);
// The mark of a free slot.
inline constexpr uint32_t kFreeSlot = UINT32_MAX;

class ReplayTable {
 public:
  explicit ReplayTable(Exposition format) : format_(format) {}

  Exposition format() const { return format_; }
  uint32_t positions() const { return positions_; }
  size_t bytes() const;
  const char* text() const { return text_.data(); }

  size_t run_count() const { return runs_.size(); }
  const PlanRun& run(size_t i) const { return runs_[i]; }
  size_t run_end(size_t i) const {
    return i + 1 < runs_.size() ? runs_[i + 1].first_line : lines_.size();
  }
  size_t run_of(size_t line) const;
  std::string_view opening(const PlanRun& run) const {
    return std::string_view(text_).substr(run.opening_at, run.opening_size);
  }
  const PlanLine& line(size_t i) const { return lines_[i]; }

  static constexpr size_t kNoLine = SIZE_MAX;
  // The first line with this text, under this kind; kNoLine if there is none.
  size_t Find(std::string_view identity, BoundKind bound) const;
  // Whether some line has this text.
  bool Knows(std::string_view identity) const;

 private:
  friend class ReplayBuilder;

  bool HasText(const PlanLine& line, std::string_view identity) const;
  template <typename Accept>
  size_t FindIf(std::string_view identity, Accept accept) const;

  Exposition format_;
  uint32_t positions_ = 0;
  std::string text_;
  std::vector<PlanRun> runs_;
  std::vector<PlanLine> lines_;
  std::vector<uint32_t> slots_;  // open addressing over lines_; kFreeSlot, or a line
};

}  // namespace tacho::parser

#endif  // TACHO_PARSER_REPLAY_TABLE_H_
