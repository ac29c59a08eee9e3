// A Querier that answers what a test tells it to, and remembers what it was asked.
#ifndef TACHO_TESTS_ADAPTER_CORE_FAKE_QUERIER_H_
#define TACHO_TESTS_ADAPTER_CORE_FAKE_QUERIER_H_

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapter/core/querier.h"

namespace tacho::adapter::testing {

class FakeQuerier final : public Querier {
 public:
  // Adds a row of one target whose samples span the two minutes up to `newest`.
  void AddRow(Labels labels, double value, Timestamp newest) {
    Evidence evidence;
    evidence.newest = newest;
    evidence.oldest = newest - absl::Minutes(2);
    evidence.series = 1;
    evidence.targets = 1;
    evidence.targets_selected = 1;
    AddRow(std::move(labels), value, evidence);
  }
  void AddRow(Labels labels, double value, const Evidence& evidence) {
    labels_.push_back(std::move(labels));
    rows_.emplace_back(&labels_.back(), value, evidence);
  }

  absl::StatusOr<Answer> Ask(std::string_view promql, Timestamp t) override {
    asked.emplace_back(promql);
    if (!error.ok()) return error;
    Answer out = answer;
    out.time = t;
    out.samples = rows_;
    return out;
  }

  Answer answer;  // all but time and samples
  absl::Status error;
  std::vector<std::string> asked;

 private:
  std::deque<Labels> labels_;  // stays where it is while it grows
  std::vector<ResultSample> rows_;
};

}  // namespace tacho::adapter::testing

#endif  // TACHO_TESTS_ADAPTER_CORE_FAKE_QUERIER_H_
