// The loop that most samples go through. Three ways, each falling back on the next:
//   1. the line is the one that the plan has here and its value is a short decimal;
//   2. the same line, with any value and perhaps a timestamp (replay_tail.cc);
//   3. anything else: the full parser reads up to the next sample, and the plan is
//      asked by the line's text where that sample belongs and where to go on.
#include "parser/replay.h"

#include <algorithm>
#include <bit>

#include "parser/number_inline.h"
#include "parser/replay_builder.h"
#include "parser/replay_table.h"
#include "parser/replay_tail.h"

namespace tacho::parser {
namespace {

// Equal bytes; both sides have eight readable bytes behind them.
inline bool SameBytes(const char* a, const char* b, size_t size) {
  size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    if (Load8(a + i) != Load8(b + i)) return false;
  }
  const uint64_t rest = (uint64_t{1} << (8 * (size - i))) - 1;
  return ((Load8(a + i) ^ Load8(b + i)) & rest) == 0;
}

class Replayer {
 public:
  Replayer(const ReplayTable& table, std::string_view body, const ReplayOptions& options,
           std::span<double> row, double hole, ReplaySink& sink)
      : table_(table),
        options_(options),
        row_(row),
        hole_(std::bit_cast<uint64_t>(hole)),
        sink_(sink),
        at_(body.data()),
        begin_(body.data()),
        end_(body.data() + body.size()),
        parser_(body, table.format()) {}

  absl::Status Run() {
    do {
      FollowPlan();
    } while (ReadOneSample());
    return status_;
  }

  const ReplayCounts& counts() const { return counts_; }

 private:
  // From the cursor as far as the body agrees.
  void FollowPlan();
  bool FollowLines();
  bool EnterRun();
  const char* MatchLine(const PlanLine& line) const;
  const char* ReadLine(const PlanLine& line, const char* value);
  void Store(uint32_t position, double value);

  bool ReadOneSample();
  void Deliver(const ParsedSample& sample, size_t line);
  bool TooMany();

  const ReplayTable& table_;
  const ReplayOptions& options_;
  const std::span<double> row_;
  const uint64_t hole_;
  ReplaySink& sink_;

  const char* at_;  // start of a line
  const char* const begin_;
  const char* const end_;
  MetricType type_ = MetricType::kUnknown;  // in force at at_

  // The cursor: the line expected next. In a run that is not entered, its opening text
  // is expected first.
  size_t run_ = 0;
  size_t line_ = 0;
  bool entered_ = false;

  ExpositionParser parser_;
  ReplayCounts counts_;
  absl::Status status_;
};

void Replayer::FollowPlan() {
  while (run_ < table_.run_count()) {
    if (!entered_ && !EnterRun()) return;
    if (!FollowLines()) return;
    ++run_;
    entered_ = false;
  }
}

// A NUL after the opening would be read as part of it (see ExpositionLexer).
bool Replayer::EnterRun() {
  const PlanRun& run = table_.run(run_);
  const std::string_view opening = table_.opening(run);
  if (!std::string_view(at_, static_cast<size_t>(end_ - at_)).starts_with(opening)) return false;
  const char* const after = at_ + opening.size();
  if (after != end_ && *after == '\0') return false;
  at_ = after;
  if (run.sets_type) type_ = run.type;
  entered_ = true;
  return true;
}

// True at the end of the run; false where the body differs or max_samples is reached,
// which ReadOneSample tells apart.
bool Replayer::FollowLines() {
  const size_t run_end = table_.run_end(run_);
  const BoundKind bound = BoundKindOf(type_);
  const uint32_t room = options_.max_samples - counts_.kept();
  const size_t stop = std::min(run_end, line_ + room);
  const size_t first = line_;
  size_t line = first;
  for (; line < stop && table_.line(line).bound == bound; ++line) {
    const PlanLine& plan = table_.line(line);
    const char* const value = MatchLine(plan);
    if (value == nullptr) break;
    const char* const after = ReadLine(plan, value);
    if (after == nullptr) break;
    at_ = after;
  }
  line_ = line;
  counts_.samples += static_cast<uint32_t>(line - first);
  counts_.replayed += static_cast<uint32_t>(line - first);
  return line == run_end;
}

// Where the value begins, if the text at at_ is the line's.
inline const char* Replayer::MatchLine(const PlanLine& line) const {
  const char* const name = table_.text() + line.name_at;
  const char* const labels = table_.text() + line.labels_at;
  const size_t size = size_t{line.name_size} + line.labels_size;
  const auto left = static_cast<size_t>(end_ - at_);
  if (left < size) return nullptr;
  const char* const middle = at_ + line.name_size;
  if (left >= size + sizeof(uint64_t)) [[likely]] {
    if (!SameBytes(at_, name, line.name_size)) return nullptr;
    if (!SameBytes(middle, labels, line.labels_size)) return nullptr;
  } else {
    if (!std::equal(at_, middle, name)) return nullptr;
    if (!std::equal(middle, at_ + size, labels)) return nullptr;
  }
  return at_ + size;
}

// Reads the value at `value` and what follows it. Returns the start of the next line,
// or null for what only the full parser can judge; then nothing was stored.
inline const char* Replayer::ReadLine(const PlanLine& line, const char* value) {
  LineTail tail;
  const char* after = nullptr;
  if (static_cast<size_t>(end_ - value) >= kLineTailSlack) [[likely]] {
    after = ReadShortDecimal(value, &tail.value);
    if (after != nullptr && *after == '\n') [[likely]] {
      Store(line.position, tail.value);
      return after + 1;
    }
    if (after != nullptr) after = ReadShortTimestamp(after, table_.format(), &tail);
  }
  if (after == nullptr) after = ReadLineTail({value, end_}, table_.format(), &tail);
  if (after == nullptr) return nullptr;
  if (tail.has_timestamp && options_.keep_timestamps && line.position != kDropped) {
    sink_.OnTimestamp(line.position, tail.value, tail.timestamp_ms);
  } else {
    Store(line.position, tail.value);
  }
  return after;
}

inline void Replayer::Store(uint32_t position, double value) {
  if (position == kDropped) [[unlikely]] {
    ++counts_.dropped;
    return;
  }
  double& place = row_[position];
#ifdef TACHO_CANARY  // a planted bug: the last value wins. fuzz_replay_canary must find it.
  place = value;
  return;
#endif
  if (std::bit_cast<uint64_t>(place) == hole_) [[likely]] {
    place = value;
  } else {
    sink_.OnDuplicate(position, value);
  }
}

// One sample by the full parser; false when the body is over, one way or another.
bool Replayer::ReadOneSample() {
  parser_.Seek(static_cast<size_t>(at_ - begin_), type_);
  ParsedSample sample;
  if (!parser_.Next(&sample)) {
    status_ = parser_.status();
    return false;
  }
  ++counts_.samples;
  at_ = begin_ + parser_.offset();
  type_ = parser_.type();
  const size_t line = table_.Find(sample.identity, BoundKindOf(type_));
  Deliver(sample, line);
  if (line != ReplayTable::kNoLine) {
    line_ = line + 1;
    run_ = table_.run_of(line);
    entered_ = true;
  }
  return !TooMany();
}

void Replayer::Deliver(const ParsedSample& sample, size_t line) {
  if (line == ReplayTable::kNoLine) {
    if (!sink_.OnMiss(sample)) ++counts_.dropped;
  } else if (sample.has_timestamp && options_.keep_timestamps &&
             table_.line(line).position != kDropped) {
    sink_.OnTimestamp(table_.line(line).position, sample.value, sample.timestamp_ms);
  } else {
    Store(table_.line(line).position, sample.value);
  }
}

bool Replayer::TooMany() {
  if (counts_.kept() <= options_.max_samples) return false;
  status_ = TooManySamples(options_.max_samples);
  return true;
}

}  // namespace

absl::Status Replay(const ReplayPlan* plan, std::string_view body, Exposition format,
                    const ReplayOptions& options, std::span<double> row, double hole,
                    ReplaySink& sink, ReplayCounts* counts) {
  if (body.empty()) body = "";  // a null body too has a place to point at
  const ReplayTable empty(format);
  const bool usable = plan != nullptr && plan->format() == format;
  Replayer replayer(usable ? plan->table() : empty, body, options, row, hole, sink);
  const absl::Status status = replayer.Run();
  *counts = replayer.counts();
  return status;
}

}  // namespace tacho::parser
