// Query: a PromQL expression that was checked once and can be asked again and
// again, and what an answer looks like.
//
//   auto query = db.Prepare("sum by (pod) (rate(http_requests_total[2m]))");
//   auto result = query->Evaluate(now);
//   for (const auto& s : result->samples()) Use(s.labels(), s.value);
//
// Semantics   Prometheus 3.x: windows are open on the left, closed on the right.
// Order       Samples of an aggregation are sorted by their labels; those of a
//             plain selector too.
// Ownership   A Query keeps its database alive; a QueryResult stands on its own
//             and may outlive both.
// Threads     Safe to use from several threads; evaluations of one Query take
//             turns, those of different queries do not.
// Cost        Evaluate binds to targets and shapes on first use and again only to
//             what changed since; then it reads rows and allocates one result.
#ifndef TACHO_QUERY_H_
#define TACHO_QUERY_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tacho/export.h"
#include "tacho/labels.h"
#include "tacho/time.h"

namespace tacho {

namespace engine {
class Plan;
class ResultBuilder;
}  // namespace engine

// What a value rests on. "Unknown" is decided from this, never guessed from the value.
struct TACHO_EXPORT Evidence {
  Timestamp oldest = Timestamp::Max();  // of the samples used; Max if there were none
  Timestamp newest = Timestamp::Min();
  uint32_t series = 0;            // series that contributed a value
  uint32_t targets = 0;           // targets that contributed a value
  uint32_t targets_selected = 0;  // targets the selectors matched, contributing or not

  void Merge(const Evidence& other);
};

class ResultSample {
 public:
  ResultSample(const Labels* labels, double v, const Evidence& e)
      : value(v), evidence(e), labels_(labels) {}

  // Valid as long as the QueryResult.
  [[nodiscard]] const Labels& labels() const { return *labels_; }
  double value;
  Evidence evidence;

 private:
  const Labels* labels_;
};

struct Point {
  Timestamp time;
  double value;
};

// A series over time.
class ResultSeries {
 public:
  ResultSeries(const Labels* labels, std::span<const Point> points)
      : labels_(labels), points_(points) {}

  // Both valid as long as the QueryResult. Points are in order of time; there is at least
  // one.
  [[nodiscard]] const Labels& labels() const { return *labels_; }
  [[nodiscard]] std::span<const Point> points() const { return points_; }

 private:
  const Labels* labels_;
  std::span<const Point> points_;
};

// Something that the author of a query should know, in Prometheus' words:
// "PromQL warning: ... (line:column)".
struct Annotation {
  bool warning = false;  // else an info
  std::string text;
};

// Stops an evaluation from another thread; checked every few thousand series. tacho reads
// no clock: whoever wants a timeout calls Expire.
class Interrupt {
 public:
  void Cancel() { Set(kCancelled); }  // the evaluation ends with kCancelled
  void Expire() { Set(kExpired); }    // with kDeadlineExceeded
  [[nodiscard]] bool cancelled() const {
    return state_.load(std::memory_order_relaxed) == kCancelled;
  }
  [[nodiscard]] bool expired() const { return state_.load(std::memory_order_relaxed) == kExpired; }

 private:
  enum State : uint8_t { kRunning, kCancelled, kExpired };
  void Set(State state) { state_.store(state, std::memory_order_relaxed); }
  std::atomic<State> state_ = kRunning;
};

struct EvaluateOptions {
  const Interrupt* interrupt = nullptr;      // must outlive the call
  Duration lookback = absl::ZeroDuration();  // zero: Options::lookback
};

// The steps of a range query: start, start + step, ... up to end. Whole milliseconds.
struct TimeRange {
  Timestamp start;
  Timestamp end;
  Duration step;
};

enum class ResultType : uint8_t { kScalar, kString, kVector, kMatrix };

class TACHO_EXPORT QueryResult {
 public:
  [[nodiscard]] ResultType type() const { return type_; }
  [[nodiscard]] Timestamp time() const { return time_; }

  // kVector: one sample per label set. Empty for the other types.
  [[nodiscard]] std::span<const ResultSample> samples() const& { return samples_; }
  std::span<const ResultSample> samples() const&& = delete;  // would dangle
  // kMatrix, sorted by labels: of a range query the points are its steps; of a range
  // selector they are the samples in its window.
  [[nodiscard]] std::span<const ResultSeries> series() const& { return series_; }
  std::span<const ResultSeries> series() const&& = delete;
  [[nodiscard]] double scalar() const { return scalar_; }               // kScalar
  [[nodiscard]] const std::string& string() const& { return string_; }  // kString
  const std::string& string() const&& = delete;

  // Of all samples together.
  [[nodiscard]] const Evidence& evidence() const { return evidence_; }
  // Warnings first; each text once.
  [[nodiscard]] std::span<const Annotation> annotations() const& { return annotations_; }
  std::span<const Annotation> annotations() const&& = delete;
  // Samples that were looked at.
  [[nodiscard]] uint64_t samples_read() const { return samples_read_; }

 private:
  friend class engine::ResultBuilder;
  ResultType type_ = ResultType::kVector;
  Timestamp time_;
  double scalar_ = 0;
  std::string string_;
  std::vector<ResultSample> samples_;
  std::vector<ResultSeries> series_;
  Evidence evidence_;
  std::vector<Annotation> annotations_;
  uint64_t samples_read_ = 0;
  std::shared_ptr<const void> keep_alive_;  // owns the labels and points of the above
};

class TACHO_EXPORT Query {
 public:
  // A handle: cheap to copy, all copies are the same query.
  explicit Query(std::shared_ptr<engine::Plan> plan);

  // The value at time t.
  //   kInvalidArgument    the data do not fit the expression (as Prometheus' errors
  //                       at execution, with its text): fix the query
  //   kResourceExhausted  a QueryLimits bound: narrow the query or raise the bound
  //   kCancelled, kDeadlineExceeded  the Interrupt was used
  [[nodiscard]] absl::StatusOr<QueryResult> Evaluate(Timestamp t,
                                                     const EvaluateOptions& options = {}) const;

  // The values at each step; the result is a kMatrix (a scalar is one series without
  // labels). Errors as Evaluate's, and
  //   kInvalidArgument    the step is below 1 ms, end is before start, or the expression is
  //                       a string or a range vector
  [[nodiscard]] absl::StatusOr<QueryResult> EvaluateRange(
      const TimeRange& range, const EvaluateOptions& options = {}) const;

  // The expression as tacho understood it, printed the way Prometheus prints one.
  [[nodiscard]] std::string ToString() const;

  // The longest reach into the past of any selector: offset plus window or lookback.
  [[nodiscard]] Duration reach() const;
  // The longest range of any range selector; zero if there is none.
  [[nodiscard]] Duration window() const;

 private:
  std::shared_ptr<engine::Plan> plan_;
};

}  // namespace tacho

#endif  // TACHO_QUERY_H_
