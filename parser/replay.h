// Replay: reading a body by comparing it with an earlier one.
//
// A target's body looks like its previous body with other numbers. A ReplayPlan
// keeps the text of each line up to its value, and the position that the series has
// in the target's shape. Replay compares (memcmp) and parses only the number. A line
// that differs is looked up by its text; what the plan does not know at all goes
// through the full parser, for that line, to the sink.
//
// I1  Replay of any body over any plan gives the samples, and the status, that
//     ExpositionParser gives. A test and a fuzzer hold it to that.
//
// Ownership   A plan is immutable and may be shared by all targets of a shape. It
//             owns its text: names and label blocks are kept once each.
// Threads     A plan may be replayed by many threads at once.
// Cost        Steady: one comparison and one number per line; what stands between two
//             families is one comparison. A line out of place costs the full parser
//             and one hash lookup. Memory: 16 bytes a line and 4 to 8 in the lookup
//             table, plus each distinct name and label block once.
// Limits      A line whose name is longer than 255 bytes or whose labels are longer
//             than 65,535 is left to the full parser every time.
#ifndef TACHO_PARSER_REPLAY_H_
#define TACHO_PARSER_REPLAY_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "parser/exposition_parser.h"
#include "tacho/exposition.h"

namespace tacho::parser {

inline constexpr uint32_t kNoPosition = UINT32_MAX;
// The place of a line that is known and unwanted: it is read like any other, and its
// sample is left out of the row.
inline constexpr uint32_t kDropped = UINT32_MAX - 1;

class ReplayTable;

struct ReplayCounts {
  uint32_t samples = 0;   // read, whatever became of them
  uint32_t replayed = 0;  // of these, by comparison
  uint32_t dropped = 0;   // of these, left out of the row by the plan or the sink
  [[nodiscard]] uint32_t kept() const { return samples - dropped; }
};

class ReplayPlan {
 public:
  // A plan of this body, as far as it parses. position_of says where each sample goes
  // (kNoPosition: leave the line out of the plan). Called once per sample in the body's order.
  static std::shared_ptr<const ReplayPlan> Build(
      std::string_view body, Exposition format,
      absl::FunctionRef<uint32_t(const ParsedSample&)> position_of);
  // Reads a body of which nothing is known, and makes its plan on the way.
  //   kInvalidArgument    as ExpositionParser
  //   kResourceExhausted  more than max_samples that are not dropped
  static absl::StatusOr<std::shared_ptr<const ReplayPlan>> Read(
      std::string_view body, Exposition format, uint32_t max_samples,
      absl::FunctionRef<uint32_t(const ParsedSample&)> position_of, ReplayCounts* counts);
  ~ReplayPlan();

  [[nodiscard]] Exposition format() const;
  [[nodiscard]] size_t bytes() const;        // memory held
  [[nodiscard]] uint32_t positions() const;  // 1 + the largest position
  // A quick look at whether the body was made by the same program as the plan's: used
  // to try a known plan on a target that is seen for the first time.
  [[nodiscard]] bool LooksLike(std::string_view body) const;

  // The plan's content, for Replay.
  [[nodiscard]] const ReplayTable& table() const { return *table_; }

 private:
  explicit ReplayPlan(std::unique_ptr<const ReplayTable> table);

  std::unique_ptr<const ReplayTable> table_;
};

// What replay could not put into a row by itself.
class ReplaySink {
 public:
  virtual ~ReplaySink() = default;
  // A sample whose line the plan does not know. False: it is unwanted, and dropped.
  virtual bool OnMiss(const ParsedSample& sample) = 0;
  // A known sample that carries a timestamp; called instead of storing the value,
  // and only if ReplayOptions::keep_timestamps.
  virtual void OnTimestamp(uint32_t position, double value, int64_t timestamp_ms) = 0;
  // A known sample whose place in the row is taken already.
  virtual void OnDuplicate(uint32_t position, double value) = 0;
};

struct ReplayOptions {
  bool keep_timestamps = false;  // false: timestamps are checked and then ignored
  uint32_t max_samples = UINT32_MAX;
};

// Reads the whole body. Known samples are written to row[position], where row holds
// at least plan->positions() values and each is `hole` (a bit pattern that no parsed
// number has) until written. plan may be null: then every sample is a miss.
//   kInvalidArgument    as ExpositionParser
//   kResourceExhausted  more than max_samples that are not dropped
// After an error the row and the sink hold what came before it: drop both.
absl::Status Replay(const ReplayPlan* plan, std::string_view body, Exposition format,
                    const ReplayOptions& options, std::span<double> row, double hole,
                    ReplaySink& sink, ReplayCounts* counts);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_REPLAY_H_
